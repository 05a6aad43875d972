// octet serve: an OpenAI-compatible server.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include <ctime>

#include "app/torch/model_flags.h"
#include "octet/base/log.h"
#include "octet/base/units.h"
#include "octet/chat/token_masks.h"
#include "octet/infer/model_runner.h"
#include "octet/serve/host.h"
#include "octet/serve/http/server.h"
#include "octet/serve/log.h"
#include "octet/serve/routes/routes.h"

namespace octet::app {
namespace serve_command {

struct Flags {
  ModelFlags model;
  serve::http::ServerOptions http;
  infer::EngineOptions engine;
  serve::ServiceOptions service;
  std::vector<std::string> aliases;
  std::string api_key_file, tls_cert, tls_key, max_body;
  int64_t cache_tokens = 0;
  double drain_seconds = 30;
  bool no_mtp = false, log_prompts = false;
};

std::vector<std::string> names_of(const Flags& flags, const std::filesystem::path& folder) {
  std::vector<std::string> names = flags.aliases;
  auto add = [&](std::string name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  };
  if (flags.model.model == "mini") add("mini");
  auto whole = std::filesystem::weakly_canonical(folder);
  add(whole.filename().string());
  return names;
}

serve::ServedModel served_model(const Flags& flags, const chat::ModelFolder& folder) {
  if (!folder.tokenizer)
    throw Error(ErrorKind::config, fmt::format("{}: no tokenizer.json, so it cannot be served", folder.path.string()));
  serve::ServedModel out{.names = names_of(flags, folder.path),
                         .config = folder.model->config,
                         .generation = folder.generation,
                         .tokenizer = *folder.tokenizer,
                         .prompts = {},
                         .grammars = nullptr,
                         .created = std::time(nullptr)};
  if (folder.chat_template) out.prompts.emplace(*folder.tokenizer, *folder.chat_template);
  if (text::has_token_masks())
    out.grammars =
        std::make_shared<chat::TokenMasks>(*folder.tokenizer, out.generation.eos_tokens, out.config.vocab,
                                           out.prompts ? out.prompts->tool_form() : text::ToolForm::deepseek_fenced);
  return out;
}

void read_service_flags(Flags& flags) {
  flags.service.version = OCTET_VERSION;
  flags.http.host = std::string(serve::without_brackets(flags.http.host));
  if (!flags.api_key_file.empty()) flags.service.keys = serve::ApiKeys::read(flags.api_key_file);
  flags.service.log_prompts = flags.log_prompts ? serve::LogPrompts::yes : serve::LogPrompts::no;
  if (flags.tls_cert.empty() != flags.tls_key.empty())
    throw Error(ErrorKind::usage, "--tls-cert and --tls-key: expected both or neither");
  if (!flags.tls_cert.empty()) flags.http.tls = serve::http::Tls{flags.tls_cert, flags.tls_key};
  // Keys, a certificate or a proxy keep pages of other names out themselves, or make other names right.
  bool guarded = flags.service.keys.required() || flags.http.tls || !flags.service.trusted_proxies.empty();
  if (serve::is_loopback(flags.http.host) && !guarded) flags.service.only_host = flags.http.host;
  if (!flags.max_body.empty()) flags.http.limits.body_bytes = parse_bytes(flags.max_body, "--max-body");
  flags.http.limits.bodies_bytes = std::max(flags.http.limits.bodies_bytes, 4 * flags.http.limits.body_bytes);
  flags.engine.speculation =
      flags.no_mtp ? infer::EngineOptions::Speculation::off : infer::EngineOptions::Speculation::mtp;
}

// SIGTERM and SIGINT are waited for, not handled. To be called before any thread is made: threads inherit it.
sigset_t hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

// Each connection takes a descriptor, and many systems allow 1024 unless one asks for more.
void allow_descriptors(int connections) {
  constexpr rlim_t others = 256;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlim_t wanted = static_cast<rlim_t>(connections) + others;
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted)
    log::warning("--max-connections {}: this process may open only {} files; raise its limit (ulimit -n)", connections,
                 limit.rlim_cur);
}

int run(Flags& flags) {
  sigset_t signals = hold_signals();
  read_service_flags(flags);
  allow_descriptors(flags.http.limits.connections);
  auto folder = flags.model.load(flags.cache_tokens);
  serve::ServedModel model = served_model(flags, folder);
  // More than a full batch of whole contexts would only keep what nobody asks for again.
  int64_t cache = flags.cache_tokens > 0 ? flags.cache_tokens
                                         : std::min(folder.cache_tokens, flags.engine.max_batch * folder.context);
  auto engine = std::make_unique<infer::Engine>(infer::make_model_runner(folder.model, {cache}), flags.engine);
  serve::Service service(std::move(model), std::move(engine), flags.service);
  serve::Routes routes(service);
  serve::http::Server server(flags.http, routes);
  std::string url = fmt::format(
      "{}://{}:{}", flags.http.tls ? "https" : "http",
      flags.http.host.find(':') == std::string::npos ? flags.http.host : "[" + flags.http.host + "]", server.port());
  serve::write_log(
      "info", "listening",
      {{"url", url}, {"model", service.name()}, {"context", service.engine().context()}, {"cache_tokens", cache}});
  if (!flags.service.keys.required() && !serve::is_loopback(flags.http.host))
    serve::write_log("warning", "open",
                     {{"message", "other machines can ask this server without a key; --api-key-file sets keys"}});
  int signal = 0;
  sigwait(&signals, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second one ends the process at once
  serve::write_log("info", "draining", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  server.drain();
  bool whole = service.drain(flags.drain_seconds);
  server.wait_until_closed(std::chrono::seconds(5));
  serve::write_log("info", "stopped", {{"answers_cut", !whole}});
  return 0;
}

void add_limits(CLI::App& command, Flags& flags) {
  command.add_option("--max-batch", flags.engine.max_batch, "Answers computed together")
      ->capture_default_str()
      ->check(CLI::Range(1, 4096));
  command
      .add_option("--max-step-tokens", flags.engine.max_step_tokens, "Tokens of one step, prompts' chunks among them")
      ->capture_default_str()
      ->check(CLI::Range(16, 1 << 20));
  command.add_option("--max-queue", flags.engine.max_queue, "Requests that wait; one more gets 429")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 20));
  command
      .add_option("--max-per-client", flags.service.per_client,
                  "Answers of one client, running and waiting; 0: any number")
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 20));
  command.add_option("--max-body", flags.max_body, "Longest body of a request (default: 16MiB)");
  command.add_option("--max-connections", flags.http.limits.connections, "Connections open at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 20));
  command
      .add_option("--cache-tokens", flags.cache_tokens,
                  "Tokens that the cache holds for all answers (default: what memory allows)")
      ->check(CLI::Range(int64_t{16}, int64_t{1} << 40));
  command.add_option("--http-threads", flags.http.threads, "Threads for HTTP, JSON and templates")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command.add_option("--drain-seconds", flags.drain_seconds, "After SIGTERM, time for running answers to end")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 86400.0));
}

const Registration serve_command(
    models, "serve", "Serve a model over HTTP, as OpenAI's API and a chat page", [](CLI::App& command) {
      auto flags = std::make_shared<Flags>();
      flags->model.add_to(command);
      command.add_option("--host", flags->http.host, "Address to listen at; 0.0.0.0 for all")->capture_default_str();
      command.add_option("--port", flags->http.port, "Port; 0: any free one, told in the log")->capture_default_str();
      command
          .add_option("--alias", flags->aliases,
                      "A name that requests may give as model; may be repeated, the first is what answers say")
          ->allow_extra_args(false);
      command.add_option("--api-key-file", flags->api_key_file, "Keys that requests must carry, one a line");
      command.add_option("--tls-cert", flags->tls_cert, "Certificate with its chain (PEM); needs --tls-key");
      command.add_option("--tls-key", flags->tls_key, "Its private key (PEM)");
      command
          .add_option("--cors-origin", flags->service.cors_origins,
                      "Origin whose pages may ask, such as https://chat.example; may be repeated")
          ->allow_extra_args(false);
      command
          .add_option("--trusted-proxy", flags->service.trusted_proxies,
                      "Address of a proxy whose X-Forwarded-For is believed; may be repeated")
          ->allow_extra_args(false);
      command.add_flag("--no-mtp", flags->no_mtp, "No speculation with the multi-token-prediction module");
      command.add_flag("--log-prompts", flags->log_prompts, "Log the texts of requests and answers too");
      command
          .add_option("--watts", flags->service.price.watts, "Assumed power of the machine, for the cost of answers")
          ->capture_default_str()
          ->check(CLI::Range(0.0, 1e7));
      command.add_option("--kwh-price", flags->service.price.dollars_per_kwh, "Dollars a kWh")
          ->capture_default_str()
          ->check(CLI::Range(0.0, 1e3));
      add_limits(command, *flags);
      command.footer(
          "Example:\n  octet serve mini --port 8080\n"
          "  curl http://127.0.0.1:8080/v1/chat/completions -H 'Content-Type: application/json' \\\n"
          "    -d '{\"messages\": [{\"role\": \"user\", \"content\": \"What is a heron?\"}]}'");
      return [flags] { return run(*flags); };
    });

}  // namespace serve_command
}  // namespace octet::app
