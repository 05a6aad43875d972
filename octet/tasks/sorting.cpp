#include <algorithm>

#include "octet/tasks/direction.h"
#include "octet/tasks/family.h"
#include "octet/tasks/number_list.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/ordering.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

// {list}: the numbers; {how}: which way, from direction.h. Held-out questions are whole sentences.
const std::vector<std::string>& frames() {
  static const std::vector<std::string> all = {
      "(Sort|Order|Arrange|Rank|List|Put|Write) {list} {how}(.|)",
      "(Sort|Order|Arrange|Rank|List|Put|Place|Write|Line up|Show) (these|the|these numbers|the numbers|the following "
      "numbers|the following|these values|them) {how}: {list}(.|)",
      "(Sort|Order|Arrange|Rank|Put) (these|the) (numbers|values|scores|prices|ages) {how}(:|.|,) {list}(.|)",
      "{list}(: |. |, |; )(sort|order|arrange|put|rank) (them|these|the numbers|it) {how}(.|)",
      "{list}(: |. |; )(Sort|Order) {how}(.|)",
      "(sort|order) {how}: {list}",
      "(Can|Could|Would|Will) you (sort|order|arrange|put|rank|list) ({list}|these numbers, {list},) {how}?",
      "(Can|Could|Would|Will) you (sort|order|arrange|put|rank|list) (these|these numbers) {how}: {list}?",
      "(Can|Could) you (sort|order|arrange|put) {list} {how}(| for me)?",
      "(What is|What's|Give me|Tell me|Show me|I need|I want) {list} (sorted|ordered|arranged|in a list) {how}(?|.|)",
      "(How do|How would|How should) (you|I|we) (sort|order|arrange|put) {list} {how}?",
      "(I|We) have (the numbers|these numbers|the values|) {list}. (Sort|Order|Arrange|Put) (them|these) {how}(.|)",
      "(Here are|These are) (some |my |the |){count} numbers: {list}. (Sort|Order|Arrange|Put|List) them {how}(.|)",
      "(My|The|Our) (scores|prices|ages|weights|results|marks) (are|were) {list}. (Sort|Order|Arrange|Put|List|Rank) "
      "them {how}(.|)",
      "{name} has (the cards|cards with|the numbers) {list}. (Sort|Order|Arrange) (them|the cards) {how}(.|)",
      "The (children|players|students|trees|dogs) are {list} (years old|cm tall|kg heavy). (List|Order|Sort|Put) "
      "(them|the numbers) {how}(.|)",
      "Make a (list|sorted list) of {list} {how}(.|)",
      "(Help me|Please|I want to|Let's) (sort|order|arrange|put) {list} {how}(.|)",
      "What (order|is the order) (do|of) {list} (have |come in |)(if sorted |if you sort them |){how}?",
      "Sorted {how}, (what is|how does the list look for|what are) {list}?",
      "In (what|which) order (do|would|should) {list} (come|stand) {how}?",
      "(I|We) (mixed up|wrote down|noted|see|drew|found) {list}. (Sort|Order|Arrange) (them|these|the numbers) "
      "{how}(.|)",
      "(Rewrite|Reorder|Write again|Say again|Read out) {list} {how}(.|)",
      "(I'd like|I would like|I need|We want) (to have |to see |){list} {how}(.|, please.|)",
      "(Please |)(read|show|tell|give) me {list} {how}(.|)",
      "The (list|numbers|row) {list} should be {how}(.|. Can you do that?)",
      "A (teacher|friend|child|game|puzzle) (asks|wants) (me |)to (sort|order|arrange) {list} {how}(.|)",
      "Now (sort|order) {list} {how}(.|)",
      "{list} {how}(.|, please|?|)",
      "(List|Numbers|The numbers|The list) {how}: {list}",
      "(Return|Repeat|Read|Say|Name|Recite|Hand over|Pass) {list} (again |once more |){how}(.|)",
      "(Return|Repeat|Read|Say|Name|Recite|Hand over) (these|them|the numbers) {how}(:|.) {list}(.|)",
      "(I|We|The child|{name}) (dropped|shuffled|jumbled|swapped|forgot the order of) (my|the|our) "
      "(cards|tickets|pages|files|parcels|keys): {list}. (Return|Say|Name|Read|Hand) (them|these) {how}(.|)",
      "(Copy|Note|Jot|Type|Spell) (out |down |){list} (again |anew |once more |){how}(.|)",
      "(Take|Use|Look at|Consider) {list}(,| and) (list|name|say|sort|order) them {how}(.|)",
      "(Clean up|Fix|Straighten|Rearrange|Organise|Organize|Sort out|Correct) (the list|my list|this row|these) "
      "{how}(: "
      "|. ){list}",
      "How (does|would|will) {list} (read|go|appear|run) (if|when) (sorted|ordered|written) {how}?",
      "What (would|will) {list} be (when|if|once|after being) (sorted|ordered|arranged) {how}?",
      "(For my (table|report|chart|notes)|For homework)(,|) (put|sort|bring|order) {list} {how}(.|)",
      "(Put|Bring|Get|Set) {list} {how} (for|in) my (report|chart|notes|book)(.|)",
      "(The|Our|My) (swimmers|cars|horses|ships|riders) (took|were out for|got) {list} (minutes|hours|marks). "
      "(Show|Name|Order|Give) (them|the numbers) {how}(.|)",
      "(A|The|This|Our) (market|store|stall|catalogue) (has|sells) (toys|books|goods) (for|at) {list} (dollars|coins). "
      "(Order|Sort|Show|Name) (the prices|them) {how}(.|)",
      "(The|Our|Some) (clubs|schools|pupils|countries) (got|reached|won) {list} (medals|marks|votes). "
      "(Show|Order|Sort|Name) "
      "(them|the numbers) {how}(.|)",
      "(Make|Write|Draw up|Build) (a row|a table|a chain|a queue|the order) (of|from|out of) {list} {how}(.|)",
      "(Stack|Queue|Align|Lay out|Set out|Hang up|Pile) {list} {how}(.|)",
      "(hey |hi |yo |)(sort|order|put|arrange|set) {list} {how}",
      "(can|could) (you|u) (pls |please |)(order|arrange|put|set) {list} {how}(?|)",
      "(can|could) (you|u) (pls |please |)(sort|order|arrange|put) (this|these|) {how}(:|?) {list}",
      "If (I|you|we) (sort|order|arrange|put) {list} {how}, what (do I get|comes out|is the list)?",
      "What comes out (if|when) {list} (is|are) (sorted|ordered|put) {how}?",
      "(Can|Could|Would) you (sort|order|arrange|put|set) (these|them|the numbers|this list) {how}? {list}(.|)",
      "Which order (is|has|gives) {list} (if|when) (sorted |put |){how}?",
      "{name} (says|drew|threw|wrote): {list}. (Sort|Order|Put|Name) (them|these) {how}(.|)",
      "(I|We) (want|need) (these|the numbers) {how}: {list}(.|)",
      "(Take|Grab|Use|Have) {list}(,| and|;| and then) (list|name|say|sort|order|copy|read|type|note|call|set|lay|tell "
      "me) "
      "(them|these|the numbers) (out |down |back |over |)(again|anew|once more|afresh|)(,|) {how}(.|)",
      "(Take|See|Read) {list}(,| and|;) (then |)(copy|note|type|put|jot) them (down|out|up) (again|once more|), "
      "{how}(.|)",
      "(Here|There) (is|was) {list}. (Hand|Read|Pass|Send|Return|Show|Tell|Say|Deal) (them|these|the numbers|it) (back "
      "|)"
      "(to me |to us |for me |again |){how}(.|)",
      "(I|We|{name}) (lost|shuffled|jumbled|scrambled|confused|spilled) (my|our|the|these) "
      "(numbers|cards|tickets|codes|room numbers|dates|seats): {list}. "
      "(Hand|Read|Pass|Send|Return|Tell|Say|Show|Bring) "
      "(them|these|the numbers) (back |)(to me |to us |for me |again |){how}(.|)",
      "(I|We|{name}) (shuffled|jumbled|scrambled|mixed) {list}. (Give|Hand|Get|Bring|Write|Put) (me |)(them|these) "
      "(back |)(again |){how}(.|)",
      "(The|Our|My|Some) (racers|walkers|skiers|boats|pupils|trains) (took|needed|lost) {list} "
      "(minutes|points|hours|days). "
      "(List|Name|Give|Rank|Put) (the results|the times|them|these) {how}(.|)",
      "(The|Our|My|Some) (racers|walkers|skiers|boats|pupils|trains) (took|needed|lost) {list} "
      "(minutes|points|hours|days). "
      "(List|Name|Give|Say) (the results|the times|them|these) (beginning|starting) with the "
      "(best|first|quickest|top), "
      "(that is|I mean|which is|meaning) {how}(.|)",
  };
  return all;
}

const std::vector<std::string>& heldout_rising() {
  static const std::vector<std::string> all = {
      "Which order do {list} go in if the least comes first and the greatest last?",
      "hey can u sort {list} for me, lowest first",
      "I mixed up my house numbers: {list}. Give them back to me going up.",
      "Take {list} and write them down again, smallest at the front.",
      "Our runners needed {list} seconds. List the times beginning with the fastest, so the lowest.",
      "Tidy up this list so that it goes up: {list}",
      "What does {list} look like when sorted from low to high?",
      "Please bring {list} into ascending order for my table.",
      "I'd like to see {list} from the least up to the greatest.",
      "Could you line these up from small to big? {list}",
  };
  return all;
}

const std::vector<std::string>& heldout_falling() {
  static const std::vector<std::string> all = {
      "hey can u sort {list} for me, highest first",
      "Which order do {list} go in if the greatest comes first and the least last?",
      "Take {list} and write them down again, biggest at the front.",
      "Tidy up this list so that it goes down: {list}",
      "What does {list} look like when sorted from high to low?",
      "Please bring {list} into descending order for my table.",
      "I'd like to see {list} from the greatest down to the least.",
      "Could you line these up from big to small? {list}",
      "The teams have {list} points. Make the ranking, best score on top.",
      "Our shop has items at {list} euros. List the prices, most expensive first.",
  };
  return all;
}

const Wordings& alphabetical() {
  static const Wordings all = {
      {
          "(Sort|Order|Arrange|Put|List) (these words|the words|these|) (alphabetically|in alphabetical order|by the "
          "alphabet|from A to Z|in ABC order): {list}(.|)",
          "(Sort|Order|Arrange|Put|List) {list} (alphabetically|in alphabetical order|from A to Z)(.|)",
          "(Can|Could) you (sort|order|put) {list} (alphabetically|in alphabetical order|by the alphabet)?",
          "{list}: (sort|order|put) them (alphabetically|in alphabetical order|from A to Z)(.|)",
          "What is the alphabetical order of {list}?",
          "(I|We) have the words {list}. (Sort|Put|Order) them alphabetically.",
      },
      {
          "How would {list} be ordered in a dictionary?",
          "Which order do {list} have in the alphabet?",
          "hey put {list} in abc order for me",
          "I need {list} arranged as in a phone book, A first.",
      }};
  return all;
}

Problem sort_words(Random& random, Split split) {
  auto words = draw_for(
      split,
      [&] {
        std::vector<std::string> list;
        auto count = static_cast<size_t>(random.between(3, 4));
        while (list.size() < count) {
          const std::string& word = random.pick(word_list("thing"));
          if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
        }
        return list;
      },
      [](const std::vector<std::string>& list) { return fmt::format("words {}", fmt::join(list, " ")); });
  Problem p;
  p.question = ask(alphabetical(), random, split, {{"list", write_list(words, random)}});
  p.answer = sort_word_steps(words);
  std::sort(words.begin(), words.end());
  p.key = fmt::format("{}", fmt::join(words, " "));
  p.kind = KeyKind::words;
  return p;
}

}  // namespace

Problem make_sort(Random& random, Split split) {
  // In training more: words are copied letter by letter, which takes practice.
  if (random.chance(split == Split::train ? 0.14 : 0.08)) return sort_words(random, split);
  auto numbers = draw_for(
      split, [&] { return draw_list(random); },
      [](const std::vector<int64_t>& list) { return canonical_list("sort", list); });
  Order order = random.chance(0.6) ? Order::ascending : Order::descending;
  bool up = order == Order::ascending;
  Slots slots = {{"list", write_list(numbers, random)}, {"count", in_words(static_cast<int64_t>(numbers.size()))}};
  Problem p;
  if (split == Split::heldout_wordings) {
    p.question = expand(random.pick(up ? heldout_rising() : heldout_falling()), random, slots);
  } else {
    std::string how = direction_phrase(order, random);
    slots["how"] = !how.empty() && random.chance(0.15) ? ", " + how : how;
    p.question = ask({frames(), {}}, random, split, slots);
  }
  p.answer = sort_steps(numbers, order);
  std::sort(numbers.begin(), numbers.end());
  if (!up) std::reverse(numbers.begin(), numbers.end());
  p.key = fmt::format("{}", fmt::join(numbers, " "));
  p.kind = KeyKind::numbers;
  return p;
}

}  // namespace octet::tasks
