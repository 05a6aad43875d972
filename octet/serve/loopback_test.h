// For tests: a server on the loopback with octet-mini's tokenizer and a mock model, and a client that speaks HTTP
// through a bare socket, so that it can also misbehave.
#pragma once
#include <string>
#include <vector>

#include "octet/infer/mock_runner.h"
#include "octet/serve/http/server.h"
#include "octet/serve/routes/routes.h"

namespace octet::serve {

struct LoopbackOptions {
  infer::MockOptions model;   // vocabulary, context and an answer are filled in where they are the defaults
  std::string answer;         // what the mock says to everything; empty: its walk through the vocabulary
  std::string chat_template;  // empty: octet-mini's
  infer::EngineOptions engine;
  ServiceOptions service;
  http::ServerOptions http;
  std::shared_ptr<chat::GrammarFactory> grammars;
};

class Loopback {
 public:
  explicit Loopback(LoopbackOptions options = {});
  Service& service() { return *service_; }
  http::Server& server() { return *server_; }
  uint16_t port() const { return server_->port(); }

 private:
  std::unique_ptr<Service> service_;
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<http::Server> server_;
};

struct Reply {
  int status = 0;
  std::string head, body;  // a chunked body is joined
  Json json() const { return parse_json(body, "a reply"); }
  std::string header(const std::string& name) const;
  std::vector<Json> events() const;  // the data of server-sent events, without [DONE]
};

class Client {
 public:
  explicit Client(uint16_t port);
  ~Client();
  Client(const Client&) = delete;

  void send(std::string_view bytes);
  Reply receive();             // one response; status 0 if the server closed before its end
  std::string receive_some();  // what is there next; empty at the end
  bool closed();               // by the server, within a few seconds
  void close();
  void end_sending();  // the sending half alone is closed

  Reply get(const std::string& path, const std::string& headers = "");
  Reply post(const std::string& path, const Json& body, const std::string& headers = "");
  void send_post(const std::string& path, const Json& body, const std::string& headers = "");

 private:
  int fd_ = -1;
  std::string buffer_;
  bool fill();
};

Reply post(uint16_t port, const std::string& path, const Json& body, const std::string& headers = "");
Reply get(uint16_t port, const std::string& path, const std::string& headers = "");

// {"messages": [{"role": "user", "content": "Hello"}], ...more}
Json chat(const Json& more = Json::object());

}  // namespace octet::serve
