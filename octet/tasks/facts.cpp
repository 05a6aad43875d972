// Common knowledge in small tables: capitals, opposites, plurals, and a few questions of general knowledge. What is
// asked is in the training data; the wording is held out.
#include "octet/base/error.h"
#include "octet/tasks/family.h"
#include "octet/tasks/known.h"

namespace octet::tasks {
namespace {

using Table = std::vector<std::pair<std::string, std::string>>;

const Table& capitals() {
  static const Table all = {
      {"France", "Paris"},
      {"Germany", "Berlin"},
      {"Italy", "Rome"},
      {"Spain", "Madrid"},
      {"Portugal", "Lisbon"},
      {"England", "London"},
      {"Ireland", "Dublin"},
      {"Austria", "Vienna"},
      {"Switzerland", "Bern"},
      {"Belgium", "Brussels"},
      {"Poland", "Warsaw"},
      {"Greece", "Athens"},
      {"Sweden", "Stockholm"},
      {"Norway", "Oslo"},
      {"Denmark", "Copenhagen"},
      {"Finland", "Helsinki"},
      {"Russia", "Moscow"},
      {"Ukraine", "Kyiv"},
      {"Hungary", "Budapest"},
      {"Turkey", "Ankara"},
      {"Egypt", "Cairo"},
      {"Kenya", "Nairobi"},
      {"China", "Beijing"},
      {"Japan", "Tokyo"},
      {"India", "New Delhi"},
      {"South Korea", "Seoul"},
      {"Thailand", "Bangkok"},
      {"Vietnam", "Hanoi"},
      {"Australia", "Canberra"},
      {"Canada", "Ottawa"},
      {"the United States", "Washington"},
      {"Mexico", "Mexico City"},
      {"Brazil", "Brasilia"},
      {"Argentina", "Buenos Aires"},
      {"Chile", "Santiago"},
      {"Peru", "Lima"},
  };
  return all;
}

const Table& opposites() {
  static const Table all = {
      {"hot", "cold"},       {"big", "small"},   {"large", "small"},  {"fast", "slow"},       {"high", "low"},
      {"long", "short"},     {"old", "new"},     {"young", "old"},    {"early", "late"},      {"open", "closed"},
      {"light", "dark"},     {"black", "white"}, {"good", "bad"},     {"happy", "sad"},       {"rich", "poor"},
      {"strong", "weak"},    {"hard", "soft"},   {"wet", "dry"},      {"full", "empty"},      {"clean", "dirty"},
      {"left", "right"},     {"up", "down"},     {"in", "out"},       {"on", "off"},          {"day", "night"},
      {"yes", "no"},         {"true", "false"},  {"first", "last"},   {"begin", "end"},       {"win", "lose"},
      {"buy", "sell"},       {"give", "take"},   {"love", "hate"},    {"near", "far"},        {"thick", "thin"},
      {"wide", "narrow"},    {"heavy", "light"}, {"quiet", "loud"},   {"cheap", "expensive"}, {"easy", "difficult"},
      {"north", "south"},    {"east", "west"},   {"always", "never"}, {"more", "less"},       {"push", "pull"},
      {"inside", "outside"},
  };
  return all;
}

const Table& plurals() {
  static const Table all = {
      {"cat", "cats"},      {"dog", "dogs"},      {"box", "boxes"},     {"city", "cities"},   {"child", "children"},
      {"mouse", "mice"},    {"foot", "feet"},     {"tooth", "teeth"},   {"man", "men"},       {"woman", "women"},
      {"goose", "geese"},   {"sheep", "sheep"},   {"leaf", "leaves"},   {"knife", "knives"},  {"wolf", "wolves"},
      {"berry", "berries"}, {"baby", "babies"},   {"bus", "buses"},     {"house", "houses"},  {"tree", "trees"},
      {"fish", "fish"},     {"glass", "glasses"}, {"story", "stories"}, {"person", "people"},
  };
  return all;
}

const Wordings& capital_wordings() {
  static const Wordings all = {
      {"(What is|What's|whats|Which is|Tell me|Name|Say|Give me) the capital (city |)of {x}(?|.|)",
       "(What|Which) (city|town) is the capital of {x}?", "{x}'s capital(?| is?|)",
       "(Can|Could) you (tell me|name) the capital of {x}?", "capital of {x}", "What is {x}'s capital(| city)?",
       "Do you know the capital of {x}?", "The capital of {x} is(?| called?|)"},
      {"Where does the government of {x} sit?", "hey whats {x}s main city, the capital I mean",
       "I'm travelling to {x}. Which city there is the capital?", "For my quiz: {x}, capital?"}};
  return all;
}

const Wordings& opposite_wordings() {
  static const Wordings all = {
      {"(What is|What's|whats|Tell me|Give me|Name|Say) the opposite (of|to) (the word |){q}(?|.|)",
       "(What|Which) word (is|means) the opposite of {q}?", "the opposite of {q}(?| is?|)",
       "{q}: what is the opposite?", "(Can|Could) you (tell me|name) the opposite of {q}?", "opposite of {q}",
       "What is not {q} but the opposite?"},
      {"Which word says the reverse of {q}?", "hey gimme the contrary of {q}",
       "If it is not {q} at all, then it is what?", "An antonym for {q}, please."}};
  return all;
}

const Wordings& plural_wordings() {
  static const Wordings all = {
      {"(What is|What's|whats|Tell me|Give me) the plural (form |)of {q}(?|.|)",
       "(What|Which) is the plural of (the word |){q}?", "plural of {q}", "One {x}, two(?| what?|...)",
       "{q} in the plural(?|)", "How do you (say|write) more than one {x}?"},
      {"There is one {x} here and another there. Together they are two what?",
       "hey whats it called if theres many of a {x}", "I saw a {x} and then a second one, so I saw two...?"}};
  return all;
}

const std::vector<Known>& general() {
  static const std::vector<Known> all = {
      {{{"How many (legs|feet) (has|does) a (dog|cat|horse|cow|sheep|lion|mouse)(| have)?"},
        {"On how many legs does a dog walk?"}},
       "four|4",
       {"It has four legs."}},
      {{{"How many (legs|feet) (has|does) (a spider|an octopus|a crab)(| have)?", "How many arms has an octopus?"},
        {"On how many legs does a spider walk?"}},
       "eight|8",
       {"Eight."}},
      {{{"How many legs (has|does) (an insect|an ant|a bee|a fly|a beetle)(| have)?"},
        {"On how many legs does an ant walk?"}},
       "six|6",
       {"Six."}},
      {{{"(What|Which) colour (is|has) (the sky|the sea)(| on a clear day)?", "What is the colour of the sky?"},
        {"If I look up on a sunny day, which colour do I see?"}},
       "blue",
       {"Blue."}},
      {{{"(What|Which) colour (is|has) (grass|a leaf|the grass)?", "What is the colour of grass?"},
        {"A meadow has which colour?"}},
       "green",
       {"Green."}},
      {{{"(What|Which) colour (is|has) (snow|milk)?", "What is the colour of snow?"},
        {"After it has snowed, which colour is the land?"}},
       "white",
       {"White."}},
      {{{"(What|Which) colour (is|has) (a banana|a lemon)?", "What is the colour of a lemon?"},
        {"A ripe banana has which colour?"}},
       "yellow",
       {"Yellow."}},
      {{{"(What|Which) colour (is|has) blood?", "What is the colour of blood?"},
        {"When I cut my finger, which colour comes out?"}},
       "red",
       {"Red."}},
      {{{"How many (days|weekdays) (are in|are there in|has|does) (a|one) week(?| have?)",
         "How many days make a week?"},
        {"After how many days does the week start again?"}},
       "seven|7",
       {"Seven days."}},
      {{{"How many months (are in|are there in|has|does) (a|one) year(?| have?)", "How many months make a year?"},
        {"A calendar on my wall shows how many months?"}},
       "twelve|12",
       {"Twelve months."}},
      {{{"How many days (are in|are there in|has|does) (a|one) year(?| have?)", "How many days make a year?"},
        {"From one birthday to the next, how many days pass?"}},
       "365",
       {"A year has 365 days, a leap year 366."}},
      {{{"How many (hours|) (are in|are there in|has|does) (a|one) day(?| have?)", "How many hours make a day?"},
        {"How many hours pass from midnight to midnight?"}},
       "24",
       {"24 hours."}},
      {{{"How many letters (has|does) the alphabet(| have)?",
         "How many letters are (there |)in the (English |)alphabet?"},
        {"From A to Z, how many letters is that?"}},
       "26",
       {"26 letters."}},
      {{{"(What|Which) planet do we live on?", "On which planet (are we|do we live)?",
         "What is the name of our planet?"},
        {"Third from the sun: which planet is it?"}},
       "Earth",
       {"Earth."}},
      {{{"(What|Which) is the (biggest|largest) planet(| of the solar system)?",
         "Which planet is the (biggest|largest)?"},
        {"No planet of our sun is bigger than this one. Which?"}},
       "Jupiter",
       {"Jupiter."}},
      {{{"At (what|which) temperature does water (boil|cook)?", "When does water boil?",
         "What is the boiling point of water?"},
        {"How hot must my kettle get?"}},
       "100",
       {"Water boils at 100 degrees Celsius."}},
      {{{"At (what|which) temperature does water freeze?", "When does water freeze?",
         "What is the freezing point of water?"},
        {"How cold must it be for a pond to turn to ice?"}},
       "0",
       {"Water freezes at 0 degrees Celsius."}},
      {{{"(What|Which) seasons (are there|does a year have)?",
         "(Name|List|Tell me|What are) the (four |)seasons(.|?|)"},
        {"Into which four parts does nature split the year?"}},
       "spring&summer&autumn&winter",
       {"Spring, summer, autumn and winter."}},
      {{{"(Name|List|Tell me|What are|Say) the days of the week(.|?|)", "Which days has a week?"},
        {"Recite the week for me, beginning with Monday."}},
       "Monday&Tuesday&Wednesday&Thursday&Friday&Saturday&Sunday",
       {"Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday."}},
      {{{"(Name|List|Tell me|What are|Say) the months(| of the year)(.|?|)", "Which months has a year?"},
        {"Recite the year for me, beginning with January."}},
       "January&February&March&April&May&June&July&August&September&October&November&December",
       {"January, February, March, April, May, June, July, August, September, October, November, December."}},
      {{{"(Say|Recite|List|Write|What is|Tell me) the alphabet(.|?|)",
         "(What are|List) (all |)the letters of the alphabet(?|.|)"},
        {"Give me every letter, A first and Z last."}},
       "a b c d e f g h i j k l m n o p q r s t u v w x y z",
       {"a b c d e f g h i j k l m n o p q r s t u v w x y z"}},
  };
  return all;
}

// {x}: the word; {q}: the word in quotes or not.
Problem from_table(const Table& table, const Wordings& wordings, const char* answer, Random& random, Split split) {
  const auto& [asked, value] = random.pick(table);
  Problem p;
  std::string quoted = random.chance(0.4) ? "'" + asked + "'" : asked;
  p.question = ask(wordings, random, split, {{"x", asked}, {"q", quoted}});
  p.answer = fmt::format(fmt::runtime(answer), fmt::arg("x", asked), fmt::arg("y", value));
  p.key = value;
  p.kind = KeyKind::phrases;
  return p;
}

}  // namespace

Problem make_facts(Random& random, Split split) {
  switch (random.below(5)) {
    case 0:
    case 1:
      return from_table(capitals(), capital_wordings(), "The capital of {x} is {y}.", random, split);
    case 2:
      return from_table(opposites(), opposite_wordings(), "The opposite of {x} is {y}.", random, split);
    case 3:
      return from_table(plurals(), plural_wordings(), "One {x}, two {y}.", random, split);
    default:
      return ask_known(general(), random, split);
  }
}

}  // namespace octet::tasks
