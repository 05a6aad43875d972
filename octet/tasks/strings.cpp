#include <algorithm>
#include <cctype>

#include "octet/base/error.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"
#include "octet/tasks/words.h"

namespace octet::tasks {
namespace {

const Wordings& reversing() {
  static const Wordings all = {{
                                   "(Reverse|Turn around|Flip|Mirror) (the word |the string |){q}(.|)",
                                   "(Write|Spell|Say|Print|Give me|Show me) (the word |){q} (backwards|backward|in "
                                   "reverse|reversed|from back to front)(.|)",
                                   "(What is|What's|How do you write|How do you spell) (the word |){q} "
                                   "(backwards|backward|in reverse|reversed)?",
                                   "(Can|Could) you (reverse|turn around|write backwards) (the word |){q}?",
                                   "{q} (backwards|reversed|in reverse)(?|)",
                                   "(Reverse|Turn around) the letters (of|in) {q}(.|)",
                               },
                               {
                                   "If I read {q} from right to left, what do I get?",
                                   "hey whats {q} spelled from the end",
                                   "Hold {q} up to a mirror: which letters, last to first?",
                                   "I'd like {q} with its letters in the opposite order.",
                               }};
  return all;
}

const Wordings& spelling() {
  static const Wordings all = {
      {
          "(Spell|Please spell|Spell out|Can you spell|How do you spell|Spell for me) (the word |){q}(.|?|)",
          "(Write|Say|Give me|Show me|List) the letters (of|in) (the word |){q}(.| one by one.|)",
          "(What are|Which are) the letters (of|in) (the word |){q}?",
          "{q}, letter by letter(.|)",
      },
      {
          "Take {q} apart into its letters.",
          "hey how is {q} spelled",
          "Which letters do I need, in order, to write {q}?",
          "Read {q} to me one letter at a time.",
      }};
  return all;
}

// {which}: first, last, second, third.
const Wordings& letter_at() {
  static const Wordings all = {
      {
          "(What is|What's|Which is|Tell me|Give me|Say|Find|Name) the {which} letter (of|in) (the word |){q}(?|.|)",
          "(What|Which) letter (is|comes|stands) {which} in (the word |){q}?",
          "{q}: {which} letter(?|)",
          "(Can|Could) you (tell me|give me|find) the {which} letter (of|in) {q}?",
          "The {which} letter of {q}(?| is?|)",
          "(What|Which) is the {which} letter(:|,) {q}(?|)",
      },
      {
          "Looking at {q}, which letter do you see {which}?",
          "hey whats the {which} letter in {q} again",
          "My puzzle asks for the {which} letter of the answer {q}. What do I write?",
          "If I spell {q}, which letter is my {which} one?",
      }};
  return all;
}

const Wordings& uppercasing() {
  static const Wordings all = {
      {
          "(Write|Put|Print|Turn|Show|Give me|Convert) (the word |){q} (in|into|to) (capital letters|capitals|upper "
          "case|uppercase|big letters)(.|)",
          "(Uppercase|Capitalise all letters of|Make all capitals:|Capitalize every letter of) {q}(.|)",
          "(What is|How do you write) {q} in (capital letters|capitals|upper case|uppercase)?",
          "{q} in (capitals|upper case|uppercase|capital letters)(.|?|)",
          "(Can|Could) you write {q} in (capitals|upper case|capital letters)?",
      },
      {
          "Shout {q} at me, all letters large.",
          "hey {q} but all caps",
          "I want {q} with every letter as a capital.",
          "How does {q} look on a sign with only capital letters?",
      }};
  return all;
}

const Wordings& containing() {
  static const Wordings all = {
      {
          "(Does|Do you think) (the word |){q} (contain|have|include|hold) (the letter|an|a letter) {c}(| in it)?",
          "Is (the letter |there the letter |there an |){c} in (the word |){q}?",
          "(Is there|Can you find|Do you see) (the letter |an |){c} in (the word |){q}?",
          "{q}: (is there|does it have) (the letter |){c}(| in it)?",
          "(Check|Tell me) (if|whether) {q} (contains|has) (the letter |){c}(.|)",
      },
      {
          "Do I need the letter {c} in order to write {q}?",
          "hey is {c} anywhere in {q}",
          "Would I find {c} if I look through {q}?",
          "My keyboard has no {c}. Do I miss it when typing {q}?",
      }};
  return all;
}

std::string spelled(const std::string& word) {
  std::string out;
  for (char c : word) out += fmt::format("{}{}", out.empty() ? "" : " ", c);
  return out;
}

}  // namespace

Problem make_strings(Random& random, Split split) {
  static const std::vector<std::string> places = {"first", "last", "second", "third"};
  auto word = draw_for(
      split, [&] { return spelling_word(random); }, [](const std::string& w) { return "strings " + w; });
  std::string q = quoted(word, random);
  Problem p;
  p.kind = KeyKind::word;
  uint64_t kind = random.below(6);
  if (kind < 2) {
    p.question = ask(reversing(), random, split, {{"q", q}});
    p.key = std::string(word.rbegin(), word.rend());
    p.answer = fmt::format("{}\n{}\nAnswer: {}", spelled(word), spelled(p.key), p.key);
  } else if (kind == 2) {
    size_t place = random.below(places.size());
    p.question = ask(letter_at(), random, split, {{"q", q}, {"which", places[place]}});
    char c = place == 0 ? word.front() : place == 1 ? word.back() : word[place - 1];
    p.key = std::string(1, c);
    p.answer = fmt::format("{}\nAnswer: {}", spelled(word), p.key);
  } else if (kind == 3) {
    p.question = ask(uppercasing(), random, split, {{"q", q}});
    p.key = word;
    for (char& c : p.key) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    p.answer = "Answer: " + p.key;
    p.kind = KeyKind::exact;
  } else if (kind == 4) {
    p.question = ask(spelling(), random, split, {{"q", q}});
    p.key = spelled(word);
    p.answer = "Answer: " + p.key;
    p.kind = KeyKind::words;
  } else {
    char c = random.chance(0.5) ? word[random.below(word.size())] : static_cast<char>('a' + random.below(26));
    p.question = ask(containing(), random, split, {{"q", q}, {"c", std::string(1, c)}});
    p.key = word.find(c) == std::string::npos ? "no" : "yes";
    p.answer = fmt::format("{}\nAnswer: {}", spelled(word), p.key);
  }
  return p;
}

namespace {

const Wordings& repeating() {
  static const Wordings all = {
      {
          "(Repeat|Say|Write|Copy|Echo|Print|Type)(:| after me:| this:| the following:| the words:) {text}",
          "(Repeat|Say|Write|Copy|Print) {quoted}(.|)",
          "(Can|Could|Would) you (repeat|say|copy|write) {quoted}?",
          "(I say|My words are|The text is|Remember this): {text}. (Repeat it.|Say it back.|Now repeat.|Copy it.)",
          "(Say|Repeat|Write) (exactly |just |only |)(this|these words): {text}",
      },
      {
          "Give back word for word what follows: {text}",
          "hey just say {quoted} to me",
          "I'd like to hear {quoted} from you.",
          "Please be my parrot: {text}",
      }};
  return all;
}

const Wordings& many_times() {
  static const Wordings all = {{
                                   "(Repeat|Say|Write|Print|Type) (the word |){w} {n} times(.|)",
                                   "(Can|Could) you (repeat|say|write|print) {w} {n} times?",
                                   "{n} times {w}(.|)",
                                   "{n} times the word {w}, please",
                                   "(Give me|I want|Show me) {w} {n} times(.|)",
                               },
                               {
                                   "Let me read {w} from you {n} times in a row.",
                                   "hey type {w} {n} times over",
                                   "Fill a line with {w}, {n} of them.",
                                   "I need the word {w} {n} times, side by side.",
                               }};
  return all;
}

}  // namespace

Problem make_repeat(Random& random, Split split) {
  Problem p;
  p.kind = KeyKind::words;
  if (random.chance(0.4)) {
    using Pair = std::pair<std::string, int64_t>;
    auto [word, n] = draw_for(
        split, [&] { return Pair(spelling_word(random), random.between(2, 6)); },
        [](const Pair& x) { return fmt::format("times {} {}", x.first, x.second); });
    p.question =
        ask(many_times(), random, split, {{"w", word}, {"n", random.chance(0.5) ? in_words(n) : std::to_string(n)}});
    for (int64_t i = 0; i < n; ++i) p.key += (i ? " " : "") + word;
    p.answer = p.key;
    return p;
  }
  p.key = draw_for(
      split,
      [&] {
        std::vector<std::string> words;
        auto count = static_cast<size_t>(random.between(1, 6));
        while (words.size() < count)
          words.push_back(random.chance(0.15) ? std::to_string(with_digits(random, 3)) : spelling_word(random));
        return fmt::format("{}", fmt::join(words, " "));
      },
      [](const std::string& text) { return "repeat " + text; });
  p.question = ask(repeating(), random, split, {{"text", p.key}, {"quoted", "\"" + p.key + "\""}});
  p.answer = p.key;
  return p;
}

}  // namespace octet::tasks
