#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "octet/base/error.h"
#include "octet/serve/http/beast_connection.h"
#include "octet/serve/http/server.h"
#include "octet/serve/http/wire.h"

namespace octet::serve::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::unique_ptr<asio::ssl::context> tls_context(const Tls& tls) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                       asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  error_code error;
  context->use_certificate_chain_file(tls.certificate, error);
  if (error)
    throw Error(ErrorKind::file, fmt::format("--tls-cert: {}: {}", printable(tls.certificate, 200), error.message()),
                "give a PEM file with the certificate and its chain");
  context->use_private_key_file(tls.key, asio::ssl::context::pem, error);
  if (error)
    throw Error(ErrorKind::file, fmt::format("--tls-key: {}: {}", printable(tls.key, 200), error.message()),
                "give the PEM file of the private key that belongs to the certificate");
  return context;
}

tcp::endpoint endpoint_of(const ServerOptions& options, asio::io_context& io) {
  // The resolver takes an empty name for all interfaces, which nobody means by an empty variable.
  if (options.host.empty())
    throw Error(ErrorKind::usage, "--host: expected an address of this machine, found ''",
                "0.0.0.0 listens at all of them");
  error_code error;
  tcp::resolver resolver(io);
  auto found = resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, error);
  if (error || found.empty())
    throw Error(ErrorKind::usage, fmt::format("--host: expected an address of this machine, found '{}' ({})",
                                              printable(options.host), error.message()));
  return found.begin()->endpoint();
}

}  // namespace

struct Server::State {
  State(const ServerOptions& o, Application& application)
      : options(o),
        shared(std::make_shared<Shared>(o.limits, application)),
        tls(o.tls ? tls_context(*o.tls) : nullptr),
        acceptor(asio::make_strand(io)) {}

  ServerOptions options;
  std::shared_ptr<Shared> shared;
  std::unique_ptr<asio::ssl::context> tls;
  asio::io_context io;
  tcp::acceptor acceptor;
  uint16_t port = 0;
  std::vector<std::thread> threads;

  std::mutex mutex;
  std::condition_variable closed;
  bool listening = true;
  std::unordered_map<OpenConnection*, std::weak_ptr<OpenConnection>> open;

  void listen() {
    tcp::endpoint endpoint = endpoint_of(options, io);
    auto must = [&](error_code error) {
      if (error)
        throw Error(ErrorKind::usage,
                    fmt::format("{} port {}: cannot listen there: {}", options.host, options.port, error.message()),
                    "choose another --port, or stop what uses this one");
    };
    error_code error;
    must(acceptor.open(endpoint.protocol(), error));
    must(acceptor.set_option(tcp::acceptor::reuse_address(true), error));
    must(acceptor.bind(endpoint, error));
    must(acceptor.listen(1024, error));
    port = acceptor.local_endpoint().port();
    asio::co_spawn(acceptor.get_executor(), accept(), asio::detached);
    for (int i = 0; i < options.threads; ++i) threads.emplace_back([this] { io.run(); });
  }

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(asio::make_strand(io), asio::as_tuple(asio::use_awaitable));
      if (!acceptor.is_open()) co_return;
      if (error) {  // out of descriptors, most likely: give others time to close theirs
        asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(100));
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      take(std::move(socket));
    }
  }

  void take(Socket socket) {
    std::unique_lock lock(mutex);
    if (static_cast<int>(open.size()) >= options.limits.connections) {
      lock.unlock();
      return turn_away(std::move(socket));
    }
    auto executor = socket.get_executor();
    ConnectionHandle handle = make_connection(std::move(socket), tls.get(), shared);
    open.emplace(handle.connection.get(), handle.connection);
    lock.unlock();
    asio::co_spawn(executor, std::move(handle.run),
                   [this, key = handle.connection.get(), keep = handle.connection](std::exception_ptr) {
                     std::lock_guard guard(mutex);
                     open.erase(key);
                     closed.notify_all();
                   });
  }

  // One connection too many: a word that fits the socket's buffer, and the end.
  void turn_away(Socket socket) {
    if (tls) return;
    Response response = shared->application.refuse(503, "too many connections; try again soon");
    std::string text = head_text(response, Framing::length, response.body.size(), Connection::close) + response.body;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(Socket::shutdown_both, ignored);
  }

  std::vector<std::shared_ptr<OpenConnection>> living() {
    std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<OpenConnection>> list;
    for (auto& [key, weak] : open)
      if (auto connection = weak.lock()) list.push_back(std::move(connection));
    return list;
  }

  void drain() {
    shared->draining = true;
    for (auto& connection : living()) connection->drain();
  }

  void stop_accepting() {
    shared->closing = shared->draining = true;
    asio::post(acceptor.get_executor(), [this] {  // not a share of itself: what is never run would keep it for ever
      error_code ignored;
      acceptor.close(ignored);
      drain();  // those that came while others drained
      std::lock_guard lock(mutex);
      listening = false;
      closed.notify_all();
    });
  }
};

Server::Server(const ServerOptions& options, Application& application)
    : state_(std::make_unique<State>(options, application)) {
  state_->listen();
}

Server::~Server() {
  state_->stop_accepting();
  for (auto& connection : state_->living()) connection->close();
  wait_until_closed(std::chrono::seconds(5));
  state_->io.stop();
  for (auto& thread : state_->threads) thread.join();
}

uint16_t Server::port() const { return state_->port; }

int Server::connections() const {
  std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->open.size());
}

void Server::drain() { state_->drain(); }

bool Server::wait_until_closed(std::chrono::milliseconds patience) {
  state_->stop_accepting();
  std::unique_lock lock(state_->mutex);
  return state_->closed.wait_for(lock, patience, [&] { return !state_->listening && state_->open.empty(); });
}

}  // namespace octet::serve::http
