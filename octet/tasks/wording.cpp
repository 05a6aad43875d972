#include "octet/tasks/wording.h"

#include <cctype>

#include "octet/base/error.h"
#include "octet/tasks/words.h"

namespace octet::tasks {
namespace {

// Expands pattern[at…] up to an unmatched '|' or ')'. Every alternative is walked, so that the draws do not depend on
// the choice; only the chosen one is kept.
class Expander {
 public:
  Expander(std::string_view pattern, Random& random, const Slots& slots)
      : pattern_(pattern), random_(random), slots_(slots) {}

  std::string run() {
    std::string text = sequence();
    octet::check(at_ == pattern_.size(), "unbalanced ')' in a wording");
    return text;
  }

 private:
  std::string sequence() {
    std::string out;
    while (at_ < pattern_.size() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      char c = pattern_[at_++];
      if (c == '(')
        out += choice();
      else if (c == '{')
        out += slot();
      else
        out += c;
    }
    return out;
  }

  std::string choice() {
    std::vector<std::string> alternatives = {sequence()};
    while (at_ < pattern_.size() && pattern_[at_] == '|') {
      ++at_;
      alternatives.push_back(sequence());
    }
    octet::check(at_ < pattern_.size(), "unbalanced '(' in a wording");
    ++at_;
    return random_.pick(alternatives);
  }

  std::string slot() {
    size_t end = pattern_.find('}', at_);
    octet::check(end != std::string_view::npos, "unbalanced '{' in a wording");
    std::string key(pattern_.substr(at_, end - at_));
    at_ = end + 1;
    if (auto given = slots_.find(key); given != slots_.end()) return given->second;
    if (auto before = drawn_.find(key); before != drawn_.end()) return before->second;
    std::string list = key;
    if (std::isdigit(static_cast<unsigned char>(list.back()))) list.pop_back();
    for (;;) {
      std::string word = draw(list);
      bool used = false;
      for (const auto& [other, value] : drawn_) used = used || value == word;
      if (!used) return drawn_[key] = word;
    }
  }

  // Things are sometimes unheard of, so that a question is understood by its numbers and verbs.
  std::string draw(const std::string& list) {
    if (list == "thing" && random_.chance(0.25)) return spelling_word(random_) + "s";
    return random_.pick(word_list(list));
  }

  std::string_view pattern_;
  Random& random_;
  const Slots& slots_;
  Slots drawn_;
  size_t at_ = 0;
};

void capitalise(std::string& text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
}

void lower_first(std::string& text) {
  // "I have" keeps its capital.
  if (text.size() > 1 && text[0] == 'I' && !std::isalpha(static_cast<unsigned char>(text[1]))) return;
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
}

// The variation of trained wordings: what people put around a question.
std::string vary(std::string text, Random& random) {
  static const std::vector<std::string> openings = {
      "Please ",          "please ",        "Hey, ",     "Hi, ",           "Ok, ",       "Okay, ",
      "Quick question: ", "Hello! ",        "So, ",      "Now ",           "And ",       "Tell me: ",
      "Question: ",       "Can you help? ", "Help me: ", "Just curious: ", "Hi octet, ", "Octet, ",
      "One more: ",       "Next: ",         "Right, ",   "Well, ",         "Hmm, ",      "My homework says: "};
  static const std::vector<std::string> contexts = {"I am at the shop. ",       "My teacher asked this. ",
                                                    "It is a sunny day. ",      "This is for school. ",
                                                    "I am not good at this. ",  "Here is a problem. ",
                                                    "I need some help. ",       "We are playing a game. ",
                                                    "Think about it. ",         "A friend asked me this. ",
                                                    "I am doing my homework. ", "This one is easy. ",
                                                    "I want to check myself. ", "Let us see. ",
                                                    "My boss wants to know. "};
  static const std::vector<std::string> endings = {" Thanks!", " Thank you.", " please",        " Please.",
                                                   " Thanks",  " (please)",   " I need it now."};
  if (random.chance(0.22)) {
    const std::string& opening = random.pick(openings);
    char last = opening[opening.size() - 2];
    if (last == '!' || last == '?' || last == '.')
      capitalise(text);
    else
      lower_first(text);
    text = opening + text;
  }
  if (random.chance(0.05)) {
    capitalise(text);
    text = random.pick(contexts) + text;
  }
  if (random.chance(0.06)) text += random.pick(endings);
  if (random.chance(0.10))
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (random.chance(0.12) && !text.empty() && (text.back() == '?' || text.back() == '.')) text.pop_back();
  return text;
}

}  // namespace

std::string expand(std::string_view pattern, Random& random, const Slots& slots) {
  return Expander(pattern, random, slots).run();
}

std::string ask(const Wordings& wordings, Random& random, Split split, const Slots& slots) {
  bool heldout = split == Split::heldout_wordings;
  std::string text = expand(random.pick(heldout ? wordings.heldout : wordings.trained), random, slots);
  // What an empty alternative leaves.
  for (std::string_view gap : {"  ", " .", " :", " ,"})
    for (size_t at; (at = text.find(gap)) != std::string::npos;) text.erase(at, 1);
  return heldout ? text : vary(std::move(text), random);
}

const std::vector<std::string>& word_list(std::string_view name) {
  static const std::map<std::string, std::vector<std::string>, std::less<>> lists = {
      {"name",
       {"Anna",  "Ben",   "Carla", "David", "Emma", "Felix", "Grace", "Henry",  "Ida",   "Jack",  "Karen", "Leo",
        "Maria", "Noah",  "Olga",  "Paul",  "Rosa", "Sam",   "Tina",  "Victor", "Wendy", "Yusuf", "Zoe",   "Tom",
        "Lucy",  "Peter", "Mary",  "John",  "Sara", "Ali",   "Mei",   "Omar",   "Nina",  "Ravi",  "Elena", "Hugo",
        "Alice", "Bob",   "Clara", "Dan",   "Ella", "Frank", "Lena",  "Max",    "Mia",   "Oscar"}},
      {"thing",
       {"apples", "books",   "coins",    "stamps",  "marbles", "pencils", "cards",    "oranges", "stickers", "eggs",
        "shells", "buttons", "tickets",  "bottles", "chairs",  "cookies", "flowers",  "nuts",    "bricks",   "boxes",
        "balls",  "plums",   "pears",    "candles", "cups",    "plates",  "stones",   "leaves",  "photos",   "letters",
        "sheep",  "cows",    "chickens", "fish",    "birds",   "cars",    "bikes",    "toys",    "dolls",    "pens",
        "lemons", "carrots", "potatoes", "sweets",  "beads",   "keys",    "tomatoes", "onions",  "nails",    "screws",
        "pages",  "points",  "dollars",  "euros",   "trees",   "seeds",   "magnets",  "files",   "songs",    "tiles"}},
      {"place",
       {"the shop", "the market", "school", "the park", "the library", "work", "the farm", "the beach", "the station",
        "the garden", "the kitchen", "the office", "the museum", "the village", "town"}},
      {"box",
       {"box", "bag", "basket", "jar", "drawer", "room", "shelf", "truck", "crate", "bucket", "cupboard", "garden",
        "warehouse", "shop", "bowl"}},
      {"worker",
       {"farmer", "baker", "teacher", "driver", "cook", "gardener", "painter", "shopkeeper", "doctor", "builder",
        "fisher", "librarian", "tailor", "sailor", "waiter", "postman", "king", "clerk"}},
      {"gone", {"eaten",      "broken",      "stolen",    "burnt",   "cut down",   "pulled down",  "sold",
                "thrown out", "washed away", "cancelled", "closed",  "taken down", "knocked over", "lost",
                "used",       "given away",  "torn",      "spoiled", "damaged",    "removed"}},
      {"person",
       {"my friend", "my sister", "my brother", "my mother", "my father", "my teacher", "a friend", "my aunt",
        "my uncle", "my neighbour", "my boss", "my cousin"}},
      {"group",
       {"boys", "girls", "children", "men", "women", "students", "teachers", "guests", "players", "visitors",
        "passengers", "workers", "soldiers", "dancers", "singers"}},
  };
  auto found = lists.find(name);
  octet::check(found != lists.end(), "a wording names a list that does not exist");
  return found->second;
}

}  // namespace octet::tasks
