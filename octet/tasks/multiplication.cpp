#include "octet/tasks/arithmetic.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

// {a} has two or three digits (or one), {d} one; {x} and {y} are the two in either order.
const Wordings& multiplications() {
  static const Wordings all = {
      {
          "{x}*{y}",
          "{x} * {y}",
          "{x} x {y}",
          "{x}( \xC3\x97 |*| * | x | times ){y}( =|=|=?|?|)",
          "{x} times {y}(|?| is| =)",
          "(What is|What's|whats|How much is|Calculate|Compute|Work out|Solve|Evaluate|Find|Give me|Tell me) {x}( * "
          "|*| x | times | multiplied by | \xC3\x97 ){y}(?|.|)",
          "(What does|How much does) {x}( * | x | times | multiplied by ){y} (equal|make|give|come to)?",
          "Multiply {x} (by|with|and|times) {y}(.|)",
          "(Can|Could) you multiply {x} (by|with|and) {y}(| for me)?",
          "(What is|Find|Calculate|Tell me|Give me) the product of {x} and {y}(.|?)",
          "(What do you get|What will I get) (when|if) (you|I) multiply {x} (by|and) {y}?",
          "(I|We) (need|want|have) to multiply {x} (by|with) {y}(.|. What is the result?)",
          "{d} (boxes|bags|jars|rows) with {a} {thing} each: how many {thing}?",
          "There are {d} (boxes|bags|baskets|rows|shelves|groups|packs) with {a} {thing} each. How many {thing} (are "
          "there|are there in total|is that|altogether)?",
          "{name} has {d} (boxes|bags|baskets|packs|bundles) (of|with) {a} {thing}(| each). How many {thing} (is "
          "that|does {name} have|are there)?",
          "(One|A|Each) (book|ticket|shirt|lamp|meal|game|bag) costs {a} (dollars|euros). (What do|How much do) {d} "
          "cost?",
          "{name} (earns|saves|pays|gets) {a} (dollars|euros) a (day|week|month). How much is that in {d} "
          "(days|weeks|months)?",
          "{name} (walks|runs|drives|rides) {a} (km|miles|metres) (every|each) day. How far is that in {d} days?",
          "(How many|How much) (are|is) {d} times {a}?",
          "If (one|each) {box} (holds|has|contains) {a} {thing}, how many (|{thing} )(do|are in) {d} (of them "
          "hold|such ones|of them)?",
          "{d} {group} (have|bring|carry|get) {a} {thing} each. How many {thing} (are there|is that)(| in total| "
          "altogether)?",
          "(A|One) page has {a} words. How many words (are on|have) {d} (such |)pages?",
          "What is {d} lots of {a}?",
          "{d} groups of {a} (is|are|make) how many?",
          "If x = {x} and y = {y}, what is x * y?",
      },
      {
          "Could you figure out {x} times {y} for my little brother?",
          "A bakery fills {d} trays and every tray takes {a} rolls. How many rolls is that?",
          "hey can u multiply {x} and {y} real quick",
          "If a bus carries {a} people, how many can {d} buses carry?",
          "My rent is {a} euros. What do I pay over {d} months?",
          "How many legs... no, how many seats are there in {d} rows of {a} seats?",
          "What comes out when {x} is taken {y} times?",
          "Every one of my {d} cousins gave me {a} stickers. How many stickers did I get?",
          "Help me check: what should {x} * {y} be?",
          "A machine makes {a} screws an hour. How many does it make in {d} hours?",
      }};
  return all;
}

}  // namespace

Problem make_multiply(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  auto [a, d] = draw_for(
      split, [&] { return Pair(everyday_number(random, 3), random.between(0, 9)); },
      [](const Pair& p) { return fmt::format("multiply {} {}", p.first, p.second); });
  NumeralStyle style(random);
  std::string big = style.write(a), small = style.write(d);
  bool swapped = random.chance(0.5);
  Problem p;
  p.question = ask(multiplications(), random, split,
                   {{"a", big}, {"d", small}, {"x", swapped ? small : big}, {"y", swapped ? big : small}});
  p.answer = multiply_steps(a, d);
  p.key = std::to_string(a * d);
  p.kind = KeyKind::number;
  return p;
}

}  // namespace octet::tasks
