#include <algorithm>

#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"
#include "octet/tasks/words.h"

namespace octet::tasks {
namespace {

const Wordings& letters() {
  static const Wordings all = {
      {
          "How many letters (are in|are there in|has|does|make up|are in the word|are there in the word) {q}(?| have?)",
          "How many letters (does|do) (the word |){q} (have|contain)?",
          "(Count|Tell me|Give me) the (letters|number of letters) (in|of) (the word |){q}(.|)",
          "(What is|Find|Say) the (number of letters|letter count|length) (in|of) (the word |){q}(?|.)",
          "How long is (the word |){q}(?| in letters?)",
          "(Can|Could) you count the letters (in|of) {q}?",
          "{q}: how many letters?",
          "number of letters in {q}",
      },
      {
          "If I spell {q}, how many letters do I write?",
          "hey how many letters has {q} got",
          "My crossword answer is {q}. How many squares does it fill?",
          "I need to know how long {q} is, counted in letters.",
      }};
  return all;
}

const Wordings& occurrences() {
  static const Wordings all = {
      {
          "How many ({c}|{c}s|letter {c}|letters {c}|'{c}') (are there |are |)(in|in the word) {q}?",
          "How (often|many times) (is there an|is|do you see|do you find) {c} (in|in the word) {q}?",
          "How many {c}'s (are in|are there in|has|does it take to write) {q}?",
          "(Count|Tell me the number of|Give me the number of) (the letter|letters|times the letter) {c} in (the word "
          "|){q}(.|)",
          "How (often|many times) does (the letter |){c} (appear|occur|come up|come) in (the word |){q}?",
          "In {q}, how (often|many times) (does|is there) (the letter |){c}(| appear)?",
          "number of {c} in {q}",
      },
      {
          "When I write {q}, how many times do I write the letter {c}?",
          "hey how many {c}s has {q} got",
          "Look at {q}. How often can you find {c} in it?",
          "My friend says there is more than one {c} in {q}. How many are there really?",
      }};
  return all;
}

const Wordings& items() {
  static const Wordings all = {
      {
          "How many (items|things|words|entries|elements) (are in|are there in|has|are on|are there on) (this|the|my) "
          "(list|line)(?|): {list}(?|)",
          "(Count|Tell me how many there are|How many are there|How many is that|How many are these): {list}(?|)",
          "(Count|Number) (the|these) (items|things|words)(:| in the list:| here:) {list}(.|)",
          "{list}(: |. |; )(how many|how many are there|how many things|how many words|count them|How many is "
          "that)(?|)",
          "How many (things|words|items) did I (say|write|list|name|buy): {list}?",
          "I (have|bought|see|need|own|packed) {list}. How many (things|items|different things) (is that|are these|are "
          "there)?",
          "(Can|Could) you count (these|them|the words|the items): {list}?",
      },
      {
          "My shopping list says {list}. How many products is that?",
          "hey how many things did i mention: {list}",
          "On the table there lie {list}. How many kinds of things are on it?",
          "If I name {list}, how many have I named?",
      }};
  return all;
}

const Wordings& sequences() {
  static const Wordings all = {
      {
          "(Count|Please count|Count up|Can you count|Let's count|I want you to count|Count for me) from {a} to "
          "{b}(.|)",
          "(Count|Say|List|Write|Give me|Name|Show|Print) (the|all|all the|every|) numbers from {a} to {b}(.|)",
          "(What are|Which are|Tell me) (the|all) (the |)numbers (from|between) {a} (to|and) {b}(?|.)",
          "Start (at|with|from) {a} and count to {b}(.|)",
          "(Go|Count) (on |)from {a} (until|up to|down to|till) {b}(.|)",
          "{a} to {b}, (count|one by one|all numbers)(.|)",
      },
      {
          "Begin at {a} and say every number until you reach {b}.",
          "hey count {a} through {b} for me",
          "My child wants to hear the numbers {a} to {b} in a row.",
          "Write one number after the other, {a} up to {b}.",
      }};
  return all;
}

Problem count_letters(Random& random, Split split) {
  auto word = draw_for(
      split, [&] { return spelling_word(random); }, [](const std::string& w) { return "letters " + w; });
  std::string steps;
  for (size_t i = 0; i < word.size(); ++i) steps += fmt::format("{}{} {}", i ? " " : "", word[i], i + 1);
  Problem p;
  p.question = ask(letters(), random, split, {{"q", quoted(word, random)}});
  p.answer = fmt::format("{}\nAnswer: {}", steps, word.size());
  p.key = std::to_string(word.size());
  return p;
}

Problem count_occurrences(Random& random, Split split) {
  auto word = draw_for(
      split, [&] { return spelling_word(random); }, [](const std::string& w) { return "occurrences " + w; });
  char c = random.chance(0.85) ? word[random.below(word.size())] : static_cast<char>('a' + random.below(26));
  std::string steps;
  int64_t found = 0;
  for (char letter : word) {
    steps += fmt::format("{}{}", steps.empty() ? "" : " ", letter);
    if (letter == c) steps += fmt::format(" {}", ++found);
  }
  Problem p;
  p.question = ask(occurrences(), random, split, {{"q", quoted(word, random)}, {"c", std::string(1, c)}});
  p.answer = fmt::format("{}\nAnswer: {}", steps, found);
  p.key = std::to_string(found);
  return p;
}

Problem count_items(Random& random, Split split) {
  auto list = draw_for(
      split,
      [&] {
        std::vector<std::string> words;
        auto count = static_cast<size_t>(random.between(2, 9));
        while (words.size() < count) words.push_back(random.pick(common_words()));
        return words;
      },
      [](const std::vector<std::string>& words) { return fmt::format("items {}", fmt::join(words, " ")); });
  std::string steps;
  for (size_t i = 0; i < list.size(); ++i) steps += fmt::format("{}{} {}", i ? ", " : "", list[i], i + 1);
  Problem p;
  p.question = ask(items(), random, split, {{"list", fmt::format("{}", fmt::join(list, ", "))}});
  p.answer = fmt::format("{}\nAnswer: {}", steps, list.size());
  p.key = std::to_string(list.size());
  return p;
}

Problem count_sequence(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  auto [a, b] = draw_for(
      split,
      [&] {
        int64_t start = random.chance(0.6) ? random.between(0, 20) : random.between(10, 120),
                length = random.between(3, 11);
        return Pair(start, random.chance(0.2) && start >= length ? start - length : start + length);
      },
      [](const Pair& p) { return fmt::format("sequence {} {}", p.first, p.second); });
  std::vector<int64_t> numbers;
  for (int64_t n = a; n != b; n += a < b ? 1 : -1) numbers.push_back(n);
  numbers.push_back(b);
  Problem p;
  p.question = ask(sequences(), random, split, {{"a", std::to_string(a)}, {"b", std::to_string(b)}});
  p.answer = fmt::format("{}", fmt::join(numbers, ", "));
  p.key = fmt::format("{}", fmt::join(numbers, " "));
  return p;
}

}  // namespace

Problem make_count(Random& random, Split split) {
  uint64_t kind = random.below(4);
  Problem p = kind == 0   ? count_letters(random, split)
              : kind == 1 ? count_occurrences(random, split)
              : kind == 2 ? count_items(random, split)
                          : count_sequence(random, split);
  p.kind = kind == 3 ? KeyKind::numbers : KeyKind::number;
  return p;
}

}  // namespace octet::tasks
