// The server's log: one JSON object a line on stderr, for machines to read. No text of prompts or answers, unless
// asked.
#pragma once
#include <string_view>

#include "octet/base/json.h"

namespace octet::serve {

// {"time": "2026-01-31T12:00:00.123Z", "level": level, "event": event, ...fields}; written whole, whoever else writes.
void write_log(std::string_view level, std::string_view event, const Json& fields);

std::string log_line(std::string_view time, std::string_view level, std::string_view event, const Json& fields);

}  // namespace octet::serve
