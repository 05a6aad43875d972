#include <list>
#include <mutex>
#include <unordered_map>

#include "octet/base/error.h"
#include "octet/base/utf8.h"
#include "octet/text/grammar/backend.h"
#include "octet/text/grammar/ebnf.h"
#include "octet/text/grammar/grammar.h"
#include "octet/text/grammar/json_text.h"
#include "octet/text/grammar/measure.h"
#include "octet/text/grammar/print.h"
#include "octet/text/grammar/prune.h"
#include "octet/text/grammar/regex_grammar.h"
#include "octet/text/grammar/schema.h"
#include "octet/text/reply/markup.h"

namespace octet::text {

namespace {

constexpr size_t longest_schema = size_t{256} << 10;
constexpr size_t longest_choices = 65536;
// A counted string is unrolled up to 64 characters, and as far as its length times the vocabulary stays below this: 16
// characters for 128K tokens, where compiling each takes 30 ms.
constexpr int64_t longest_unrolled = 64, most_unrolled_tokens = int64_t{1} << 21;

std::vector<std::string_view> marks_of(const ToolMarks& m) {
  return {m.calls_begin, m.call_begin, m.separator, m.call_end, m.calls_end};
}

std::unordered_map<std::string, int32_t> find_mark_tokens(const Tokenizer& tokenizer) {
  std::unordered_map<std::string, int32_t> out;
  for (const ToolMarks& marks : {deepseek_marks, kimi_marks})
    for (std::string_view mark : marks_of(marks))
      if (auto id = tokenizer.token_id(mark); id && tokenizer.is_added(*id)) out.emplace(mark, *id);
  return out;
}

MaskVocabulary mask_vocabulary(const Tokenizer& tokenizer, std::vector<int32_t> stop_tokens, int64_t vocab_size,
                               const std::unordered_map<std::string, int32_t>& marks) {
  MaskVocabulary out{.tokens = {}, .size = vocab_size, .stop_tokens = {}};
  int64_t known = std::min<int64_t>(tokenizer.vocab_size(), vocab_size);
  for (int32_t id = 0; id < known; ++id)
    out.tokens.emplace_back(tokenizer.is_added(id) ? std::string_view() : tokenizer.bytes_of(id));
  // A mark is allowed by its number alone. Its bytes must not be empty, and must match nothing: 0xFF is in no UTF-8.
  for (const auto& [mark, id] : marks)
    if (id < known) out.tokens[static_cast<size_t>(id)] = fmt::format("\xFF{}", id);
  for (int32_t id : stop_tokens)
    if (id >= 0 && id < vocab_size) out.stop_tokens.push_back(id);
  check(!out.stop_tokens.empty(), "masks need a stop token");
  return out;
}

}  // namespace

struct GrammarCompiler::Impl {
  Impl(const Tokenizer& tokenizer, std::vector<int32_t> stop_tokens, int64_t vocab_size, size_t cache_bytes)
      : marks(find_mark_tokens(tokenizer)),
        vocab_size(vocab_size),
        cache_bytes(cache_bytes / 2),
        backend(mask_vocabulary(tokenizer, std::move(stop_tokens), vocab_size, marks), cache_bytes / 2) {}

  struct Cached {
    std::string key;
    std::shared_ptr<const CompiledGrammar> grammar;
    size_t bytes;
  };

  std::unordered_map<std::string, int32_t> marks;
  int64_t vocab_size;
  size_t cache_bytes;
  GrammarBackend backend;
  std::mutex mutex;          // for what follows
  std::list<Cached> recent;  // the latest first
  std::unordered_map<std::string, std::list<Cached>::iterator> by_key;
  size_t bytes = 0;

  std::shared_ptr<const CompiledGrammar> find(const std::string& key) {
    std::lock_guard lock(mutex);
    auto it = by_key.find(key);
    if (it == by_key.end()) return nullptr;
    recent.splice(recent.begin(), recent, it->second);
    return it->second->grammar;
  }

  void keep(const std::string& key, const std::shared_ptr<const CompiledGrammar>& grammar) {
    std::lock_guard lock(mutex);
    if (by_key.contains(key)) return;  // another thread was faster
    recent.push_front({key, grammar, grammar->bytes() + 2 * key.size()});
    by_key[key] = recent.begin();
    bytes += recent.front().bytes;
    while (bytes > cache_bytes && recent.size() > 1) {
      bytes -= recent.back().bytes;
      by_key.erase(recent.back().key);
      recent.pop_back();
    }
  }

  JsonStyle style() const {
    return {.escaped = {},
            .unrolled_characters = std::min(longest_unrolled, most_unrolled_tokens / std::max<int64_t>(vocab_size, 1))};
  }

  RuleId root(Rules& rules, const JsonObjectSpec&) const { return JsonText(rules, style()).object(); }

  RuleId root(Rules& rules, const JsonSchemaSpec& spec) const {
    if (spec.schema.size() > longest_schema)
      throw Error(ErrorKind::request, fmt::format("{}: longer than {} bytes", spec.where, longest_schema),
                  "use a smaller schema");
    JsonText json(rules, style());
    return add_schema(rules, json, parse_json(spec.schema, spec.where), spec.where);
  }

  RuleId root(Rules& rules, const RegexSpec& spec) const {
    RegexGrammar grammar = regex_grammar(rules, spec.pattern, plain_alphabet(rules), RegexMatch::whole, spec.where);
    return rules.add("regex", grammar.node);
  }

  RuleId root(Rules& rules, const ChoiceSpec& spec) const {
    size_t length = 0;
    for (const std::string& choice : spec.choices) {
      length += choice.size();
      if (!utf8::is_valid(choice))
        throw Error(ErrorKind::request, fmt::format("{}: a choice that is not valid UTF-8", spec.where));
    }
    if (spec.choices.empty())
      throw Error(ErrorKind::request, fmt::format("{}: expected at least one choice", spec.where));
    if (length > longest_choices)
      throw Error(ErrorKind::request, fmt::format("{}: longer than {} bytes together", spec.where, longest_choices));
    return rules.add("choice", rules.one_of(spec.choices));
  }

  RuleId root(Rules& rules, const EbnfSpec& spec) const { return add_ebnf(rules, spec.text, spec.where); }

  RuleId root(Rules& rules, const ToolCallsSpec& spec) const {
    auto mark = [&](std::string_view text) {
      auto it = marks.find(std::string(text));
      return it == marks.end() ? rules.text(text) : rules.token(it->second);
    };
    return add_tool_calls(rules, spec, style().unrolled_characters, mark, "tools");
  }
};

namespace {

std::string where_of(const GrammarSpec& spec) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.where; })
          return one.where;
        else if constexpr (std::is_same_v<std::decay_t<decltype(one)>, ToolCallsSpec>)
          return "tools";
        else
          return "json_object";
      },
      spec);
}

// What distinguishes specifications. Places in errors do not: a failure is not kept.
std::string key_of(const GrammarSpec& spec) {
  std::string key = fmt::format("{}\n", spec.index());
  auto add = [&](std::string_view part) { key += fmt::format("{}:{}\n", part.size(), part); };
  if (auto* schema = std::get_if<JsonSchemaSpec>(&spec)) add(schema->schema);
  if (auto* regex = std::get_if<RegexSpec>(&spec)) add(regex->pattern);
  if (auto* choice = std::get_if<ChoiceSpec>(&spec))
    for (const std::string& text : choice->choices) add(text);
  if (auto* ebnf = std::get_if<EbnfSpec>(&spec)) add(ebnf->text);
  if (auto* tools = std::get_if<ToolCallsSpec>(&spec)) {
    add(fmt::format("{} {} {}", static_cast<int>(tools->form), tools->least_calls, tools->most_calls.value_or(-1)));
    for (const ToolFunction& function : tools->functions) {
      add(function.name);
      add(dump(function.parameters));
      add(fmt::format("{}", static_cast<int>(function.arguments)));
    }
  }
  return key;
}

}  // namespace

GrammarCompiler::GrammarCompiler(const Tokenizer& tokenizer, std::vector<int32_t> stop_tokens, int64_t vocab_size,
                                 size_t cache_bytes)
    : impl_(std::make_unique<Impl>(tokenizer, std::move(stop_tokens), vocab_size, cache_bytes)) {}

GrammarCompiler::~GrammarCompiler() = default;

std::string GrammarCompiler::ebnf(const GrammarSpec& spec) const {
  std::string where = where_of(spec);
  Rules rules;
  try {
    rules.set_root(std::visit([&](const auto& one) { return impl_->root(rules, one); }, spec));
  } catch (const Error& error) {
    // What a parser of JSON calls a bad file is here a bad request.
    if (error.kind() == ErrorKind::request || error.kind() == ErrorKind::unsupported) throw;
    throw Error(ErrorKind::request, error.sentence(), error.hint());
  }
  refuse_oversized(rules, impl_->vocab_size, where);
  Rules pruned = prune(rules, where);
  if (std::holds_alternative<EbnfSpec>(spec)) refuse_hostile_repeats(pruned, where);
  return print_ebnf(pruned);
}

std::shared_ptr<const CompiledGrammar> GrammarCompiler::compile(const GrammarSpec& spec) {
  std::string key = key_of(spec);
  if (auto known = impl_->find(key)) return known;
  auto grammar = impl_->backend.compile(ebnf(spec), where_of(spec));
  impl_->keep(key, grammar);
  return grammar;
}

}  // namespace octet::text
