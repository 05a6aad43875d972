// Messages to stderr for the person at the terminal. stdout is for answers alone.
#pragma once
#include <fmt/format.h>

#include <string_view>

namespace octet::log {

void write_info(std::string_view message);     // "octet: message"
void write_warning(std::string_view message);  // "octet: warning: message", coloured on a terminal unless NO_COLOR

template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  write_info(fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write_warning(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace octet::log
