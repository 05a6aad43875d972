// Names of this machine, for a server that only this machine may ask.
#pragma once
#include <string_view>

namespace octet::serve {

// "localhost", or an address of the loopback: 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

std::string_view without_brackets(std::string_view host);  // "[::1]" is "::1"
std::string_view host_of(std::string_view authority);      // "localhost:8080" is "localhost", "[::1]:80" is "::1"

}  // namespace octet::serve
