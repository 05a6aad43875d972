// A chat's messages, checked, in the one form that templates are given: contents as strings.
#pragma once
#include "octet/serve/openai/params.h"

namespace octet::serve {

// `messages`: roles system, developer (a system message by its newer name), user, assistant, tool; contents as strings
// or lists of text parts. tool_calls keep their arguments as text.
Json read_messages(const Params& params);

// The content of one message as text: a string, or a list of parts of one of these types with "text".
std::string read_content(const Params& message, std::string_view key, const std::vector<std::string>& part_types);

}  // namespace octet::serve
