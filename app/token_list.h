// Token ids as flags give them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace octet::app {

// "1,2,3" as ids. Error{usage} naming the flag.
std::vector<int64_t> parse_tokens(const std::string& text, const std::string& flag);

}  // namespace octet::app
