// What needs no Python to be sure of. The whole is compared with jinja2 by tests/oracles/jinja_oracle.py.
#include "octet/text/jinja/jinja.h"

#include <gtest/gtest.h>

#include <thread>

#include "octet/base/file.h"
#include "octet/base/random.h"
#include "octet/base/testing_sanitized.h"
#include "octet/text/jinja/unicode.h"

namespace octet::text::jinja {
namespace {

std::string render(std::string_view source, const Json& context = Json::object(), const Settings& settings = {}) {
  return Template(source, "t").render(context, settings);
}

// The kind and sentence of the error that rendering ends with.
std::pair<ErrorKind, std::string> failure(std::string_view source, const Json& context = Json::object(),
                                          const Settings& settings = {}) {
  try {
    return {ErrorKind::usage, "rendered: " + render(source, context, settings)};
  } catch (const Error& e) {
    return {e.kind(), e.sentence()};
  }
}

TEST(Jinja, RendersTextExpressionsAndStatements) {
  Json context = {{"name", "octet"}, {"list", {1, 2, 3}}};
  EXPECT_EQ(render("Hello {{ name }}!", context), "Hello octet!");
  EXPECT_EQ(render("{% for x in list if x != 2 %}{{ loop.index }}:{{ x }} {% endfor %}", context), "1:1 2:3 ");
  EXPECT_EQ(render("{% set ns = namespace(n=0) %}{% for x in list %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}",
                   context),
            "6");
  EXPECT_EQ(render("{% macro m(a, b='y') %}<{{ a }}{{ b }}>{% endmacro %}{{ m(1) }}{{ m(2, b=3) }}"), "<1y><23>");
}

// As jinja2 has it: the else follows unless some turn came to its end.
TEST(Jinja, ElseFollowsALoopThatNeverCameToItsEnd) {
  EXPECT_EQ(render("{% for x in [] %}x{% else %}e{% endfor %}"), "e");
  EXPECT_EQ(render("{% for x in [1] %}{% break %}{% else %}e{% endfor %}"), "e");
  EXPECT_EQ(render("{% for x in [1, 2] %}{% continue %}{% else %}e{% endfor %}"), "e");
  EXPECT_EQ(render("{% for x in [1, 2] %}{% if x == 2 %}{% break %}{% endif %}{% else %}e{% endfor %}"), "");
  EXPECT_EQ(render("{% for x in [1, 2] %}{% if x == 1 %}{% continue %}{% endif %}{% else %}e{% endfor %}"), "");
}

TEST(Jinja, PrintsAsPython) {
  EXPECT_EQ(render("{{ [1, 1.0, 'a\\'b', none, true, {'k': []}] }}"), "[1, 1.0, \"a'b\", None, True, {'k': []}]");
  EXPECT_EQ(render("{{ 1e16 }} {{ 0.1 }} {{ 1e-5 }} {{ 100.0 }}"), "1e+16 0.1 1e-05 100.0");
}

TEST(Jinja, TrimsAsTransformersDoes) {
  EXPECT_EQ(render("a\n  {% if true %}\n  b\n  {% endif %}\nc\n"), "a\n  b\nc");
  EXPECT_EQ(render("a \n {%- if true -%} \n b {%- endif %} c"), "ab c");
  EXPECT_EQ(render("x {%+ if true +%}\n y{% endif %}"), "x \n y");
}

TEST(Jinja, KeepsTheOrderOfKeysAndEscapesNoHtml) {
  Json context = {{"x", Json::parse(R"({"z": "<a href='&'>", "a": [1, 2.5, null], "é": "ü"})")}};
  EXPECT_EQ(render("{{ x|tojson }}", context), R"({"z": "<a href='&'>", "a": [1, 2.5, null], "é": "ü"})");
  EXPECT_EQ(render("{{ x.a|tojson(separators=(',', ':')) }}", context), "[1,2.5,null]");
  EXPECT_EQ(render("{{ 'ü'|tojson(ensure_ascii=true) }}"), "\"\\u00fc\"");
}

TEST(Jinja, RaisesTheTemplatesOwnMessage) {
  auto [kind, sentence] = failure("{{ raise_exception('Only one tool call, please') }}");
  EXPECT_EQ(kind, ErrorKind::request);
  EXPECT_EQ(sentence, "Only one tool call, please");
}

TEST(Jinja, NamesTheLineOfWhatFails) {
  auto [kind, sentence] = failure("a\n\n{{ message.content.x }}", {{"message", Json::object()}});
  EXPECT_EQ(kind, ErrorKind::request);
  EXPECT_EQ(sentence, "t: line 3: 'dict object' has no attribute 'content'");
}

TEST(Jinja, RefusesByNameAndLineWhatLiesOutside) {
  struct Case {
    const char *source, *named;
    int line;
  };
  for (const Case& c : std::initializer_list<Case>{{"\n{% include 'x' %}", "'include'", 2},
                                                   {"{% extends 'x' %}", "'extends'", 1},
                                                   {"{% import 'x' as y %}", "'import'", 1},
                                                   {"{% from 'x' import y %}", "'from'", 1},
                                                   {"{% block b %}{% endblock %}", "'block'", 1},
                                                   {"{% call m() %}{% endcall %}", "'call'", 1},
                                                   {"{% autoescape true %}{% endautoescape %}", "'autoescape'", 1},
                                                   {"{% for x in y recursive %}{% endfor %}", "recursive loop", 1},
                                                   {"{% macro m() %}{{ caller() }}{% endmacro %}", "'caller'", 1},
                                                   {"\n\n{{ x|xmlattr }}", "the filter 'xmlattr'", 3},
                                                   {"{{ x is escaped }}", "the test 'escaped'", 1},
                                                   {"{{ cycler('a') }}", "'cycler'", 1},
                                                   {"{{ 'a'.encode() }}", "the method 'encode' of str", 1},
                                                   {"{{ {}.update({}) }}", "the method 'update' of dict", 1},
                                                   {"{{ [].sort() }}", "the method 'sort' of list", 1},
                                                   {"{{ (2).bit_length() }}", "the method 'bit_length' of int", 1},
                                                   {"{{ x[1, 2] }}", "an index of several values", 1},
                                                   {"{{ 2 ** 200 }}", "an integer beyond 128 bits", 1},
                                                   {"{{ '\\N{BULLET}' }}", "\\N escape", 1}}) {
    auto [kind, sentence] = failure(c.source);
    EXPECT_EQ(kind, ErrorKind::config) << c.source << ": " << sentence;
    EXPECT_NE(sentence.find(c.named), sentence.npos) << c.source << ": " << sentence;
    EXPECT_NE(sentence.find(fmt::format("line {}:", c.line)), sentence.npos) << sentence;
  }
}

TEST(Jinja, RefusesUnknownFiltersUnderConditionsOnlyWhenReached) {
  EXPECT_EQ(render("{% if false %}{{ x|xmlattr }}{% endif %}ok"), "ok");
  EXPECT_EQ(failure("{% if true %}{{ x|xmlattr }}{% endif %}").first, ErrorKind::config);
}

TEST(Jinja, TellsTheTime) {
  Settings settings;
  settings.now = 86400 * 365;  // around the beginning of 1971, wherever we are
  std::string year = render("{{ strftime_now('%Y') }}", Json::object(), settings);
  EXPECT_TRUE(year == "1971" || year == "1970") << year;
  EXPECT_EQ(
      render("{{ strftime_now('') }}|{{ strftime_now('%%') }}|{{ strftime_now('%z%Z') }}", Json::object(), settings),
      "|%|");
}

struct Hostile {
  const char *source, *limit;  // what the refusal names
};

void expect_ended(const Hostile& c) {
  auto [kind, sentence] = failure(c.source);
  EXPECT_EQ(kind, ErrorKind::resources) << c.source << ": " << sentence;
  EXPECT_NE(sentence.find(c.limit), sentence.npos) << c.source << ": " << sentence;
}

TEST(Jinja, EndsHostileTemplates) {
  for (const Hostile& c : std::initializer_list<Hostile>{
           {"{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            "longer"},
           {"{{ 'x' * 99999999999 }}", "longer"},
           {"{{ 'x' * 170141183460469231731687303715884105727 }}", "longer"},
           {"{{ '%10000s' % 'x' * 9999999 }}", "longer"},
           {"{{ [0] * 99999999999 }}", ""},
           {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nests"},
           {"{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
            "nests"},
           {"{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}", "nests"},
           {"{{ 'x'|indent(99999999999) }}", "longer"},
           {"{{ {'a': 1}|tojson(indent=99999999999) }}", "longer"},
           {"{{ 'x'.center(99999999999) }}", "longer"},
           {"{{ [1]|batch(99999999999, 0)|list }}", ""}})
    expect_ended(c);
}

// These do nothing forbidden until all steps or all memory are used up.
TEST(Jinja, EndsTemplatesThatComputeWithoutEnd) {
  OCTET_LONG_IF_SANITIZED();
  for (const Hostile& c : std::initializer_list<Hostile>{
           {"{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", ""},
           {"{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = ns.l + [i] %}{% endfor %}", ""},
           {"{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l "
            "}}",
            ""}})
    expect_ended(c);
}

TEST(Jinja, RefusesSourcesNestedTooDeeply) {
  auto repeat = [](std::string_view s, int n) {
    std::string out;
    while (n-- > 0) out += s;
    return out;
  };
  for (const std::string& source :
       {"{{ " + repeat("(", 9999) + " }}", "{{ " + repeat("[", 9999), "{{ " + repeat("not ", 9999) + "1 }}",
        "{{ " + repeat("- ", 9999) + "1 }}", "{{ 1" + repeat(" + 1", 9999) + " }}",
        "{{ x" + repeat("|upper", 9999) + " }}", "{{ x" + repeat(".x", 9999) + " }}", repeat("{% if 1 %}", 9999),
        repeat("{% for x in y %}", 9999), "{{ 1" + repeat(" if 1 else 1", 9999) + " }}",
        "{{ x" + repeat("()", 9999) + " }}", "{% set " + repeat("(", 9999), "{{ {" + repeat("1:{", 9999)}) {
    auto [kind, sentence] = failure(source);
    EXPECT_EQ(kind, ErrorKind::config) << source.substr(0, 40) << sentence;
  }
}

TEST(Jinja, SurvivesLimitsThatAreTight) {
  Settings settings;
  settings.limits = {.steps = 100, .output = 50, .memory = 5000, .depth = 10};
  EXPECT_EQ(render("{{ 'a' * 40 }}", Json::object(), settings), std::string(40, 'a'));
  EXPECT_EQ(failure("{{ 'a' * 60 }}", Json::object(), settings).first, ErrorKind::resources);
  EXPECT_EQ(failure("{{ 'a' * 40 }}{{ 'a' * 40 }}", Json::object(), settings).first, ErrorKind::resources);
  EXPECT_EQ(failure("{% for i in range(200) %}{% endfor %}", Json::object(), settings).first, ErrorKind::resources);
}

TEST(Jinja, RefusesTemplatesThatAreNoUtf8) {
  EXPECT_EQ(failure("a\xff").first, ErrorKind::config);
  EXPECT_EQ(render("{{ x }}", {{"x", "a\xffz"}}), "a\uFFFDz");
}

// One program, many threads: nothing of a render is kept in it.
TEST(Jinja, RendersFromManyThreads) {
  Template shared(
      "{% set ns = namespace(t='') %}{% for i in range(n) %}{% set ns.t = ns.t ~ i %}{% endfor %}{{ ns.t }}", "t");
  std::vector<std::string> out(8);
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < out.size(); ++i) threads.emplace_back([&, i] { out[i] = shared.render({{"n", i}}); });
  threads.clear();
  EXPECT_EQ(out[0], "");
  EXPECT_EQ(out[7], "0123456");
}

TEST(Jinja, MapsCaseBeyondAscii) {
  EXPECT_EQ(unicode::upper("straße, ﬁn, привет, ÿ"), "STRASSE, FIN, ПРИВЕТ, Ÿ");
  EXPECT_EQ(unicode::lower("ΣΊΣΥΦΟΣ ÀÇ İ"), "σίσυφος àç i\u0307");
  EXPECT_EQ(unicode::title("ǆ ﬁn they're"), "ǅ Fin They'Re");
}

// Templates damaged at random places: an answer or an Error, nothing else. Sanitizers watch.
TEST(Jinja, SurvivesDamagedTemplates) {
  std::filesystem::path folder = OCTET_SOURCE_DIR "/tests/end_to_end/chat_templates";
  Json context = Json::parse(R"({"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": null, "tool_calls": [{"id": "abcdefghi", "type": "function",
      "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "content": "1"}], "tools": [], "bos_token": "<s>"})");
  static constexpr std::string_view pieces[] = {"{%",        "%}", "{{", "}}", "{#", "#}",    "-",      "|",
                                                "(",         ")",  "[",  "]",  "'",  "endif", "endfor", "loop",
                                                "namespace", "1",  ":",  ".",  "~",  "\\",    "é"};
  Random random(7);
  int rendered = 0, refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string whole = read_file(entry.path());
    for (int i = 0; i < 12; ++i) {
      std::string damaged = whole;
      for (int64_t changes = random.between(1, 4); changes > 0; --changes) {
        size_t at = random.below(damaged.size());
        size_t length = random.below(std::min<size_t>(30, damaged.size() - at) + 1);
        std::string_view piece = pieces[random.below(std::size(pieces))];
        if (random.chance(0.5))
          damaged.insert(at, piece);
        else
          damaged.replace(at, length, random.chance(0.5) ? piece : "");
      }
      try {
        render(damaged, context);
        ++rendered;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GE(rendered + refused, 120);
  EXPECT_GT(rendered, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace octet::text::jinja
