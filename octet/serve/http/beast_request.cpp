#include "octet/serve/http/beast_request.h"

#include "octet/base/error.h"

namespace octet::serve::http {

namespace bhttp = boost::beast::http;

Request to_request(Parser& parser, const std::string& peer) {
  auto message = parser.release();
  Request out;
  out.method = std::string(message.method_string());
  std::string_view target = message.target();
  size_t question = target.find('?');
  out.path = std::string(target.substr(0, question));
  if (question != target.npos) out.query = std::string(target.substr(question + 1));
  for (const auto& field : message)
    out.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  out.body = std::move(message.body());
  out.peer = peer;
  out.received = std::chrono::steady_clock::now();
  return out;
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
