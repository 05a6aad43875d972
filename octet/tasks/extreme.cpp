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
          "(I|We|{name}) (saw|noted|drew|threw|heard|counted|got) {list}. "
          "(Show|Name|Tell|Give|Say|Circle|Mark|Underline) "
          "(me |)the {which}(| one| number| of them)(, please|)(.|)",
          "(In|On|Of|Out of|From|For) (the|this|my|our) (line|table|set|series|bag|game) {list}(,| ) (I want|I need|we "
          "need|"
          "give me|show me|name|we only want|take) (just |only |)the {which}(| one| number| value| item)(.|)",
          "(In|On|Of|Out of|From) (the|this|my|our) (line|table|set|series|bag|game) {list}(,| )(what|which) is the "
          "{which}(| one| number| value| item)?",
          "(Help|Let|Tell) me (find|see|pick|know|circle|pick out) the {which}(| one| number| value)( here| in "
          "this|)(:|.) "
          "{list}(.|)",
          "(The|Our|My) (scales|clock|meter|counter|dice|phone|class|team) (showed|read|had|gave|said) {list}"
          "(| today| last week| in turn). (What|Which) (was|is) the {which}(| one| value| score| result)?",
          "(Three|Four|Six|Two|Some) (children|players|pupils|boys|girls) (name|have|say|hold|hold up|write) (numbers: "
          "|)"
          "{list}(:|.) (Name|Tell|Find|Give|What is|Which is) the {which}(.|?|)",
          "(If|When) you (see|read|hear|get|compare|check) {list}(,| then) (what|which) (is|do you call|would be) the "
          "{which}(| one| number)?",
          "(A friend|My teacher|The child|{name}) (asks|wants|wonders|wants to know)(| about| for|:) the {which} "
          "(of|in|from) "
          "(the numbers |the list |){list}(.|?|)",
          "(Which|Which one|What) (here|of them|of the numbers|in this list|in the list) (is|has|holds|shows) the "
          "{which}"
          "(| value)(:|?) {list}(?|.|)",
          "(hey |hi |yo |)(what is|which is|wheres|say|gimme) the {which} (in|of|from|among|here:) {list}(?|)",
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
