#include "octet/tasks/direction.h"

#include <string_view>
#include <utility>
#include <vector>

#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

using Pair = std::pair<std::string, std::string>;

// Low word, high word. A phrase for one order becomes one for the other when they change places.
const std::vector<Pair>& superlatives() {
  static const std::vector<Pair> all = {
      {"smallest", "largest"},   {"smallest", "biggest"},        {"smallest", "greatest"}, {"lowest", "highest"},
      {"lowest", "highest"},     {"least", "greatest"},          {"least", "most"},        {"least", "largest"},
      {"littlest", "biggest"},   {"tiniest", "hugest"},          {"minimum", "maximum"},   {"cheapest", "dearest"},
      {"cheapest", "costliest"}, {"cheapest", "most expensive"}, {"youngest", "oldest"},   {"shortest", "longest"},
      {"shortest", "tallest"},   {"lightest", "heaviest"},       {"weakest", "strongest"}, {"earliest", "latest"},
      {"worst", "best"},
  };
  return all;
}

const std::vector<Pair>& adjectives() {
  static const std::vector<Pair> all = {
      {"small", "large"}, {"small", "big"}, {"low", "high"},   {"little", "big"}, {"little", "great"}, {"tiny", "huge"},
      {"cheap", "dear"},  {"young", "old"}, {"short", "long"}, {"short", "tall"}, {"light", "heavy"},
  };
  return all;
}

// {F} {L}: superlatives of what comes first and last; {f} {l}: adjectives; {more}: how each compares with the one
// before, {less} with the one behind; {up}: the way; {grow} {grows} {growing}: what the numbers do.
const std::vector<std::string>& by_the_first() {
  static const std::vector<std::string> all = {
      "from (the |){F} (|number |one |value )to (the |){L}",
      "from {f} to {l}",
      "from (the |){F} (on |all the way |){up} to (the |){L}",
      "from {f} (|numbers |values )(on |){up}",
      "{F} to {L}",
      "{f} to {l}",
      "{F} {first}",
      "{F} (one|number|value) {first}",
      "the {F} {first}",
      "with the {F} (number |one |value |of them |){first}",
      "with (the |){F} {first} and (the |){L} {last}",
      "{F} {first}, {L} {last}",
      "the {F} {first} and the {L} {last}",
      "(starting|beginning|opening) (with|from|at) the {F}(| one| number)",
      "if the {F} (comes|goes|stands|is|should be) {first}",
      "(so that|so|such that) the {F} (comes|goes|stands|is) {first}",
      "so that (it|the list|the row|the line) {grows}",
      "so that (they|the numbers|the values) {grow}",
      "so that (it|the list|the row) (starts|begins|opens) with the {F}",
      "and (start|begin) with the {F}",
      "(going|counting|running|moving|stepping|heading) {up}",
      "{growing}",
      "{up}",
      "in {growing} order",
      "in {ascending} order",
      "into {ascending} order",
      "{ascending}",
      "so that (each|every one|every number) is {more} than the (one before|last one|one to its left)",
      "each {more} than the last",
      "with the {f} (ones|numbers|values) {first}",
      "(the |){f} (ones|numbers|values) {first}",
      "{from_below}",
      "by (size|value), {F} {first}",
      "(from|starting at) the {F}(| one) (on|and on) {up}",
      "{F}(| one| number) {first}(, then {up}|, {L} {last})",
      "so (it|the list|the row) (runs|goes) {up}",
  };
  return all;
}

// The same, said by what comes last. Rare, as in life, and hard: a model that sees as many of these as of the others
// learns neither.
const std::vector<std::string>& by_the_last() {
  static const std::vector<std::string> all = {
      "{L} {last}",
      "the {L} {last}",
      "with the {L} (number |one |value |of them |){last}",
      "(ending|finishing|stopping) (with|at) the {L}(| one| number)",
      "if the {L} (comes|goes|stands|is|should be) {last}",
      "(so that|so|such that) the {L} (comes|goes|stands|is) {last}",
      "so that (it|the list|the row) (ends|finishes|stops) with the {L}",
      "and (end|finish) with the {L}",
      "so that (each|every one|every number) is {less} than the (next|one behind it|one to its right)",
      "with the {l} (ones|numbers|values) {last}",
  };
  return all;
}

// What is said without a direction means ascending.
const std::vector<std::string>& usual() {
  static const std::vector<std::string> all = {"in order", "", "by size",
                                               "in (numerical|numeric|the right|the usual) order", "by value"};
  return all;
}

}  // namespace

std::string direction_phrase(Order order, Random& random) {
  bool rising = order == Order::ascending;
  if (rising && random.chance(0.12)) return expand(random.pick(usual()), random);
  auto [low, high] = random.pick(superlatives());
  auto [lesser, greater] = random.pick(adjectives());
  auto one_of = [&](std::string_view when_rising, std::string_view when_falling) {
    return expand(rising ? when_rising : when_falling, random);
  };
  constexpr std::string_view larger = "(larger|bigger|higher|greater|more)", smaller = "(smaller|lower|less)";
  Slots slots = {
      {"F", rising ? low : high},
      {"L", rising ? high : low},
      {"f", rising ? lesser : greater},
      {"l", rising ? greater : lesser},
      {"more", one_of(larger, smaller)},
      {"less", one_of(smaller, larger)},
      {"up", one_of("(up|upwards|upward|higher)", "(down|downwards|downward|lower)")},
      {"grow", one_of("(grow|rise|increase|climb|go up|get bigger|get larger|go higher|go upwards)",
                      "(shrink|fall|decrease|sink|go down|get smaller|get lower|go lower|go downwards)")},
      {"grows", one_of("(grows|rises|increases|climbs|goes upwards|gets bigger|gets larger|goes higher)",
                       "(shrinks|falls|decreases|sinks|goes downwards|gets smaller|gets lower|goes lower)")},
      {"growing", one_of("(growing|rising|increasing|climbing)", "(shrinking|falling|decreasing|sinking)")},
      {"ascending", one_of("(ascending|increasing|rising)", "(descending|decreasing|falling|reverse|reversed)")},
      {"from_below", one_of("from (the bottom up|below|the lower end)", "from (the top down|above|the upper end)")},
      {"first",
       expand("(first|first|in front|at the front|at the start|at the beginning|at the top|on top|on the left|to "
              "begin with|to start with|up front|at the head|in the first place)",
              random)},
      {"last", expand("(last|last|at the end|at the back|at the bottom|on the right|to finish|in the last place|at the "
                      "tail)",
                      random)}};
  return expand(random.pick(random.chance(0.08) ? by_the_last() : by_the_first()), random, slots);
}

}  // namespace octet::tasks
