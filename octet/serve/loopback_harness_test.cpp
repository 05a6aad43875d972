#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "octet/base/file.h"
#include "octet/serve/http/wire.h"
#include "octet/serve/loopback_test.h"

namespace octet::serve {

namespace {

const fs::path mini = fs::path(OCTET_SOURCE_DIR) / "models/octet-mini";

ServedModel mock_model(const LoopbackOptions& options, const text::Tokenizer& tokenizer) {
  ServedModel model{.names = {"mock", "other-name"},
                    .config = arch::read_config(mini),
                    .generation = {},
                    .tokenizer = tokenizer,
                    .prompts = {},
                    .grammars = options.grammars,
                    .created = 1};
  model.generation = arch::read_generation_config(mini, model.config);
  auto chat_template = options.chat_template.empty() ? *text::ChatTemplate::load(mini)
                                                     : text::ChatTemplate(options.chat_template, "the test's template");
  model.prompts.emplace(tokenizer, std::move(chat_template));
  return model;
}

}  // namespace

Loopback::Loopback(LoopbackOptions options) {
  auto tokenizer = text::Tokenizer::load(mini);
  ServedModel model = mock_model(options, tokenizer);
  options.model.vocabulary = model.config.vocab;
  if (!options.answer.empty()) {
    auto ids = tokenizer.encode(options.answer);
    options.model.next = infer::MockOptions::say({ids.begin(), ids.end()}, model.generation.eos_tokens.at(0));
  }
  options.service.version = "test";
  options.http.port = 0;
  auto engine = std::make_unique<infer::Engine>(std::make_unique<infer::MockRunner>(options.model), options.engine);
  service_ = std::make_unique<Service>(std::move(model), std::move(engine), options.service);
  routes_ = std::make_unique<Routes>(*service_);
  server_ = std::make_unique<http::Server>(options.http, *routes_);
}

std::string Reply::header(const std::string& name) const {
  std::string lower;
  for (char c : head) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  size_t at = lower.find("\r\n" + name + ": ");
  if (at == lower.npos) return "";
  size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::vector<Json> Reply::events() const {
  std::vector<Json> out;
  for (size_t at = 0; (at = body.find("data: ", at)) != body.npos;) {
    size_t end = body.find('\n', at);
    std::string data = body.substr(at + 6, end - at - 6);
    if (data != "[DONE]") out.push_back(parse_json(data, "an event"));
    at = end;
  }
  return out;
}

Client::Client(uint16_t port) {
  fd_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) close();
}

Client::~Client() { close(); }

void Client::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Client::end_sending() { shutdown(fd_, SHUT_WR); }

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

bool Client::fill() {
  pollfd wait{fd_, POLLIN, 0};
  if (fd_ < 0 || poll(&wait, 1, 20000) <= 0) return false;
  char data[16384];
  ssize_t n = recv(fd_, data, sizeof data, 0);
  if (n <= 0) return false;
  buffer_.append(data, static_cast<size_t>(n));
  return true;
}

std::string Client::receive_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, "");
}

bool Client::closed() {
  while (fill()) {
  }
  char byte;
  return fd_ < 0 || recv(fd_, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

Reply Client::receive() {
  Reply out;
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return out;
  out.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  int status = std::stoi(out.head.substr(9, 3));
  std::string length = out.header("content-length");
  if (status == 100) return receive();
  if (out.header("transfer-encoding") == "chunked") {
    for (;;) {
      size_t line;
      while ((line = buffer_.find("\r\n")) == std::string::npos)
        if (!fill()) return out;
      size_t size = std::stoul(buffer_.substr(0, line), nullptr, 16);
      while (buffer_.size() < line + 2 + size + 2)
        if (!fill()) return out;
      out.body += buffer_.substr(line + 2, size);
      buffer_.erase(0, line + 2 + size + 2);
      if (size == 0) break;
    }
  } else if (!length.empty()) {
    while (buffer_.size() < std::stoul(length))
      if (!fill()) return out;
    out.body = buffer_.substr(0, std::stoul(length));
    buffer_.erase(0, std::stoul(length));
  } else if (status != 204) {
    while (fill()) {
    }
    out.body = std::exchange(buffer_, "");
  }
  out.status = status;
  return out;
}

void Client::send_post(const std::string& path, const Json& body, const std::string& headers) {
  std::string text = dump(body);
  send(fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", path,
      headers, text.size(), text));
}

Reply Client::post(const std::string& path, const Json& body, const std::string& headers) {
  send_post(path, body, headers);
  return receive();
}

Reply Client::get(const std::string& path, const std::string& headers) {
  send(fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, headers));
  return receive();
}

Reply post(uint16_t port, const std::string& path, const Json& body, const std::string& headers) {
  return Client(port).post(path, body, headers);
}
Reply get(uint16_t port, const std::string& path, const std::string& headers) {
  return Client(port).get(path, headers);
}

Json chat(const Json& more) {
  Json out = {{"messages", Json::array({{{"role", "user"}, {"content", "Hello"}}})}};
  out.update(more);
  return out;
}

}  // namespace octet::serve
