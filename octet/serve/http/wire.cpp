#include "octet/serve/http/wire.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace octet::serve::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    bool escape =
        text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    out += escape ? static_cast<char>(value) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& h : headers)
    if (same_name(h.name, name)) return h.value;
  return "";
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string head_text(const Response& response, Framing framing, size_t length, Connection connection,
                      std::time_t now) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", response.status,
                                reason(response.status), fmt::gmtime(now));
  bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && !response.type.empty()) out += fmt::format("Content-Type: {}\r\n", response.type);
  for (const auto& h : response.headers) out += fmt::format("{}: {}\r\n", h.name, h.value);
  if (!bodiless && framing == Framing::length) out += fmt::format("Content-Length: {}\r\n", length);
  if (framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
  bool close = connection == Connection::close || framing == Framing::until_close;
  out += close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
  return out;
}

void append_chunk(std::string& out, std::string_view data) {
  if (!data.empty()) out += fmt::format("{:x}\r\n{}\r\n", data.size(), data);
}

}  // namespace octet::serve::http
