#include "octet/base/error.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

const std::vector<std::string> weekdays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
const std::vector<std::string> months = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
const std::vector<int> month_days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

const Wordings& weekday_later() {
  static const Wordings all = {
      {
          "(Today is|It is|It's|Now it is|If today is|Suppose it is) {d}(. |, )(What|which|What week) day (is it|will "
          "it be|comes|do we have) (in {n} days|{n} days later|{n} days from now|after {n} days)?",
          "(What|Which) (day|day of the week|weekday) (is|comes|is it|will it be|falls) {n} days (after|from|later "
          "than) {d}?",
          "{n} days after {d}(?| is what day?| is which day?| is?)",
          "{d} plus {n} days(?| is?| is what day?|)",
          "(What|Which) (day|weekday) (is|will it be) in {n} days if (today is|it is|it's) {d}?",
          "(Tell me|Say|Find|Name) the (day|weekday|day of the week) {n} days after {d}(.|)",
          "If it is {d}(,| now,) (what|which) day (is|will it be) {n} days later?",
          "Count {n} days (on |)from {d}(.|. Which day is it?)",
          "(Can|Could) you (tell|say) me (what|which) day is {n} days after {d}?",
          "My (trip|visit|course|leave) (starts|begins) on {d} and (ends|is over) {n} days later. (What|Which) day is "
          "that?",
      },
      {
          "I ordered a book on {d} and it takes {n} days to arrive. On which weekday does it come?",
          "hey if its {d} today whats the day in {n} days",
          "Starting out on a {d}, where in the week am I once {n} days have gone by?",
          "The meeting on {d} was moved back by {n} days. What weekday is it now?",
          "A cake baked on {d} keeps for {n} days. What is its last day?",
      }};
  return all;
}

const Wordings& weekday_next() {
  static const Wordings all = {{
                                   "(What|Which) day (comes|is) (right |directly |just |){side} {d}?",
                                   "(What|Which) (day|weekday) is {side} {d}?",
                                   "(Tell me|Name|Say) the day {side} {d}(.|)",
                                   "the day {side} {d}(?| is?|)",
                                   "(What|Which) is the day {side} {d}?",
                                   "{d}: (what|which) day (comes|is) {side} (it|that)?",
                               },
                               {
                                   "In the week, what do you find {side} {d}?",
                                   "hey what day is {side} {d} again",
                                   "My child asks which day there is {side} {d}.",
                                   "Say which of the seven days stands {side} {d}.",
                               }};
  return all;
}

const Wordings& month_next() {
  static const Wordings all = {{
                                   "(What|Which) month (comes|is) (right |directly |just |){side} {m}?",
                                   "(What|Which) is the month {side} {m}?",
                                   "(Tell me|Name|Say) the month {side} {m}(.|)",
                                   "the month {side} {m}(?| is?|)",
                                   "{m}: (what|which) month (comes|is) {side} (it|that)?",
                               },
                               {
                                   "In the year, what do you find {side} {m}?",
                                   "hey what month is {side} {m} again",
                                   "My child asks which month there is {side} {m}.",
                                   "Say which of the twelve months stands {side} {m}.",
                               }};
  return all;
}

const Wordings& month_length() {
  static const Wordings all = {{
                                   "How many days (are in|are there in|has|does|make up) {m}(?| have?)",
                                   "How (long|many days long) is (the month |){m}(?| in days?)",
                                   "(Tell me|Give me|What is) the number of days in {m}(.|?)",
                                   "{m} has how many days?",
                                   "days in {m}",
                                   "How many days does (the month of |){m} have?",
                               },
                               {
                                   "If I rent a room for all of {m}, for how many days do I pay?",
                                   "hey how many days has {m} got",
                                   "The last day of {m} has which number?",
                                   "I work every day in {m}. How many days do I work?",
                               }};
  return all;
}

const Wordings& month_number() {
  static const Wordings all = {{
                                   "(What|Which) (number|place in the year) (is|has) (the month |){m}(?| as a month?)",
                                   "(What|Which) month (of the year |)is {m}(, as a number|, by number|)?",
                                   "{m} is month number(?| what?)",
                                   "(Tell me|Give|Say) the number of (the month |){m}(.|)",
                               },
                               {
                                   "How would I write {m} as a number in a date?",
                                   "hey {m} is the how manyth month",
                                   "In a date like 5/?/2020, which number stands for {m}?",
                                   "Where does {m} come, counting months from one?",
                               }};
  return all;
}

const Wordings& number_month() {
  static const Wordings all = {
      {
          "(What|Which) (month is|is|month has) (number|month number|month) {n}(?| of the year?)",
          "(What|Which) is month (number |){n}?",
          "(Tell me|Name|Say) month (number |){n}(.|)",
          "month number {n}(?| is?)",
      },
      {
          "A date has {n} in place of the month. Which month is meant?",
          "hey which month does {n} stand for",
          "Counting from January as one, which month is {n}?",
          "My form says month {n}. What's its name?",
      }};
  return all;
}

size_t wrap(int64_t index, int64_t n) { return static_cast<size_t>(((index % n) + n) % n); }

Problem make_weekday_later(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  auto [start, days] = draw_for(
      split,
      [&] { return Pair(random.between(0, 6), random.chance(0.6) ? random.between(2, 9) : random.between(10, 40)); },
      [](const Pair& p) { return fmt::format("weekday {} {}", p.first, p.second); });
  // Whole weeks change nothing: 17 = 14 + 3, and then three days one by one.
  std::string steps = fmt::format("{} = {} + {}\n{}", days, days / 7 * 7, days % 7, weekdays[wrap(start, 7)]);
  for (int64_t i = 1; i <= days % 7; ++i) steps += fmt::format(", {}", weekdays[wrap(start + i, 7)]);
  Problem p;
  p.question =
      ask(weekday_later(), random, split, {{"d", weekdays[wrap(start, 7)]}, {"n", NumeralStyle(random).write(days)}});
  p.key = weekdays[wrap(start + days, 7)];
  p.answer = steps + "\nAnswer: " + p.key;
  return p;
}

Problem make_neighbour(Random& random, Split split, const Wordings& wordings, const std::vector<std::string>& cycle,
                       const char* slot) {
  auto at = static_cast<int64_t>(random.below(cycle.size()));
  bool after = random.chance(0.5);
  auto n = static_cast<int64_t>(cycle.size());
  Problem p;
  p.question = ask(wordings, random, split, {{slot, cycle[wrap(at, n)]}, {"side", after ? "after" : "before"}});
  p.key = cycle[wrap(at + (after ? 1 : -1), n)];
  p.answer = "Answer: " + p.key;
  return p;
}

Problem make_month_length(Random& random, Split split) {
  size_t m = random.below(12);
  Problem p;
  p.question = ask(month_length(), random, split, {{"m", months[m]}});
  p.answer = m == 1 ? "February has 28 days, and 29 in a leap year.\nAnswer: 28"
                    : fmt::format("{} has {} days.\nAnswer: {}", months[m], month_days[m], month_days[m]);
  p.key = std::to_string(month_days[m]);
  p.kind = KeyKind::number;
  return p;
}

Problem make_month_number(Random& random, Split split) {
  size_t m = random.below(12);
  bool name_asked = random.chance(0.5);
  Problem p;
  p.question = ask(name_asked ? number_month() : month_number(), random, split,
                   {{"m", months[m]}, {"n", std::to_string(m + 1)}});
  p.key = name_asked ? months[m] : std::to_string(m + 1);
  p.answer = "Answer: " + p.key;
  p.kind = name_asked ? KeyKind::word : KeyKind::number;
  return p;
}

}  // namespace

Problem make_calendar(Random& random, Split split) {
  uint64_t kind = random.below(8);
  if (kind < 3) {
    Problem p = make_weekday_later(random, split);
    p.kind = KeyKind::word;
    return p;
  }
  if (kind == 3 || kind == 4) {
    Problem p = kind == 3 ? make_neighbour(random, split, weekday_next(), weekdays, "d")
                          : make_neighbour(random, split, month_next(), months, "m");
    p.kind = KeyKind::word;
    return p;
  }
  return kind < 7 ? make_month_length(random, split) : make_month_number(random, split);
}

}  // namespace octet::tasks
