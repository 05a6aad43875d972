// Structured output as a request states it, and who turns it into the masks that the sampler obeys. An interface, so
// that the server's tests and models without a tokenizer need no grammar library.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/infer/token_mask.h"
#include "octet/text/reply/reply.h"

namespace octet::chat {

struct Structure {
  enum class Kind {
    none,
    json_object,  // any JSON object
    json_schema,  // `schema`
    regex,        // `text`
    choice,       // one of `choices`
    grammar,      // `text`: EBNF
    calls,        // calls of `functions`
  };
  struct Function {
    std::string name;
    Json parameters;  // a JSON Schema
    enum class Arguments { any_object, by_schema } arguments = Arguments::by_schema;
  };
  // How many calls: one; one or more; none (some text) or with text before them; or that with at most one call.
  enum class Calls { one, several, text_or_several, text_or_one };

  Kind kind = Kind::none;
  std::string where;  // the field that it was read from
  Json schema;
  std::string text;
  std::vector<std::string> choices;
  std::vector<Function> functions;
  Calls calls = Calls::several;
};

class GrammarFactory {
 public:
  virtual ~GrammarFactory() = default;
  // A mask for one answer of this format: where it begins with a thought, no word is forbidden until the thought has
  // ended. Any thread. Error{request} that names what is malformed or not supported, Error{unsupported} where octet was
  // built without grammars.
  virtual std::shared_ptr<infer::TokenMask> make(const Structure& structure, text::ReplyFormat format) = 0;
};

}  // namespace octet::chat
