#include <algorithm>

#include "octet/tasks/family.h"
#include "octet/tasks/number_list.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/ordering.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

// {which}: smallest or largest in some word.
const Wordings& extremes() {
  static const Wordings all = {
      {
          "(What|Which) is the {which} (number|one|value|) (of|in|among) {list}?",
          "(What|Which|Which number) is the {which}(:|,) {list}?",
          "(Which|What) (number|one) is {which}(:|,| in) {list}?",
          "(Find|Give me|Tell me|Show me|Name|Pick|Choose|Say) the {which} (number|one|value|) (of|in|from|among) "
          "{list}(.|)",
          "(Find|Give me|Tell me|Name|Pick|Choose) the {which} (number|value)(:|.) {list}(.|)",
          "{list}(: |. |, |; )(which|what|which one|which number) is the {which}?",
          "(Of|Among|Out of|From) {list}, (which|which one|which number|what) is (the |){which}?",
          "(I|We) have {list}. (What|Which) is the {which}(| one| number)?",
          "(Can|Could) you (find|tell me|see|pick|give me) the {which} (of|in|among) {list}?",
          "The {which} (of|in|number of|value in) {list}(?| is?|)",
          "(My|The) (scores|prices|ages|results) (are|were) {list}. (What|Which) (is|was) the {which}(| one)?",
          "(The numbers are|Numbers:|Given) {list}. (What|Which) is the {which}(| one| of them)?",
          "(Look at|Take|Consider) {list}. (Which|What) is the {which}(| one| number)?",
      },
      {
          "hey whats the {which} out of {list}",
          "I wrote down {list}. Point to the {which} one, please.",
          "If you look through {list}, where do you see the {which} number? Which is it?",
          "Someone asks for the {which} of the numbers {list}. What do I say?",
          "Our thermometer showed {list} this week. What was the {which} reading?",
          "From the list {list} I only need the {which} entry.",
          "Help me spot the {which} number here: {list}",
          "Which of these has the {which} value? {list}",
          "Five friends compare numbers: {list}. Say the {which}.",
          "In the row {list}, what's the {which}?",
      }};
  return all;
}

}  // namespace

Problem make_extreme(Random& random, Split split) {
  static const std::vector<std::string> least = {"smallest", "lowest", "least", "minimum"},
                                        greatest = {"largest", "biggest", "highest", "greatest", "maximum"};
  auto numbers = draw_for(
      split, [&] { return draw_list(random); },
      [](const std::vector<int64_t>& list) { return canonical_list("extreme", list); });
  Order order = random.chance(0.5) ? Order::ascending : Order::descending;
  bool up = order == Order::ascending;
  Problem p;
  p.question = ask(extremes(), random, split,
                   {{"list", write_list(numbers, random)}, {"which", random.pick(up ? least : greatest)}});
  p.answer = extreme_steps(numbers, order);
  auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  p.key = std::to_string(up ? *low : *high);
  p.kind = KeyKind::number;
  return p;
}

}  // namespace octet::tasks
