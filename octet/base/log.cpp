#include "octet/base/log.h"

#include "octet/base/terminal.h"

namespace octet::log {

void write_info(std::string_view message) {
  progress_pause();
  fmt::print(stderr, "octet: {}\n", message);
}

void write_warning(std::string_view message) {
  progress_pause();
  bool colour = colour_allowed(stderr);
  fmt::print(stderr, "octet: {}warning:{} {}\n", colour ? "\033[33m" : "", colour ? "\033[0m" : "", message);
}

}  // namespace octet::log
