// Calls of tools and their results in earlier messages, for a template that knows nothing of them. They are written as
// DeepSeek-V3 writes them, so that a model sees its own calls in the form in which it is asked to make them
// (text/reply/tools.h): the calls at the end of the assistant's message, the results as a user's message
//
//   <｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>result<｜tool▁output▁end｜><｜tool▁outputs▁end｜>
#pragma once
#include "octet/base/json.h"
#include "octet/text/chat_template.h"

namespace octet::chat {

// Whether the template puts an assistant's calls and the results of tools into the prompt.
bool reads_tool_messages(const text::ChatTemplate& chat_template);

// `messages` without "tool_calls" and without the role "tool". Results that follow one another become one message.
Json with_tool_messages_written(const Json& messages);

}  // namespace octet::chat
