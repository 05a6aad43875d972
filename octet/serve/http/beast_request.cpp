#include "octet/serve/http/beast_request.h"

#include "octet/base/error.h"
#include "octet/serve/http/wire.h"

namespace octet::serve::http {

namespace bhttp = boost::beast::http;

namespace {

// "http://host/path?query", as proxies are asked: takes the scheme and host off, and gives the host; else "".
std::string_view take_authority(std::string_view& target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!same_name(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    std::string_view authority = target.substr(0, target.find_first_of("/?"));
    target.remove_prefix(authority.size());
    return authority;
  }
  return "";
}

}  // namespace

Request to_request(Parser& parser, const std::string& peer) {
  auto message = parser.release();
  Request out;
  out.method = std::string(message.method_string());
  std::string_view target = message.target(), authority = take_authority(target);
  size_t question = target.find('?');
  out.path = std::string(target.substr(0, question));
  if (out.path.empty()) out.path = "/";
  if (question != target.npos) out.query = std::string(target.substr(question + 1));
  for (const auto& field : message) {
    std::string_view value = field.value();
    if (field.name() == bhttp::field::host && !authority.empty()) value = authority;  // RFC 9112, section 3.2.2
    out.headers.push_back({std::string(field.name_string()), std::string(value)});
  }
  out.body = std::move(message.body());
  out.peer = peer;
  out.received = std::chrono::steady_clock::now();
  return out;
}

std::optional<Refusal> unacceptable(const Parser& parser) {
  const auto& head = parser.get();
  bool old = head.version() < 11;
  size_t hosts = head.count(bhttp::field::host), codings = head.count(bhttp::field::transfer_encoding);
  if (hosts > 1 || (hosts == 0 && !old))
    return Refusal{400, fmt::format("not a valid HTTP request: expected one Host header, found {}", hosts)};
  if (codings == 0) return std::nullopt;
  if (old || head.count(bhttp::field::content_length) > 0)
    return Refusal{400, "not a valid HTTP request: Transfer-Encoding beside Content-Length or in HTTP/1.0"};
  std::string_view coding = head[bhttp::field::transfer_encoding];
  if (codings > 1 || !same_name(coding, "chunked"))
    return Refusal{501, fmt::format("Transfer-Encoding: expected chunked alone, found '{}'", printable(coding, 60))};
  return std::nullopt;
}

Refusal timed_out(Reading part) {
  return {408, fmt::format("the request's {} did not arrive in time", part == Reading::headers ? "headers" : "body")};
}

Refusal refusal_of(boost::system::error_code error, const Limits& limits) {
  if (error == bhttp::error::end_of_stream || error == bhttp::error::partial_message) return {};
  if (error == bhttp::error::header_limit)
    return {431, fmt::format("the request's headers are longer than {} bytes", limits.header_bytes)};
  if (error == bhttp::error::body_limit)
    return {413, fmt::format("the request's body is longer than {} bytes", limits.body_bytes)};
  // The parser's own codes mean a malformed request; the others come from the network.
  bool parsers = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
  return parsers ? Refusal{400, fmt::format("not a valid HTTP request: {}", error.message())} : Refusal{};
}

}  // namespace octet::serve::http
