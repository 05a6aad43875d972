// The HTTP/1.1 server: connections with limits on everything that a client decides. Boost.Beast stands behind it, in
// beast_*.cpp alone.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "octet/serve/http/message.h"

namespace octet::serve::http {

struct Limits {
  using Seconds = std::chrono::milliseconds;
  size_t header_bytes = 16 << 10;
  size_t body_bytes = 16 << 20;
  size_t bodies_bytes = 256 << 20;  // of all requests being read together
  int connections = 4096;
  Seconds header = std::chrono::seconds(10);   // from a request's first byte to the end of its headers
  Seconds body = std::chrono::seconds(60);     // from there to the end of its body
  Seconds idle = std::chrono::seconds(75);     // between requests
  Seconds write = std::chrono::seconds(60);    // for a piece of at most about 64 KiB to leave
  Seconds silence = std::chrono::seconds(15);  // of a stream before it gives a sign of life
};

struct Tls {
  std::string certificate, key;  // PEM files; the certificate's with its chain
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;  // 0: any free one
  int threads = 2;
  Limits limits;
  std::optional<Tls> tls;
};

class Server {
 public:
  // Binds, and serves from now on. Error{usage} for an address that cannot be bound, Error{file} for certificates that
  // cannot be used. `application` outlives the server.
  Server(const ServerOptions& options, Application& application);
  ~Server();  // closes what is open

  uint16_t port() const;
  int connections() const;  // open now

  // Closes the connections without a request and lets each other one finish its request. New connections are accepted
  // still, for one request each: balancers and clients learn that this server is going from an answer.
  void drain();
  // Accepts no connection any more and takes no request. Whether all connections are closed; waits for it as long as
  // this.
  bool wait_until_closed(std::chrono::milliseconds patience);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace octet::serve::http
