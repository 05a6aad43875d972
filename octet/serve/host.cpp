#include "octet/serve/host.h"

#include <arpa/inet.h>

#include <cstring>
#include <string>

#include "octet/serve/http/wire.h"

namespace octet::serve {

// An address is parsed, not compared by its beginning: "127.0.0.1.evil.example" is a name.
bool is_loopback(std::string_view host) {
  std::string text(host);
  in_addr four{};
  in6_addr six{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  if (inet_pton(AF_INET6, text.c_str(), &six) == 1) return std::memcmp(&six, &in6addr_loopback, sizeof six) == 0;
  return http::same_name(host, "localhost");
}

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::string_view host_of(std::string_view authority) {
  size_t colon = authority.rfind(':');
  bool port = colon != authority.npos && authority.find_first_not_of("0123456789", colon + 1) == authority.npos &&
              (authority.starts_with('[') ? authority[colon - 1] == ']' : authority.find(':') == colon);
  return without_brackets(authority.substr(0, port ? colon : authority.npos));
}

}  // namespace octet::serve
