// One connection, plain or TLS: requests one after the other, each answered before the next is read. All of it runs on
// the connection's strand.
//
// A deadline stands over every wait for the client: a watchdog cancels what is under way when it has passed. While an
// answer is being made or sent, the connection keeps reading, and so learns soon when the client has gone.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "octet/serve/http/server.h"

namespace octet::serve::http {

// What all connections of a server share.
struct Shared {
  Limits limits;
  Application& application;
  std::atomic<bool> draining{false};    // a connection is closed after its request, and a new one has one
  std::atomic<bool> closing{false};     // no request is taken any more
  std::atomic<size_t> bodies_bytes{0};  // promised by the requests that are being read
};

class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  virtual void drain() = 0;  // any thread: closes if no request is under way
  virtual void close() = 0;  // any thread: at once
};

using Socket = boost::asio::ip::tcp::socket;

// Takes an accepted socket, whose executor is a strand. `run` ends when the connection is closed.
struct ConnectionHandle {
  std::shared_ptr<OpenConnection> connection;
  std::function<boost::asio::awaitable<void>()> run;
};
ConnectionHandle make_connection(Socket socket, boost::asio::ssl::context* tls, std::shared_ptr<Shared> shared);

}  // namespace octet::serve::http
