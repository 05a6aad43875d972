#include "octet/base/units.h"

#include "octet/base/error.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

struct Unit {
  std::string one, many, abbreviation;
};

// `factor` small units make one big one.
struct Conversion {
  Unit big, small;
  int64_t factor;
  int64_t most;  // of the big unit in a question
};

const std::vector<Conversion>& conversions() {
  static const Unit km = {"kilometre", "kilometres", "km"}, m = {"metre", "metres", "m"},
                    cm = {"centimetre", "centimetres", "cm"}, mm = {"millimetre", "millimetres", "mm"},
                    kg = {"kilogram", "kilograms", "kg"}, g = {"gram", "grams", "g"}, t = {"tonne", "tonnes", "t"},
                    l = {"litre", "litres", "l"}, ml = {"millilitre", "millilitres", "ml"}, h = {"hour", "hours", "h"},
                    min = {"minute", "minutes", "min"}, s = {"second", "seconds", "s"}, day = {"day", "days", "days"},
                    week = {"week", "weeks", "weeks"}, year = {"year", "years", "years"},
                    month = {"month", "months", "months"}, dollar = {"dollar", "dollars", "dollars"},
                    cent = {"cent", "cents", "cents"}, byte = {"byte", "bytes", "bytes"}, bit = {"bit", "bits", "bits"},
                    dozen = {"dozen", "dozen", "dozen"}, piece = {"piece", "pieces", "pieces"};
  static const std::vector<Conversion> all = {
      {km, m, 1000, 99}, {m, cm, 100, 99},     {cm, mm, 10, 99},        {m, mm, 1000, 20},  {kg, g, 1000, 99},
      {t, kg, 1000, 50}, {l, ml, 1000, 50},    {h, min, 60, 9},         {min, s, 60, 9},    {week, day, 7, 9},
      {day, h, 24, 9},   {year, month, 12, 9}, {dollar, cent, 100, 99}, {byte, bit, 8, 64}, {dozen, piece, 12, 9},
  };
  return all;
}

// {n} {from}: what is given; {to}: the unit that is asked for.
const Wordings& unit_wordings() {
  static const Wordings all = {
      {
          "(Convert|Change|Turn|Express|Write|Put) {n} {from} (to|into|in) {to}(.|)",
          "How many {to} (are|are in|are there in|make|is) {n} {from}?",
          "(What is|What's|How much is|Give me|Tell me) {n} {from} in {to}(?|.|)",
          "{n} {from} (in|to|as|is how many) {to}(?|)",
          "{n} {from} = ? {to}",
          "{n} {from} (are|is|equals|make) how many {to}?",
          "(Can|Could) you (convert|change|turn) {n} {from} (to|into) {to}?",
          "(I|We) (have|need|see|measured) {n} {from}. How many {to} is (that|it)?",
          "How many {to} (do|does) {n} {from} (have|make|contain)?",
          "(In|Into) {to}, (how much|what) is {n} {from}?",
          "(I|We) (want|need|have) to (convert|change) {n} {from} (to|into) {to}(.|)",
          "(It|This|That) (is|takes|measures) {n} {from}. (What is that in {to}?|How many {to}?)",
      },
      {
          "If something is {n} {from}, what would it be when given in {to}?",
          "hey how many {to} would {n} {from} be",
          "My recipe says {n} {from}, but I think in {to}. How much is it?",
          "The label shows {n} {from}. What number should I write in {to}?",
          "Someone speaks of {n} {from}; translate that into {to} for me.",
          "{n} {from} comes to what number of {to}?",
      }};
  return all;
}

std::string named(const Unit& unit, int64_t n, bool abbreviated) {
  return abbreviated ? unit.abbreviation : n == 1 ? unit.one : unit.many;
}

}  // namespace

Problem make_units(Random& random, Split split) {
  struct Drawn {
    size_t conversion;
    int64_t n;
    bool down;  // from the big unit to the small one
  };
  auto drawn = draw_for(
      split,
      [&] {
        Drawn d;
        d.conversion = random.below(conversions().size());
        d.n = random.between(1, conversions()[d.conversion].most);
        d.down = random.chance(0.7);
        return d;
      },
      [](const Drawn& d) { return fmt::format("units {} {} {}", d.conversion, d.n, d.down ? 1 : 0); });
  const Conversion& c = conversions()[drawn.conversion];
  int64_t given = drawn.down ? drawn.n : drawn.n * c.factor, wanted = drawn.down ? drawn.n * c.factor : drawn.n;
  const Unit &from = drawn.down ? c.big : c.small, &to = drawn.down ? c.small : c.big;
  bool abbreviated = random.chance(0.35);
  Problem p;
  p.question = ask(unit_wordings(), random, split,
                   {{"n", NumeralStyle(random).write(given)},
                    {"from", named(from, given, abbreviated)},
                    {"to", named(to, 2, abbreviated)}});
  p.answer = fmt::format("1 {} = {} {}\n{} {} {} = {}\nAnswer: {} {}", c.big.one, c.factor, c.small.many, given,
                         drawn.down ? "*" : "/", c.factor, wanted, wanted, named(to, wanted, abbreviated));
  p.key = std::to_string(wanted);
  p.kind = KeyKind::number;
  return p;
}

}  // namespace octet::tasks
