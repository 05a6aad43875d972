// The server beside the model: what HTTP, JSON, scheduling and detokenising cost a step and a token, and a thousand
// streams at once with slow readers among them. The clients are a process of their own, so that the times here are the
// server's alone. Run from the repository's root.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "bench/harness.h"
#include "octet/base/cpu.h"
#include "octet/chat/model_folder.h"
#include "octet/infer/mock_runner.h"
#include "octet/infer/model_runner.h"
#include "octet/serve/http/server.h"
#include "octet/serve/routes/routes.h"

namespace octet::bench {

namespace {

using Clock = std::chrono::steady_clock;

struct Load {
  int streams = 16, slow = 0;  // slow: of the streams, those whose reader takes 200 bytes every 100 ms
  int tokens = 200;            // of each answer
};

int open_stream(uint16_t port, const Load& load, bool slow) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int small = 2048;
  if (slow) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  std::string body = fmt::format(R"({{"messages": [{{"role": "user", "content": "Hello"}}], "stream": true,)"
                                 R"( "ignore_eos": true, "max_tokens": {}}})",
                                 load.tokens);
  std::string request =
      fmt::format("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
  bool sent = send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
  return sent ? fd : -1;
}

// The clients' process: its exit code says whether every stream came to its end. `seconds`: from the first connection
// to the last stream's end, without what making and ending the process takes.
int run_clients(uint16_t port, const Load& load, double& seconds) {
  auto start = Clock::now();
  struct Stream {
    int fd;
    bool slow;
    std::string tail;
    Clock::time_point next;
  };
  std::vector<Stream> streams;
  for (int i = 0; i < load.streams; ++i)
    streams.push_back({open_stream(port, load, i < load.slow), i < load.slow, "", {}});
  int failed = 0;
  char data[16384];
  while (!streams.empty()) {
    std::vector<pollfd> wait;
    auto now = Clock::now();
    for (auto& s : streams) wait.push_back({s.fd, static_cast<short>(now >= s.next ? POLLIN : 0), 0});
    poll(wait.data(), wait.size(), 20);
    for (size_t i = streams.size(); i-- > 0;) {
      Stream& s = streams[i];
      if (s.fd >= 0 && !(wait[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      ssize_t n = s.fd < 0 ? -1 : recv(s.fd, data, s.slow ? 200 : sizeof data, 0);
      if (n > 0)
        s.tail =
            (s.tail + std::string(data, static_cast<size_t>(n)))
                .substr(s.tail.size() + static_cast<size_t>(n) > 64 ? s.tail.size() + static_cast<size_t>(n) - 64 : 0);
      if (s.slow) s.next = Clock::now() + std::chrono::milliseconds(100);
      bool done = s.tail.find("[DONE]") != s.tail.npos;
      if (n > 0 && !done) continue;
      failed += !done;
      close(s.fd);
      streams.erase(streams.begin() + static_cast<long>(i));
    }
  }
  seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return failed ? 1 : 0;
}

double cpu_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; };
  return seconds(u.ru_utime) + seconds(u.ru_stime);
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

struct Served {
  std::unique_ptr<serve::Service> service;
  std::unique_ptr<serve::Routes> routes;
  std::unique_ptr<serve::http::Server> server;
};

Served serve_runner(std::unique_ptr<infer::Runner> runner, int64_t max_batch) {
  const std::filesystem::path mini = "models/octet-mini";
  auto tokenizer = text::Tokenizer::load(mini);
  serve::ServedModel model{.names = {"mini"},
                           .config = arch::read_config(mini),
                           .generation = {},
                           .tokenizer = tokenizer,
                           .prompts = {},
                           .grammars = nullptr,
                           .created = 0};
  model.generation = arch::read_generation_config(mini, model.config);
  model.prompts.emplace(tokenizer, *text::ChatTemplate::load(mini));
  infer::EngineOptions options;
  options.max_batch = max_batch;
  options.max_queue = 4096;
  Served out;
  auto engine = std::make_unique<infer::Engine>(std::move(runner), options);
  out.service = std::make_unique<serve::Service>(std::move(model), std::move(engine), serve::ServiceOptions{});
  out.routes = std::make_unique<serve::Routes>(*out.service);
  serve::http::ServerOptions http;
  http.port = 0;
  http.limits.connections = 1 << 16;
  out.server = std::make_unique<serve::http::Server>(http, *out.routes);
  return out;
}

// One load from beginning to end; prints what it cost.
void measure(const char* name, Served& served, const Load& load) {
  fflush(stdout);
  auto& engine = served.service->engine();
  auto before = engine.statistics();
  double cpu = cpu_seconds(), memory = resident_mib();
  auto* wall = static_cast<double*>(mmap(nullptr, sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                                         -1, 0));  // the clients write it
  pid_t clients = fork();
  if (clients == 0) _exit(run_clients(served.server->port(), load, *wall));
  double most = memory;
  int status = 0;
  while (waitpid(clients, &status, WNOHANG) == 0) {
    most = std::max(most, resident_mib());
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  double seconds = *wall;
  munmap(wall, sizeof(double));
  auto s = engine.statistics();
  double steps = static_cast<double>(s.steps - before.steps),
         tokens = static_cast<double>(s.answer_tokens - before.answer_tokens);
  double model = s.seconds_model - before.seconds_model, engine_overhead = s.seconds_overhead - before.seconds_overhead;
  std::printf(
      "  %-46s %7.0f tokens/s  engine outside the model %6.3f ms a step  processor %6.3f ms a step, %5.0f us a token",
      name, tokens / seconds, engine_overhead / steps * 1e3, (cpu_seconds() - cpu) / steps * 1e3,
      (cpu_seconds() - cpu) / tokens * 1e6);
  std::printf("  not in the model %5.0f us a token  memory %.0f to %.0f MiB%s\n", (seconds - model) / tokens * 1e6,
              memory, most, status ? "  SOME STREAMS BROKE" : "");
}

const Group server("server", [] {
  infer::MockOptions mock;
  mock.seconds_per_step = 0.030;
  for (int streams : {1, 16, 64}) {
    Served served = serve_runner(std::make_unique<infer::MockRunner>(mock), 64);
    measure(fmt::format("mock of 30 ms a step, {} streams", streams).c_str(), served, {streams, 0, 200});
  }
  mock.seconds_per_step = 0.2;
  Served many = serve_runner(std::make_unique<infer::MockRunner>(mock), 1024);
  for (int round = 1; round <= 3; ++round)
    measure(fmt::format("1000 streams, 300 readers slow, round {}", round).c_str(), many, {1000, 300, 100});
  auto folder = chat::load_model_folder("models/octet-mini", {});
  for (int streams : {1, 16}) {
    Served mini = serve_runner(infer::make_model_runner(folder.model, {1 << 17}), 64);
    measure("warm-up", mini, {streams, 0, 50});
    measure(fmt::format("octet-mini, {} streams (processor: the model's too)", streams).c_str(), mini,
            {streams, 0, 400});
  }
});

}  // namespace

}  // namespace octet::bench
