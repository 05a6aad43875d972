// Structured output: which tokens may come next in an answer that must obey a JSON Schema, a regular expression, a list
// of choices, a grammar, or the form of tool calls.
//
// A specification is turned into a grammar of octet's own (rules.h), which is checked and measured, and then compiled
// by XGrammar for the model's vocabulary. An answer's state gives a mask over the vocabulary at every step.
//
//   GrammarCompiler compiler(tokenizer, {end_of_sentence}, config.vocab_size);
//   GrammarState state(compiler.compile(JsonSchemaSpec{schema, "response_format.schema"}));
//   for (state.fill(bits); token != end; state.fill(bits)) state.accept(token = sample(logits, bits));
//
// Built without XGrammar, compile() throws Error{unsupported}; has_token_masks() tells.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "octet/text/bpe/tokenizer.h"
#include "octet/text/grammar/tool_grammar.h"

namespace octet::text {

struct JsonObjectSpec {};  // any JSON object

struct JsonSchemaSpec {
  std::string schema;                 // its text
  std::string where = "json_schema";  // what errors call it
};

struct RegexSpec {
  std::string pattern;  // the whole answer matches it; regex_grammar.h says what it may hold
  std::string where = "regex";
};

struct ChoiceSpec {
  std::vector<std::string> choices;  // the whole answer is one of them
  std::string where = "choice";
};

struct EbnfSpec {
  std::string text;  // see ebnf.h
  std::string where = "grammar";
};

// ToolCallsSpec: see tool_grammar.h.
using GrammarSpec = std::variant<JsonObjectSpec, JsonSchemaSpec, RegexSpec, ChoiceSpec, EbnfSpec, ToolCallsSpec>;

bool has_token_masks();

// Ready for any number of answers at once; immutable.
class CompiledGrammar {
 public:
  struct Impl;
  explicit CompiledGrammar(std::unique_ptr<const Impl> impl);
  ~CompiledGrammar();
  size_t bytes() const;
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<const Impl> impl_;
};

// For one vocabulary. Any number of threads may use it at once.
class GrammarCompiler {
 public:
  static constexpr size_t default_cache_bytes = size_t{64} << 20;

  // `stop_tokens` end an answer. Models pad their vocabulary: `vocab_size` is the model's, and what the tokenizer lacks
  // is never allowed, nor are added tokens, but for the marks of tool calls where they belong.
  GrammarCompiler(const Tokenizer& tokenizer, std::vector<int32_t> stop_tokens, int64_t vocab_size,
                  size_t cache_bytes = default_cache_bytes);
  ~GrammarCompiler();

  // What was compiled lately is kept, up to `cache_bytes`. Error{request} for what is wrong, too large, or not to be
  // enforced; Error{unsupported} without XGrammar.
  std::shared_ptr<const CompiledGrammar> compile(const GrammarSpec& spec);

  // The grammar in XGrammar's form, for tests and for those who wonder why an answer is as it is.
  std::string ebnf(const GrammarSpec& spec) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One answer's state; one thread at a time.
class GrammarState {
 public:
  explicit GrammarState(std::shared_ptr<const CompiledGrammar> grammar);
  GrammarState(GrammarState&&) noexcept;
  ~GrammarState();

  // Bit i of word i / 32 says whether token i may come next; `bits` has (vocab_size + 31) / 32 words, all overwritten.
  // After a stop token only stop tokens may come. Error{request} if the grammar is so ambiguous that following it
  // takes longer than answers are worth (some milliseconds a token): the answer cannot go on.
  void fill(std::span<uint32_t> bits);

  // Goes on past a token that fill() allows. False if it does not allow it; then nothing has changed.
  bool accept(int32_t token);

  // Takes the last `tokens` accepted ones back; not more than were accepted.
  void rollback(int64_t tokens);

  // Nothing may follow but a stop token.
  bool complete();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace octet::text
