#include "octet/serve/log.h"

#include <unistd.h>

#include <chrono>
#include <ctime>

namespace octet::serve {

std::string log_line(std::string_view time, std::string_view level, std::string_view event, const Json& fields) {
  Json line = {{"time", time}, {"level", level}, {"event", event}};
  line.update(fields);
  return dump(line) + "\n";
}

void write_log(std::string_view level, std::string_view event, const Json& fields) {
  using namespace std::chrono;
  auto now = system_clock::now();
  std::time_t seconds = system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  auto millis = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  std::string line = log_line(fmt::format("{}.{:03}Z", date, millis), level, event, fields);
  // One call for a line, so that lines of several threads do not mix.
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return;  // nobody reads: no reason to stop serving
}

}  // namespace octet::serve
