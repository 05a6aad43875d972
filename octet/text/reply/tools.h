// Tools for a model whose template knows nothing of them (DeepSeek-V3's own is one): their description, put into the
// system message, and the form in which to call them, which is the form that reply.h reads back:
//
//   ## Tools
//
//   You can call these functions:
//
//   ### get_weather
//   The weather of a city, now
//   Parameters, as a JSON Schema: {"type": "object", "properties": {"city": {"type": "string"}}}
//
//   To call functions, end your answer with the calls in exactly this form, the arguments being a JSON object:
//   <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME
//   ```json
//   {"argument": "value"}
//   ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>
//   Each further call stands on a line of its own, from <｜tool▁call▁begin｜> to <｜tool▁call▁end｜>, before
//   <｜tool▁calls▁end｜>.
#pragma once
#include <string>

#include "octet/base/json.h"
#include "octet/text/chat_template.h"

namespace octet::text {

// Whether the template puts tools into the prompt: a tool with a name that nothing else has is given to it and looked
// for in the text. A template that fails with a tool and not without one does look at them.
bool reads_tools(const ChatTemplate& chat);

// The description above. `tools` is a list in OpenAI's form; Error{request} names what is wrong in it ("tools[0]...").
std::string describe_tools(const Json& tools);

// `messages` with the description at the end of the first system message, or in a new one at the front.
Json with_tools_described(const Json& messages, const Json& tools);

}  // namespace octet::text
