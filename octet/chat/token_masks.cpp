#include "octet/chat/token_masks.h"

#include "octet/chat/thought_mask.h"

namespace octet::chat {

namespace {

class GrammarMask : public infer::TokenMask {
 public:
  explicit GrammarMask(std::shared_ptr<const text::CompiledGrammar> grammar) : state_(std::move(grammar)) {}
  void fill(std::span<uint32_t> bits) override { state_.fill(bits); }
  bool accept(int64_t token) override { return state_.accept(static_cast<int32_t>(token)); }
  void rollback(int64_t tokens) override { state_.rollback(tokens); }
  bool complete() const override { return state_.complete(); }

 private:
  mutable text::GrammarState state_;  // asking whether it is complete may compute what it keeps
};

std::vector<int32_t> narrowed(const std::vector<int64_t>& ids) { return {ids.begin(), ids.end()}; }

text::ToolCallsSpec calls_spec(const Structure& structure, text::ToolForm form) {
  using Calls = Structure::Calls;
  text::ToolCallsSpec out;
  out.form = form;
  for (const auto& f : structure.functions) {
    bool any = f.arguments == Structure::Function::Arguments::any_object;
    out.functions.push_back(
        {f.name, f.parameters,
         any ? text::ToolFunction::Arguments::any_object : text::ToolFunction::Arguments::by_schema});
  }
  bool text = structure.calls == Calls::text_or_several || structure.calls == Calls::text_or_one;
  out.least_calls = text ? 0 : 1;
  if (structure.calls == Calls::one || structure.calls == Calls::text_or_one) out.most_calls = 1;
  return out;
}

}  // namespace

TokenMasks::TokenMasks(const text::Tokenizer& tokenizer, const std::vector<int64_t>& stop_tokens, int64_t vocabulary,
                       text::ToolForm calls)
    : tokenizer_(tokenizer),
      stop_tokens_(narrowed(stop_tokens)),
      calls_(calls),
      compiler_(tokenizer, stop_tokens_, vocabulary) {}

text::GrammarSpec TokenMasks::spec(const Structure& s) const {
  using Kind = Structure::Kind;
  switch (s.kind) {
    case Kind::json_object:
      return text::JsonObjectSpec{};
    case Kind::json_schema:
      return text::JsonSchemaSpec{dump(s.schema), s.where};
    case Kind::regex:
      return text::RegexSpec{s.text, s.where};
    case Kind::choice:
      return text::ChoiceSpec{s.choices, s.where};
    case Kind::grammar:
      return text::EbnfSpec{s.text, s.where};
    case Kind::calls:
      return calls_spec(s, calls_);
    case Kind::none:
      break;
  }
  check(false, "a mask is asked for without a structure");
  return {};
}

std::shared_ptr<infer::TokenMask> TokenMasks::make(const Structure& structure, text::ReplyFormat format) {
  auto mask = std::make_shared<GrammarMask>(compiler_.compile(spec(structure)));
  if (format.thinking == text::Thinking::none) return mask;
  return std::make_shared<ThoughtMask>(std::move(mask), tokenizer_, stop_tokens_, format.thinking);
}

}  // namespace octet::chat
