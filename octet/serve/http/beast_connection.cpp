#include "octet/serve/http/beast_connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>

#include "octet/serve/http/beast_request.h"
#include "octet/serve/http/wire.h"

namespace octet::serve::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr auto never = Clock::time_point::max();
constexpr size_t pipelined_bytes = 64 << 10;  // read ahead while a request is being answered
constexpr size_t piece_bytes = 64 << 10;      // of a long answer, that are sent under one deadline

using TlsStream = asio::ssl::stream<Socket>;

Socket& socket_of(Socket& stream) { return stream; }
Socket& socket_of(TlsStream& stream) { return stream.next_layer(); }

template <class Stream>
class ConnectionOf : public OpenConnection, public std::enable_shared_from_this<ConnectionOf<Stream>> {
 public:
  template <class... Args>
  ConnectionOf(std::shared_ptr<Shared> shared, Socket socket, Args&... tls)
      : shared_(std::move(shared)),
        stream_(std::move(socket), tls...),
        watchdog_(stream_.get_executor()),
        ready_(stream_.get_executor()) {
    error_code error;
    auto end = socket_of(stream_).remote_endpoint(error);
    peer_ = error ? "unknown" : end.address().to_string();
    socket_of(stream_).set_option(asio::ip::tcp::no_delay(true), error);
  }

  void drain() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      if (self->idle_) self->cancel();
    });
  }
  void close() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] { self->shut(); });
  }

  asio::awaitable<void> run() {
    auto self = this->shared_from_this();
    asio::co_spawn(stream_.get_executor(), watch_deadline(), asio::detached);
    try {
      if (co_await handshake())
        while (co_await one_request()) {
        }
      co_await say_goodbye();
    } catch (const std::exception&) {  // an answer that failed half way: all that is left is to close
    }
    shut();
  }

 private:
  std::shared_ptr<Shared> shared_;
  Stream stream_;
  beast::flat_buffer buffer_{std::max<size_t>(pipelined_bytes, 16 << 10) * 2};
  std::string peer_;
  asio::steady_timer watchdog_, ready_;
  Clock::time_point deadline_ = never;
  bool expired_ = false;  // the deadline has passed
  bool idle_ = false;     // between requests
  bool fresh_ = true;     // no request yet
  bool open_ = true;
  bool woken_ = false;   // the pending answer has something new
  bool unread_ = false;  // the client may still be sending what nobody will read

  void set_deadline(Clock::time_point time) {
    deadline_ = time;
    expired_ = false;
    if (time < watchdog_.expiry()) watchdog_.cancel();
  }
  void allow(std::chrono::milliseconds time) { set_deadline(Clock::now() + time); }

  asio::awaitable<void> watch_deadline() {
    auto self = this->shared_from_this();
    while (open_) {
      watchdog_.expires_at(deadline_);
      co_await watchdog_.async_wait(no_throw);
      if (!open_ || deadline_ > Clock::now()) continue;
      deadline_ = never;
      expired_ = true;
      cancel();
    }
  }

  void cancel() {
    error_code ignored;
    socket_of(stream_).cancel(ignored);
  }
  void shut() {
    open_ = false;
    watchdog_.cancel();
    ready_.cancel();
    error_code ignored;
    socket_of(stream_).close(ignored);
  }

  asio::awaitable<bool> handshake() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      allow(shared_->limits.header);
      auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, no_throw);
      co_return !error;
    }
    co_return true;
  }

  // Lets the last bytes arrive: a socket closed with unread input would take them back.
  asio::awaitable<void> say_goodbye() {
    allow(std::chrono::seconds(2));
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      if (!unread_) co_await stream_.async_shutdown(no_throw);
    }
    error_code ignored;
    socket_of(stream_).shutdown(Socket::shutdown_send, ignored);
    char sink[4096];
    for (size_t total = 0; unread_ && !expired_ && total < (size_t{64} << 20);) {
      auto [error, n] = co_await socket_of(stream_).async_read_some(asio::buffer(sink), no_throw);
      if (error) break;
      total += n;
    }
  }

  // Reads and answers one; false when the connection is to be closed.
  asio::awaitable<bool> one_request() {
    if (!co_await first_byte()) co_return false;
    Parser parser;
    parser.header_limit(static_cast<uint32_t>(shared_->limits.header_bytes));
    parser.body_limit(shared_->limits.body_bytes);
    allow(shared_->limits.header);
    auto [header_error, header_bytes] = co_await bhttp::async_read_header(stream_, buffer_, parser, no_throw);
    if (header_error) co_return co_await refuse(header_error, Reading::headers);
    if (auto refusal = unacceptable(parser)) co_return co_await refuse(std::move(*refusal));
    BodyReservation reservation(*shared_);
    if (!parser.is_done()) {
      auto length = parser.content_length();
      if (!reservation.take(length ? *length : shared_->limits.body_bytes)) {
        Refusal busy{503, "too many large requests are being read at once; try again soon"};
        co_return co_await refuse(std::move(busy));
      }
      if (!co_await agree_to_body(parser)) co_return false;
      allow(shared_->limits.body);
      auto [error, bytes] = co_await bhttp::async_read(stream_, buffer_, parser, no_throw);
      if (error) co_return co_await refuse(error, Reading::body);
    }
    bool keep = parser.keep_alive() && !shared_->draining;
    bool head_only = parser.get().method() == bhttp::verb::head;
    Framing framing = parser.get().version() >= 11 ? Framing::chunked : Framing::until_close;
    set_deadline(never);
    Answer answer = shared_->application.handle(to_request(parser, peer_));
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    if (auto* response = std::get_if<Response>(&answer)) co_return co_await send(*response, keep, head_only);
    co_return co_await send_pending(std::move(std::get<std::unique_ptr<Pending>>(answer)), keep, framing);
  }

  asio::awaitable<bool> first_byte() {
    // While the server drains, who comes is told so, once.
    bool first = std::exchange(fresh_, false);
    if (shared_->closing || (shared_->draining && !first)) co_return false;
    if (buffer_.size() > 0) co_return true;
    idle_ = true;
    allow(shared_->limits.idle);
    auto [error, n] = co_await stream_.async_read_some(buffer_.prepare(4096), no_throw);
    idle_ = false;
    buffer_.commit(n);
    co_return !error;
  }

  asio::awaitable<bool> agree_to_body(const Parser& parser) {
    auto expect = parser.get().find(bhttp::field::expect);
    if (expect == parser.get().end() || !same_name(expect->value(), "100-continue")) co_return true;
    co_return co_await write("HTTP/1.1 100 Continue\r\n\r\n");
  }

  asio::awaitable<bool> refuse(error_code error, Reading part) {
    Refusal refusal = expired_ ? timed_out(part) : refusal_of(error, shared_->limits);
    if (refusal.status == 0) co_return false;
    co_return co_await refuse(std::move(refusal));
  }

  asio::awaitable<bool> refuse(Refusal refusal) {
    unread_ = true;
    co_return co_await send(shared_->application.refuse(refusal.status, refusal.message), false, false);
  }

  asio::awaitable<bool> send(const Response& response, bool keep, bool head_only) {
    auto connection = keep ? Connection::keep : Connection::close;
    std::string out = head_text(response, Framing::length, response.body.size(), connection);
    if (!head_only) out += response.body;
    co_return co_await write(std::move(out)) && keep;
  }

  // A slow reader has the time of the limit for each piece, not for all of a long answer.
  asio::awaitable<bool> write(std::string data) {
    for (size_t at = 0; at < data.size(); at += piece_bytes) {
      allow(shared_->limits.write);
      auto piece = asio::buffer(data.data() + at, std::min(piece_bytes, data.size() - at));
      auto [error, n] = co_await asio::async_write(stream_, piece, no_throw);
      if (error) co_return false;
    }
    set_deadline(never);
    co_return true;
  }

  asio::awaitable<bool> send_pending(std::unique_ptr<Pending> pending, bool keep, Framing framing) {
    using namespace asio::experimental::awaitable_operators;
    woken_ = false;
    pending->start([weak = this->weak_from_this()] {
      if (auto self = weak.lock()) asio::post(self->stream_.get_executor(), [self] { self->wake(); });
    });
    auto result = co_await (send_pieces(*pending, keep, framing) || until_gone(*pending));
    co_return result.index() == 0 && std::get<0>(result);
  }

  void wake() {
    woken_ = true;
    ready_.cancel();
  }

  asio::awaitable<bool> send_pieces(Pending& pending, bool keep, Framing framing) {
    bool begun = false;
    for (auto step = Pending::Step::wait; step != Pending::Step::end;) {
      Response head;
      std::string body;
      woken_ = false;
      step = pending.pull(head, body);
      if (step == Pending::Step::wait && body.empty()) {
        if (co_await until_woken()) continue;
        if (!begun || pending.sign_of_life().empty()) continue;
        body = pending.sign_of_life();
      }
      std::string out;
      if (!begun && step == Pending::Step::end) {
        head.body = std::move(body);
        co_return co_await send(head, keep && !shared_->draining, false);
      }
      if (!begun) out = head_text(head, framing, 0, keep ? Connection::keep : Connection::close);
      begun = true;
      if (framing == Framing::chunked)
        append_chunk(out, body);
      else
        out += body;
      if (step == Pending::Step::end && framing == Framing::chunked) out += last_chunk;
      if (!co_await write(std::move(out))) co_return false;
    }
    co_return keep&& framing == Framing::chunked && !shared_->draining;
  }

  // False after a time of silence.
  asio::awaitable<bool> until_woken() {
    if (woken_) co_return true;
    ready_.expires_after(shared_->limits.silence);
    co_await ready_.async_wait(no_throw);
    co_return woken_;
  }

  // Ends when the client is gone. What arrives meanwhile is kept for the next request.
  //
  // The end of what it sends alone does not say so: it may have closed its sending half and wait for the answer. A
  // stream finds out, since what is sent to a client that is gone comes back as a reset. A whole answer has nothing to
  // send before it is done and cannot tell: there the end counts as going, as nginx has it (proxy_ignore_client_abort
  // is off by default), for answers that nobody reads are costly.
  asio::awaitable<void> until_gone(const Pending& pending) {
    bool stream = !pending.sign_of_life().empty();
    while (buffer_.size() < pipelined_bytes) {
      auto [error, n] = co_await stream_.async_read_some(buffer_.prepare(1024), no_throw);
      if (error == asio::error::eof && stream) break;
      if (error) co_return;
      buffer_.commit(n);
    }
    co_await socket_of(stream_).async_wait(Socket::wait_error, no_throw);  // a reset
  }
};

template <class Connection>
ConnectionHandle handle_of(std::shared_ptr<Connection> connection) {
  return {connection, [connection] { return connection->run(); }};
}

}  // namespace

ConnectionHandle make_connection(Socket socket, asio::ssl::context* tls, std::shared_ptr<Shared> shared) {
  if (tls) return handle_of(std::make_shared<ConnectionOf<TlsStream>>(std::move(shared), std::move(socket), *tls));
  return handle_of(std::make_shared<ConnectionOf<Socket>>(std::move(shared), std::move(socket)));
}

}  // namespace octet::serve::http
