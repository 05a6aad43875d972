#include "octet/base/log.h"

#include "octet/base/terminal.h"

namespace octet::log {

void write_info(std::string_view message) {
  progress_pause();
  write_stderr(fmt::format("octet: {}\n", message));
}

void write_warning(std::string_view message) {
  progress_pause();
  bool colour = colour_allowed(stderr);
  write_stderr(fmt::format("octet: {}warning:{} {}\n", colour ? "\033[33m" : "", colour ? "\033[0m" : "", message));
}

}  // namespace octet::log
