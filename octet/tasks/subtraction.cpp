#include "octet/tasks/arithmetic.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

// Where the result may be negative: a bare difference.
const Wordings& differences() {
  static const Wordings all = {
      {
          "{a}-{b}",
          "{a} - {b}",
          "{a}(-| - ){b}( =|=|=?| = ?|?)",
          "{a} minus {b}(| =|?| is|  equals?)",
          "(What is|What's|whats|what is the value of|How much is|Calculate|Compute|Work out|Solve|Evaluate|Find|Give "
          "me|Tell me|Show me|Do) {a}( - |-| minus | take away | less ){b}(?|.|)",
          "(What is|What's|How much is) {a}( - |-| minus ){b}?",
          "(What does|How much does) {a}( - |-| minus | take away ){b} (equal|make|give|come to|leave)?",
          "(Subtract|Take|Take away|Deduct|Remove) {b} from {a}(.|. What is the result?|)",
          "(What do you get|What will I get|What happens|What is left|What remains) (when|if) (you|I|we) "
          "(subtract|take|take away|remove|deduct) {b} from {a}?",
          "(Can|Could|Would|Will) you (subtract|take away|take|deduct) {b} from {a}(| for me)?",
          "(Can|Could) you (tell me|work out|calculate|compute|say) (what|how much) {a}( - |-| minus ){b} is?",
          "(I|We) (want|need|would like|have) to (subtract|take) {b} from {a}(.|. What is the result?|. How much is "
          "that?)",
          "(What number|Which number|What) is {b} less than {a}?",
          "(Decrease|Reduce|Lower) {a} by {b}(.|. What is the result?|)",
          "{a} (reduced by|decreased by|take away|less|lowered by|without) {b}(?| is what?|. What is it?|)",
          "Start (with|at|from) {a} and (subtract|take away|go down by|count down) {b}(.|. Where do you end up?|. What "
          "do you have?)",
          "(Result|Answer|Value) of {a}( - |-| minus ){b}(?|)",
          "(Please |)(give|tell|show) me (the answer to|the result of|the value of) {a}( - |-| minus ){b}(.|)",
          "If x = {a} and y = {b}, (what is|find|calculate) x - y(?|.)",
          "x is {a}, y is {b}. (What is x minus y?|x-y=?|Take y from x.)",
      },
      {
          "Could you figure out {a} - {b} for my little brother?",
          "hey can u take {b} off {a} real quick",
          "I begin at {a} and then lose {b}. What number am I on?",
          "Help me check: what should {a} - {b} be?",
          "My calculator broke, what would {a} minus {b} show?",
      }};
  return all;
}

// Where a >= b: things that go away, are left, or differ.
const Wordings& stories() {
  static const Wordings all = {
      {
          "(What is|What's|Find|Calculate|Give me|Tell me|Work out) the difference (between|of) ({a} and {b}|{b} and "
          "{a})(.|?|)",
          "How (many|much) more is {a} than {b}?",
          "How much (bigger|larger|greater|higher) is {a} than {b}?",
          "How much (smaller|less|lower) is {b} than {a}?",
          "(How much|What) (do I need to|must I|should I|do you) add to {b} to (get|reach|make) {a}?",
          "{b} plus what (is|makes|equals|gives) {a}?",
          "How far is it from {b} to {a}?",
          "I have {a} {thing} and (give away|lose|sell|eat|use|break|drop) {b}(| of them). How many (|{thing} )(are "
          "left|do I have left|remain|do I still have|do I have now)?",
          "I had {a} {thing}. I (gave|sold|lent) {b}(| of them) to {person}. How many (|{thing} )(are left|do I "
          "have|do I have left|remain)?",
          "{name} has {a} {thing} and (gives|sells|lends|hands) {b} (|of them )to {name2}. How many (|{thing} )(does "
          "{name} have left|are left|does {name} keep|has {name} now)?",
          "{name} had {a} {thing} (and|but) (lost|sold|ate|used|gave away|broke|threw away) {b}(| of them). How many "
          "(|{thing} )(are left|does {name} have (left|now)|remain|are still there)?",
          "{name} has {a} {thing}, {name2} has {b}. How many more (|{thing} )does {name} have(| than {name2})?",
          "{name2} has {b} {thing} and {name} has {a}. How many fewer (|{thing} )does {name2} have(| than {name})?",
          "There are {a} {thing} in (the|a) {box}. (I take out|Someone takes|{name} takes|We remove|{name} steals) "
          "{b}(| of them). How many (|{thing} )(are left|are still there|remain|are still in it)?",
          "There (were|are) {a} {thing} (at {place}|in the {box}|on the table). {b} (are gone|were sold|fell down|were "
          "taken|were eaten|broke). How many (|{thing} )(are left|remain|are still there)?",
          "There (were|are) {a} {group} (in the room|on the bus|at {place}). {b} (left|went home|got off|go away). How "
          "many (are left|remain|are still there|stay)?",
          "{a} {group} (were|are) (in the room|on the bus|at {place}). {b} of them (leave|left|go home|went away). How "
          "many (are left|remain|stayed|are still there)?",
          "(A|The) (book|ticket|shirt|lamp|game|bag|phone) costs {b} (dollars|euros). I pay with {a}(| dollars| "
          "euros). How much (change do I get|comes back|do I get back)?",
          "I have {a} (dollars|euros) and (spend|pay|lose) {b}(| of it). How much (is left|do I have left|remains|do I "
          "still have)?",
          "{name} had {a} (dollars|euros) (and|but) spent {b} on (food|clothes|books|a gift|tickets). How much (is "
          "left|does {name} have left|money remains)?",
          "A {box} holds {a} {thing}. There are {b} in it. How many more (fit|can I put in|are needed to fill it)?",
          "{name} (needs|wants) {a} {thing} and has {b}. How many (more|more {thing}|are missing|does {name} still "
          "need)?",
          "I (need|want) {a} {thing} (and|but) (only have|have|I have) {b}. How many (more do I need|are "
          "missing|more)?",
          "A book has {a} pages. I (have read|read|finished) {b}(| of them| pages). How many (|pages )(are "
          "left|remain|do I still have to read)?",
          "The (way|trip|road) is {a} (km|miles) long. (I|We) have (driven|walked|done) {b}. How (far|many|much) (is "
          "left|remain|is it still)?",
          "The price (was|is) {a} (dollars|euros) and (falls|drops|goes down) by {b}. What is (the price now|it "
          "now|the new price)?",
          "{name} is {a} years old and {name2} is {b}. How much older is {name}(| than {name2})?",
          "{name} is {a} years old. How old was {name} {b} years ago?",
          "(Of|Out of) {a} {thing}, {b} are (red|broken|bad|sold|old). How many are (not|not (red|broken|bad|sold))?",
          "{name} (scored|got) {a} points, {name2} {b}. (By how many points did {name} win?|What is the "
          "difference?|How many more does {name} have?)",
          "(The|A) tank (holds|has) {a} litres. (I use|We take out|{name} drinks) {b}. How many litres are left?",
          "(He|She|They|We) had {a} {thing} and (lost|sold|ate|used|gave away) {b}(| of them). How many (|{thing} "
          ")(are left|now|remain|are there now)?",
          "A {worker} (has|had|owns) {a} {thing} and (sells|uses|loses|gives away|breaks) {b}(| of them). How many "
          "{thing} (does the {worker} have left|are left|remain)?",
          "The {worker} must (make|move|deliver|count|paint) {a} {thing} and has done {b}. How many (are left|are "
          "still to do|remain|more)?",
          "There (were|are) {a} {thing} (and|but) {b} (were|are) (lost|stolen|sold|thrown away|given away|used up). "
          "(How many|How many {thing}) (are left|remain|are there now)?",
          "{a} {thing} are in the {box}. {b} (of them |)are (red|old|big). How many are not?",
          "There (were|used to be) {a} {thing} (in|at) {place}(,| and|, but) {b} (were|got) {gone}. How many (are "
          "left|remain|still exist|do we still have)?",
          "{b} of (my|our|the|{name}'s) {a} {thing} (were|got|are) {gone}. How many (are left|remain|are not|are still "
          "good)?",
          "(A|The|Our) (theatre|bus|school|plane|train|library|ship) has {a} (chairs|beds|tables|lockers|places), {b} "
          "(are|of them are) (taken|full|booked|in use|reserved). How many are (free|still free|not taken|available)?",
          "(From|Off) a (board|string|pipe|ribbon|wire) of {a} (cm|m|metres) (I|we) (saw|take|clip) off {b}. How long "
          "is (what is left|the remaining piece|it now)?",
          "{a} (pupils|players|people) took part, {b} (won|got a prize|finished). How many did not?",
          "{name} (wants|has) to save {a} (dollars|euros) and (has saved|put aside|already has) {b}. How much (is "
          "missing|is still needed|more)?",
          "I (wanted|planned|promised) to (read|write|run|learn) {a} (pages|words|metres|lines) and (did|finished) "
          "{b}. How many are (left|still to do|missing)?",
          "The (film|lesson|trip|flight) takes {a} minutes, {b} have passed. How many minutes (are left|remain|more)?",
          "(The|A) (shop|factory|baker) made {a} {thing} and sold {b}. How many (were not sold|are left|are "
          "unsold|remain)?",
          "(In|At) {place} there were {a} {group}, now there are {b} (fewer|less). How many are there now?",
          "(A|My) (tree|tower|wall) was {a} cm tall and lost {b} cm. How tall is it now?",
          "(I|{name}) had {a} points and lost {b}. What is the score now?",
          "{a} points, and (I lose|{name} loses) {b}. How many (are left|remain|now)?",
          "A (thief|child|dog|bird|neighbour) takes {b} of (my|our|{name}'s) {a} {thing}. How many (do I keep|are "
          "left|remain|stay)?",
          "(A storm|A fire|A fox|The wind|Rain|An illness) (destroys|takes|breaks|kills|ruins) {b} of {a} {thing}. How "
          "many are (left|still there|there now)?",
          "The (herd|group|class|team|army) of {a} lost {b}. How (big|large|many) is it now?",
          "A {worker} with {a} {thing} loses {b}. How many (are left|remain|has the {worker} now)?",
          "{b} off {a} (is|leaves|makes|gives)(?| what?)",
          "(Take|Knock|Get) {b} off (the price of |){a}(. What is it then?|. What do I pay?|.|)",
          "(What is|Tell me|How long is) the distance (between {b} and {a}|from {b} to {a})(?|.)",
          "How far apart are ({a} and {b}|{b} and {a})?",
          "How (wide|large) is the space between {b} and {a}?",
          "(The temperature|The level|The price|My weight|The score) was {a} and (fell|dropped|went down|sank) by {b}. "
          "What is it now?",
          "(The|A|Our) (zoo|farm|school|shop|company|village|hotel|museum) had {a} {group}(,| and) {b} (left|went "
          "away|moved out). How many (are left|are there now|remain)?",
          "(Take|Write|Think of) {a}(,| and| and then) (subtract|take away|remove) {b}(.|. What do you get?|. What is "
          "it now?)",
          "From {a} (I|we|you) (take|take away|subtract|remove) {b}(.|. What is left?|. What remains?|. What is the "
          "result?)",
          "(After|When) taking {b} (away |)from {a}, (what do I get|what is the result|what is left)?",
          "(What is|How much is) (left of {a}|{a}) (when|if|after) {b} (is|are) taken (away|off)?",
          "{name} needs {a} {thing} and (has|found|got) {b}(| so far| already). How many (are missing|more does {name} "
          "need|are still needed)?",
          "{name} has {b} {thing}(. How many more are needed for| and wants) {a}(?|. How many are missing?)",
          "(How many|How much) (is|are) missing (from {b} to {a}|to {a} if I have {b})?",
          "{name} (collected|picked|made) {a} {thing}, {name2} {b} fewer. How many (|{thing} )did {name2} "
          "(collect|pick|make)?",
          "(One|The first) {box} has {a} {thing}, the other {b} fewer. How many are in the other(| one)?",
          "{a} {group} (were invited|wanted to come|had tickets), {b} (did not come|stayed at home|were ill). How many "
          "came?",
          "(I|We) (drove|walked|travelled) {b} of {a} (km|miles|metres). How (many|far) (is|are) left?",
          "{a} {thing} minus {b} {thing} (is|makes|are) how many {thing}?",
          "(Yesterday|Last week|Last month|In spring|A year ago) (there were|we counted|{name} had|the club had) {a} "
          "{thing}, "
          "(today|this week|this month|in autumn|now) {b} (fewer|less). How many (|{thing} )(are there|is that|are "
          "they) "
          "(now|today)?",
          "(Last|The other) (week|month|time) {name} (sold|made|wrote|ran|counted) {a}, this (week|month|time) {b} "
          "(fewer|less). "
          "(How many|What) is it this (week|month|time)?",
          "A (shepherd|keeper|hunter|breeder) (keeps|has|feeds) {a} (sheep|bees|ducks|horses|rabbits)(,| and) {b} (run "
          "away|fly "
          "off|die|are stolen|get lost). What (size|number) is (left|it now|that now)?",
          "(What|Which) (number|amount) of {thing} (remains|is left|is there still) (if|when) {b} of {a} are {gone}?",
          "(If|When) a {worker} (owns|keeps|holds|has) {a} {thing} and (a fox|a thief|the wind|someone|the fire) takes "
          "{b}, (how "
          "many are left|how large is the rest|what size is the rest|how many stay|what remains)?",
          "(I am|{name} is) saving for (a boat|a trip|a piano|a phone|skis): {a} (dollars|euros). (I have|There are|So "
          "far it "
          "is) {b}(| already| so far). How much (is missing|more is needed|is still missing|must still come)?",
          "(A|The) (camera|ring|table|guitar) (costs|is) {a} (dollars|euros)(,| and) I (have|own|saved) {b}(| "
          "already). How much "
          "(more do I need|is missing|do I lack|must I still save)?",
          "(Of|Out of|From) {a} (runners|letters|games|seeds|shots), {b} (were good|arrived|grew|were won|hit|passed). "
          "How many "
          "(did not|failed|were lost|missed|did not make it)?",
          "How (big|large|wide|great) is the (gap|step|distance|jump) (from {b} to {a}|from {a} down to {b})?",
          "(My|The|Her) (battery|tank|level|score|account) (stood|was|started) at {a} and (has (lost|dropped by|fallen "
          "by|gone "
          "down by) {b}|lost {b})(| since| since then). (What|Where) (is it now|does it stand|does it say now)?",
      },
      {
          "My grandmother baked {a} rolls and the family ate {b} of them. How many rolls are left over?",
          "A hotel has {a} rooms and {b} of them are taken. How many rooms are free?",
          "There used to be {a} houses in our street, but {b} were torn down. How many houses still stand?",
          "The concert hall has {a} seats and {b} tickets have been sold. How many seats are empty?",
          "I'm saving for a bike that costs {a} dollars and I already have {b}. How much do I still need?",
          "If a farmer owns {a} goats and a wolf takes {b}, what size is the herd now?",
          "From a rope of {a} cm I cut off {b} cm. How long is the rest?",
          "What's left of {a} once {b} is gone?",
          "Last year our club had {a} members and this year {b} fewer. How many members does it have this year?",
          "How big is the gap between {b} and {a}?",
          "Out of {a} students, {b} passed the exam. How many failed?",
          "My phone was charged to {a} and it has dropped by {b} since. What does it show now?",
      }};
  return all;
}

}  // namespace

Problem make_subtract(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  bool story = random.chance(0.55), may_be_negative = !story && random.chance(0.25);
  auto [a, b] = draw_for(
      split,
      [&] {
        Pair p(everyday_number(random, 4), everyday_number(random, 4));
        // Most differences people ask for are between numbers of a size.
        if (random.chance(0.4)) p.second = with_digits(random, digits(p.first));
        if (p.first < p.second && !may_be_negative) std::swap(p.first, p.second);
        return p;
      },
      [](const Pair& p) { return fmt::format("subtract {} {}", p.first, p.second); });
  NumeralStyle style(random);
  Problem p;
  p.question = ask(story ? stories() : differences(), random, split, {{"a", style.write(a)}, {"b", style.write(b)}});
  p.answer = subtract_steps(a, b);
  p.key = std::to_string(a - b);
  p.kind = KeyKind::number;
  return p;
}

}  // namespace octet::tasks
