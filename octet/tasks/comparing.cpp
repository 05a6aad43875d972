#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/ordering.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

// The larger is asked for.
const Wordings& larger() {
  static const Wordings all = {
      {
          "(Which|What|Which number|Which one) is (larger|bigger|greater|higher|more)(:|,|) {a} or {b}?",
          "(Which|Which one|What) (of|is) (larger|bigger|greater|higher)(,|:) {a} or {b}?",
          "{a} or {b}(, which|: which|. Which) (is|one is|number is) (larger|bigger|greater|higher|more)?",
          "(Compare|Look at) {a} and {b}(. Which|: which|, which) is (larger|bigger|greater|higher)?",
          "(Tell me|Say|Give me|Show me|Find|Name|Pick|Choose|Write) the (larger|bigger|greater|higher) (number|one|of "
          "the two)(:|,|,) {a} or {b}(.|?)",
          "(Which|What) (number|one|) is the (larger|bigger|greater|higher) (of|among) {a} and {b}?",
          "The (larger|bigger|greater|higher) (of|number of|one of) {a} and {b}(?| is?| please.)",
          "(Which|What) is more(,|:|) {a} or {b}?",
          "max of {a} and {b}",
          "max({a}, {b})",
          "(What is|Find|Give) the maximum of {a} and {b}(?|.)",
          "(Is|Which is) {a} or {b} (larger|bigger|greater|higher)?",
          "Of {a} and {b}, which (is|one is|number is) (larger|bigger|greater|higher)?",
          "(Between|Out of|From) {a} and {b}, (which|which one|which number) is (larger|bigger|greater|higher)?",
          "I have (to|two numbers,) {a} and {b}. (Which|Which one|What) is (larger|bigger|greater)?",
          "{name} has {a} {thing} and {name2} has {b}. (What is|Give me|Tell me) the (larger|bigger|higher) "
          "number(?|.)",
          "One {box} holds {a} {thing} and another {b}. How many are in the (fuller|bigger|larger) one?",
          "{a} {thing} or {b} {thing}: (which|what) is more?",
          "Would you rather (say|call) {a} or {b} the (larger|bigger|greater) number?",
          "(Can|Could) you (tell|say|show) me which is (larger|bigger|greater|higher), {a} or {b}?",
          "I (cannot|can't) (see|decide|tell) (which|what) is (larger|bigger|greater): {a} or {b}(.|?)",
          "Two (prices|scores|ages|weights|numbers): {a} and {b}. Which is (higher|larger|greater)?",
          "(One|The first) (house|tower|tree) is {a} (metres|m) (high|tall), (the other|the second) {b}. How "
          "(high|tall) is the (taller|higher|bigger) one?",
          "{name} (scored|got) {a} points and {name2} {b}. What was the (higher|better|best|winning) score?",
          "(One|A) (road|rope|river|wall|bridge) is {a} (m|km) long and another {b}. How long is the (longer|larger) "
          "one?",
          "(One|A) (stone|box|fish|bag) weighs {a} (g|kg), (the other|another) {b}. How (heavy is|much does) the "
          "(heavier|larger) one(| weigh)?",
          "{name} is {a} years old, {name2} is {b}. How old is the older one?",
          "(Two|My two) (offers|tickets|lamps) cost {a} and {b} (dollars|euros). What does the (dearer|more expensive) "
          "one cost?",
          "whats (bigger|larger|higher) {a} or {b}",
          "(Choose|Pick|Name) the (bigger|larger|higher)(:|) {a}, {b}(.|)",
          "(Which|What) has the (higher|larger|bigger) value, {a} or {b}?",
          "(Decide|Determine|Check|Find out|Say) (which|which one|what) is (larger|bigger|greater|higher)(:|,) {a} or "
          "{b}(.|)",
          "(If|When) (you|I|we) compare {a} (with|and|to) {b}, (which|which one) is (larger|bigger|greater|higher)?",
          "(Is it|Would it be) {a} or {b} that is (larger|bigger|greater|higher)?",
          "One (village|school|farm|club) has {a} {group}, another {b}. How many has the (larger|bigger) one?",
          "{name} counted {a} {thing} and {name2} {b}. (Which|What) (number|count) is (higher|larger|greater)?",
          "(The numbers|Two numbers|Numbers)(:|) {a}, {b}. (Which|What) is the (larger|bigger|greater|higher)(| one)?",
          "(Which|What) (amount|sum|price|weight|number) is (larger|bigger|greater|higher|more)(:|,) {a} or {b}?",
          "Who is larger, {a} or {b}?",
      },
      {
          "Which number wins, {a} or {b}, if the bigger one wins?",
          "hey which is bigger {a} or {b}",
          "My kid asks whether {a} or {b} is the greater number. Which one?",
          "If I can have {a} euros or {b} euros, which amount is larger?",
          "I see {a} on the left and {b} on the right. Which of them is higher?",
          "Put {a} next to {b}: which one has the greater value?",
          "Town A has {a} people and town B has {b}. How many live in the bigger town?",
          "Help me decide which is greater: is it {a} or is it {b}?",
          "Given the numbers {a} and {b}, name the larger.",
          "What's the bigger number here, {a} or {b}?",
      }};
  return all;
}

const Wordings& smaller() {
  static const Wordings all = {
      {
          "(Which|What|Which number|Which one) is (smaller|lower|less|lesser)(:|,|) {a} or {b}?",
          "{a} or {b}(, which|: which|. Which) (is|one is|number is) (smaller|lower|less)?",
          "(Compare|Look at) {a} and {b}(. Which|: which|, which) is (smaller|lower|less)?",
          "(Tell me|Say|Give me|Show me|Find|Name|Pick|Choose|Write) the (smaller|lower|lesser) (number|one|of the "
          "two)(:|,|,) {a} or {b}(.|?)",
          "(Which|What) (number|one|) is the (smaller|lower) (of|among) {a} and {b}?",
          "The (smaller|lower) (of|number of|one of) {a} and {b}(?| is?| please.)",
          "(Which|What) is less(,|:|) {a} or {b}?",
          "min of {a} and {b}",
          "min({a}, {b})",
          "(What is|Find|Give) the minimum of {a} and {b}(?|.)",
          "(Is|Which is) {a} or {b} (smaller|lower|less)?",
          "Of {a} and {b}, which (is|one is|number is) (smaller|lower)?",
          "(Between|Out of|From) {a} and {b}, (which|which one|which number) is (smaller|lower)?",
          "I have (to|two numbers,) {a} and {b}. (Which|Which one|What) is (smaller|lower|less)?",
          "{name} has {a} {thing} and {name2} has {b}. (What is|Give me|Tell me) the (smaller|lower) number(?|.)",
          "{a} {thing} or {b} {thing}: (which|what) is (less|fewer)?",
          "(Can|Could) you (tell|say|show) me which is (smaller|lower|less), {a} or {b}?",
          "I (cannot|can't) (see|decide|tell) (which|what) is (smaller|lower): {a} or {b}(.|?)",
          "Two (prices|scores|ages|weights|numbers): {a} and {b}. Which is (lower|smaller)?",
          "(One|The first) (house|tower|tree) is {a} (metres|m) (high|tall), (the other|the second) {b}. How "
          "(high|tall) is the (shorter|lower|smaller) one?",
          "(One|A) (rope|river|wall|bridge|path) is {a} (m|km) long and another {b}. How long is the (shorter|smaller) "
          "one?",
          "(One|A) (stone|box|fish|bag) weighs {a} (g|kg), (the other|another) {b}. How (heavy is|much does) the "
          "(lighter|smaller) one(| weigh)?",
          "{name} is {a} years old, {name2} is {b}. How old is the younger one?",
          "(Two|My two) (offers|tickets|lamps) cost {a} and {b} (dollars|euros). What does the cheaper one cost?",
          "whats (smaller|lower|less) {a} or {b}",
          "(Choose|Pick|Name) the (smaller|lower)(:|) {a}, {b}(.|)",
          "(Which|What) has the (lower|smaller) value, {a} or {b}?",
          "(Decide|Determine|Check|Find out|Say) (which|which one|what) is (smaller|lower|less)(:|,) {a} or {b}(.|)",
          "(If|When) (you|I|we) compare {a} (with|and|to) {b}, (which|which one) is (smaller|lower|less)?",
          "(Is it|Would it be) {a} or {b} that is (smaller|lower|less)?",
          "One (village|school|farm|club) has {a} {group}, another {b}. How many has the smaller one?",
          "(The numbers|Two numbers|Numbers)(:|) {a}, {b}. (Which|What) is the (smaller|lower)(| one)?",
          "(Which|What) (amount|sum|price|weight|number) is (smaller|lower|less)(:|,) {a} or {b}?",
          "{name} counted {a} {thing} and {name2} {b}. (Which|What) (number|count) is (lower|smaller)?",
          "One shop (asks|wants) {a} (dollars|euros), another {b}. What is the (lower|cheaper|smaller) price?",
      },
      {
          "hey which is smaller {a} or {b}",
          "My kid asks whether {a} or {b} is the smaller number. Which one?",
          "If I must pay {a} euros or {b} euros, which amount is less?",
          "I see {a} on the left and {b} on the right. Which of them is lower?",
          "Given the numbers {a} and {b}, name the smaller.",
          "Put {a} next to {b}: which one has the lower value?",
          "Town A has {a} people and town B has {b}. How many live in the smaller town?",
          "What's the smaller number here, {a} or {b}?",
          "Help me decide which is less: is it {a} or is it {b}?",
          "One road is {a} km long, the other one {b} km. How long is the shorter road?",
      }};
  return all;
}

// Yes or no: is a greater than b? {more}: a word for greater or less, set with the key.
const Wordings& whether() {
  static const Wordings all = {
      {
          "Is {a} {more} than {b}?",
          "Is it true that {a} is {more} than {b}?",
          "{a} is {more} than {b}(, right?|, yes or no?|. Is that right?|: true or false?|, is it?|?)",
          "(Would you say|Do you think|Do you agree|Is it right|Is it so|Can you check) that {a} is {more} than {b}?",
          "(Check|Decide|Tell me|Say|I wonder): is {a} {more} than {b}?",
          "Is the number {a} {more} than the number {b}?",
          "{name} (says|thinks|claims) (that |){a} is {more} than {b}. Is (that|this|it) (right|true|so|correct)?",
          "I (think|believe|say) {a} is {more} than {b}. Am I right?",
          "yes or no: is {a} {more} than {b}",
          "Are {a} {thing} {more} than {b}(| {thing})?",
          "{a}{sign}{b}?",
          "(Is|Is it true that|True or false:) {a} {sign} {b}?",
          "{a} {sign} {b}(: true or false?|, yes or no?|?)",
          "(I wonder|Tell me|Say|I want to know|Find out) (whether|if) {a} is {more} than {b}(.|)",
          "(My|The) (teacher|book|sister|friend|paper) (says|writes) that {a} is {more} than {b}(; true?|. Right?|. "
          "True or false?|, yes?)",
          "(Could|Can) it be that {a} is {more} than {b}?",
          "Is {a} (truly|indeed|in fact|by any chance|even) {more} than {b}?",
          "{a} {more} than {b}?",
          "(Compare|Look at) {a} and {b}. Is the first {more}(| than the second)?",
          "(Suppose|Say) I have {a} and you have {b}. Is mine {more}?",
          "Is it (right|correct|true) to say (that |){a} is {more} than {b}?",
          "(Do|Would|Should) (you|I|we) (call|say) {a} is {more} than {b}?",
          "(Can|Could) {a} be {more} than {b}?",
      },
      {
          "Someone told me that {a} is {more} than {b}; is this correct?",
          "Answer with yes or no. Is {a} {more} than {b}?",
          "Hmm, {a}... that's {more} than {b}, isn't it?",
          "Does it hold that {a} is {more} than {b}?",
          "Let's see: is {a} really {more} than {b}?",
          "A quick yes or no please, is {a} {more} than {b}?",
          "Would {a} count as {more} than {b}?",
          "Can one say {a} is {more} than {b}?",
          "My friend bets that {a} is {more} than {b}. Does my friend win?",
          "is {a} actually {more} than {b}",
      }};
  return all;
}

std::pair<int64_t, int64_t> draw_pair(Random& random) {
  int64_t a = everyday_number(random, 4), b = everyday_number(random, 4);
  // Close numbers make the comparison worth learning.
  if (random.chance(0.55)) b = with_digits(random, digits(a));
  if (random.chance(0.25)) b = std::max<int64_t>(0, a + random.between(-9, 9));
  if (random.chance(0.1) && a > 9) {  // the same digits in another order
    std::string text = std::to_string(a);
    std::swap(text[text.size() - 1], text[text.size() - 2]);
    b = std::stoll(text);
  }
  return {a, b};
}

}  // namespace

Problem make_compare(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  auto [a, b] = draw_for(
      split,
      [&] {
        Pair p = draw_pair(random);
        while (p.first == p.second) p = draw_pair(random);
        return p;
      },
      [](const Pair& p) {
        return fmt::format("compare {} {}", std::min(p.first, p.second), std::max(p.first, p.second));
      });
  NumeralStyle style(random);
  Slots slots = {{"a", style.write(a)}, {"b", style.write(b)}};
  Problem p;
  uint64_t asked = random.below(5);
  if (asked == 4) {
    static const std::vector<std::string> greater = {"greater", "larger", "bigger", "more", "higher"},
                                          less = {"less", "smaller", "lower"};
    bool more = random.chance(0.5);
    slots["more"] = random.pick(more ? greater : less);
    slots["sign"] = more ? ">" : "<";
    p.question = ask(whether(), random, split, slots);
    p.key = (a > b) == more ? "yes" : "no";
    p.answer = whether_steps(a, more ? '>' : '<', b);
    p.kind = KeyKind::word;
  } else {
    bool large = asked < 2;
    p.question = ask(large ? larger() : smaller(), random, split, slots);
    p.key = std::to_string(large ? std::max(a, b) : std::min(a, b));
    p.answer = large ? larger_steps(a, b) : smaller_steps(a, b);
    p.kind = KeyKind::number;
  }
  return p;
}

}  // namespace octet::tasks
