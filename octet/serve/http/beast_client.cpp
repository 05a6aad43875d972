#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>

#include "octet/base/error.h"
#include "octet/serve/http/client.h"

namespace octet::serve::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

namespace {

struct Exchange {
  const std::string& url;
  bhttp::request<bhttp::string_body> request;
  const std::function<bool(std::string_view)>& on_piece;

  void must(error_code error, const char* what) const {
    if (error) throw Error(ErrorKind::resources, fmt::format("{}: {}: {}", url, what, error.message()));
  }

  template <class Stream>
  int run(Stream& stream) const {
    error_code error;
    bhttp::write(stream, request, error);
    must(error, "the request could not be sent");
    beast::flat_buffer buffer;
    bhttp::response_parser<bhttp::buffer_body> parser;
    parser.body_limit(boost::none);
    bhttp::read_header(stream, buffer, parser, error);
    must(error, "no answer came");
    char data[8192];
    while (!parser.is_done()) {
      parser.get().body().data = data;
      parser.get().body().size = sizeof data;
      bhttp::read_some(stream, buffer, parser, error);
      if (error == bhttp::error::need_buffer) error = {};
      must(error, "the answer ended early");
      if (!on_piece({data, sizeof data - parser.get().body().size})) break;
    }
    return parser.get().result_int();
  }
};

int run_tls(Tcp::socket socket, const std::string& host, const Exchange& exchange) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  error_code error;
  context.set_default_verify_paths(error);
  asio::ssl::stream<Tcp::socket> stream(std::move(socket), context);
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  stream.handshake(asio::ssl::stream_base::client, error);
  exchange.must(error, "no secure connection");
  return exchange.run(stream);
}

}  // namespace

Client::Client(std::string_view url) : url_(url) {
  auto refuse = [&] {
    throw Error(ErrorKind::usage,
                fmt::format("expected a server's address such as http://127.0.0.1:8080, found '{}'", printable(url)));
  };
  if (url.starts_with("https://"))
    transport_ = Transport::tls;
  else if (!url.starts_with("http://"))
    refuse();
  url.remove_prefix(url.find("//") + 2);
  std::string_view authority = url.substr(0, url.find('/'));
  prefix_ = url.substr(authority.size());
  while (prefix_.ends_with('/')) prefix_.pop_back();
  size_t colon = authority.rfind(':');
  if (colon != authority.npos && authority.find(']', colon) != authority.npos) colon = authority.npos;  // [::1]
  host_ = authority.substr(0, colon);
  if (host_.starts_with('[') && host_.ends_with(']')) host_ = host_.substr(1, host_.size() - 2);
  port_ = colon == authority.npos ? (transport_ == Transport::tls ? "443" : "80")
                                  : std::string(authority.substr(colon + 1));
  int port = 0;  // the resolver would take 65617 for 81
  auto [end, error] = std::from_chars(port_.data(), port_.data() + port_.size(), port);
  bool whole = error == std::errc() && end == port_.data() + port_.size();
  if (host_.empty() || !whole || port < 1 || port > 65535) refuse();
}

int Client::request(const std::string& method, const std::string& path, const std::vector<Header>& headers,
                    const std::string& body, const std::function<bool(std::string_view)>& on_piece) const {
  bhttp::request<bhttp::string_body> message(bhttp::string_to_verb(method), prefix_ + path, 11);
  message.set(bhttp::field::host, host_);
  message.set(bhttp::field::connection, "close");
  for (const Header& h : headers) message.set(h.name, h.value);
  message.body() = body;
  message.prepare_payload();
  Exchange exchange{url_, std::move(message), on_piece};
  asio::io_context io;
  error_code error;
  auto found = Tcp::resolver(io).resolve(host_, port_, error);
  exchange.must(error, "cannot be found");
  Tcp::socket socket(io);
  asio::connect(socket, found, error);
  exchange.must(error, "cannot be reached");
  if (transport_ == Transport::tls) return run_tls(std::move(socket), host_, exchange);
  return exchange.run(socket);
}

}  // namespace octet::serve::http
