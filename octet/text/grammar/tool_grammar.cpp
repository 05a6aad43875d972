#include "octet/text/grammar/tool_grammar.h"

#include <set>

#include "octet/base/error.h"
#include "octet/text/grammar/json_text.h"
#include "octet/text/grammar/schema.h"
#include "octet/text/reply/markup.h"

namespace octet::text {

namespace {

constexpr size_t most_functions = 128;

// Every mark has this behind its '<', or in Kimi's case '|'. In arguments it stands escaped, so that none can look like
// a mark; in text before calls it does not stand behind a '<'.
constexpr CodePointRange full_width_bar{0xFF5C, 0xFF5C};

class ToolGrammar {
 public:
  ToolGrammar(Rules& rules, const ToolCallsSpec& spec, int64_t unrolled_characters,
              const std::function<NodeId(std::string_view)>& mark, std::string where)
      : rules_(rules),
        spec_(spec),
        mark_(mark),
        where_(std::move(where)),
        marks_(kimi() ? kimi_marks : deepseek_marks),
        json_(rules, {.escaped = bar(), .unrolled_characters = unrolled_characters}) {}

  RuleId run() {
    check_functions();
    std::vector<NodeId> options;
    for (size_t i = 0; i < spec_.functions.size(); ++i)
      options.push_back(rules_.rule(rules_.add("call", call(spec_.functions[i], fmt::format("{}[{}]", where_, i)))));
    NodeId one = rules_.rule(rules_.add("any_call", rules_.choice(std::move(options))));
    NodeId calls = rules_.sequence({mark_(marks_.calls_begin), several(one), mark_(marks_.calls_end)});
    if (spec_.least_calls > 0) return rules_.add("calls", calls);
    NodeId text = rules_.rule(rules_.add("text", text_without_marks()));
    if (spec_.most_calls == 0) return rules_.add("answer", text);
    return rules_.add("answer", rules_.sequence({text, rules_.optional(rules_.rule(rules_.add("calls", calls)))}));
  }

 private:
  bool kimi() const { return spec_.form == ToolForm::kimi; }
  CodePointSet bar() const { return kimi() ? CodePointSet{{'|', '|'}} : CodePointSet{full_width_bar}; }

  NodeId text_without_marks() {
    CodePointSet less{{'<', '<'}}, other = ~(CodePointSet{{0xD800, 0xDFFF}} | less);
    auto some_less = [&](int64_t least) { return rules_.repeat(rules_.set(less), least, GrammarNode::unlimited); };
    NodeId no_mark = rules_.sequence({some_less(1), rules_.set(other & ~bar())});
    NodeId piece = rules_.choice({rules_.set(other), no_mark});
    return rules_.sequence({rules_.repeat(piece, 0, GrammarNode::unlimited), some_less(0)});
  }

  void check_functions() const {
    if (spec_.functions.empty())
      throw Error(ErrorKind::request, fmt::format("{}: expected at least one function", where_));
    if (spec_.functions.size() > most_functions)
      throw Error(ErrorKind::request, fmt::format("{}: more than {} functions", where_, most_functions));
    std::set<std::string> names;
    for (const ToolFunction& function : spec_.functions) {
      bool good = !function.name.empty() && function.name.size() <= 128;
      for (char c : function.name)
        good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                        c == '-' || c == '.');
      if (!good)
        throw Error(ErrorKind::request,
                    fmt::format("{}: '{}' is no name of a function", where_, printable(function.name)),
                    "letters, digits, '_', '-' and '.'");
      if (!names.insert(function.name).second)
        throw Error(ErrorKind::request, fmt::format("{}: two functions are called '{}'", where_, function.name));
    }
  }

  NodeId several(NodeId one) {
    // In the fenced form each further call begins a line.
    NodeId another = spec_.form == ToolForm::deepseek_fenced ? rules_.sequence({rules_.text("\n"), one}) : one;
    int64_t least = std::max<int64_t>(spec_.least_calls, 1);
    int64_t most = spec_.most_calls ? std::max(*spec_.most_calls, least) - 1 : GrammarNode::unlimited;
    return rules_.sequence({one, rules_.repeat(another, least - 1, most)});
  }

  NodeId call(const ToolFunction& function, const std::string& where) {
    NodeId arguments = rules_.rule(arguments_of(function, where));
    std::vector<NodeId> parts = {mark_(marks_.call_begin)};
    auto add = [&](NodeId node) { parts.push_back(node); };
    switch (spec_.form) {
      case ToolForm::deepseek_fenced:
        add(rules_.text("function")), add(mark_(marks_.separator));
        add(rules_.text(function.name + "\n```json\n")), add(arguments), add(rules_.text("\n```"));
        break;
      case ToolForm::deepseek_plain:
        add(rules_.text(function.name)), add(mark_(marks_.separator)), add(arguments);
        break;
      case ToolForm::kimi:
        add(rules_.text("functions." + function.name + ":")), add(rules_.repeat(rules_.set({{'0', '9'}}), 1, 3));
        add(mark_(marks_.separator)), add(arguments);
        break;
    }
    add(mark_(marks_.call_end));
    return rules_.sequence(std::move(parts));
  }

  RuleId arguments_of(const ToolFunction& function, const std::string& where) {
    if (function.arguments == ToolFunction::Arguments::any_object) return json_.object();
    static const Json none = {{"type", "object"}, {"properties", Json::object()}};
    const Json& schema = function.parameters.is_null() ? none : function.parameters;
    std::string place = where + ".function.parameters";
    auto type = schema.is_object() ? schema.find("type") : schema.end();
    if (!schema.is_object() || (type != schema.end() && *type != "object"))
      throw Error(ErrorKind::request, fmt::format("{}: expected the schema of an object", place),
                  "\"type\": \"object\"");
    if (schema.empty()) return json_.object();
    return add_schema(rules_, json_, schema, place);
  }

  Rules& rules_;
  const ToolCallsSpec& spec_;
  const std::function<NodeId(std::string_view)>& mark_;
  std::string where_;
  ToolMarks marks_;
  JsonText json_;
};

}  // namespace

RuleId add_tool_calls(Rules& rules, const ToolCallsSpec& spec, int64_t unrolled_characters,
                      const std::function<NodeId(std::string_view)>& mark, const std::string& where) {
  return ToolGrammar(rules, spec, unrolled_characters, mark, where).run();
}

}  // namespace octet::text
