#include "octet/tasks/arithmetic.h"
#include "octet/tasks/family.h"
#include "octet/tasks/numeral.h"
#include "octet/tasks/wording.h"

namespace octet::tasks {
namespace {

const Wordings& sums() {
  static const Wordings all = {
      {
          // Bare expressions, often: they are what people type.
          "{a}+{b}",
          "{a} + {b}",
          "{a}(+| + ){b}( =|=|=?| = ?|?)",
          "{a} plus {b}(| =|?| is|  equals?)",
          "(What is|What's|whats|what is the value of|How much is|how much's|Calculate|Compute|Work "
          "out|Solve|Evaluate|Find|Give me|Tell me|Show me|Do) {a}( + |+| plus | and ){b}(?|.|)",
          "(What is|What's|How much is) {a}( + |+| plus ){b}?",
          "(What does|How much does|What do) {a}( + |+| plus | and ){b} (equal|make|give|come to|add up to)?",
          "(What is|What's|Find|Calculate|Give me|Tell me|Work out|Compute|I need) the (sum|total) of {a} and "
          "{b}(.|?|)",
          "(What do you get|What will I get|What happens|What results|What comes out) (when|if) (you|I|we) "
          "(add|put|sum) {a} (and|to|with) {b}(| together)?",
          "Add {a} (and|to|with|plus) {b}(.|)",
          "Add (the numbers|these numbers|these two numbers|these|together|up)(:|) {a} and {b}(.|)",
          "Add {a} and {b} (together|up)(.|).",
          "(Sum|Sum up|Total|Total up|Combine|Join|Put together) {a} and {b}(.|)",
          "{a} (and|added to|together with|more than|increased by|combined with|with another|raised by) {b}(?|. What "
          "is it?| is what?|)",
          "(Can|Could|Would|Will) you (add|sum|add up|add together) {a} and {b}(| for me)?",
          "(Can|Could) you (tell me|work out|calculate|compute|say) (what|how much) {a}( + |+| plus ){b} is?",
          "(I|We) (want|need|would like|have) to (add|sum) {a} and {b}(.|. What is the result?|. How much is that?)",
          "Increase {a} by {b}(.|. What is the result?|)",
          "(What number|Which number|What) is {b} more than {a}?",
          "(What|Which) number (do I|do you|will I|would I) (get|reach) (if I|when I|if you) start (at|from|with) {a} "
          "and (add|go up by|count up) {b}?",
          "Start (with|at|from) {a} and (add|then add|go up) {b}(.|. Where do you end up?|. What do you have?)",
          "(Result|Answer|Sum|Total) of {a}( + |+| plus | and ){b}(?|)",
          "(Please |)(give|tell|show) me (the answer to|the result of|the value of) {a}( + |+| plus ){b}(.|)",
          "If x = {a} and y = {b}, (what is|find|calculate) x + y(?|.)",
          "x is {a}, y is {b}. (What is x plus y?|x+y=?|Add them.)",
          "(The first|One) number is {a}(,| and) the (second|other)(| number) is {b}. (What is their sum?|Add "
          "them.|How much are they together?|Find the total.)",
          // Having and getting.
          "I have {a} {thing} and (get|buy|find|receive|pick up|collect|win) {b} more. How many {thing} do I have(| "
          "now| in total| altogether)?",
          "I had {a} {thing}. Then I (got|bought|found|received|picked up|won) {b} more. How many (do I have|{thing} "
          "do I have|are there|is that)(| now| in all)?",
          "{name} has {a} {thing}. {name2} (gives|sends|brings|hands|sells) {name} {b} more. How many {thing} does "
          "{name} have(| now| then)?",
          "{name} has {a} {thing} and {name2} has {b}(| {thing}). How many (|{thing} )do they have (together|in "
          "total|in all|altogether|between them)?",
          "{name} had {a} {thing} and (bought|found|got|made|collected) {b} more. How many {thing} (does {name} "
          "have|are there|is it) (now|in total|altogether)?",
          "{name} (bought|picked|sold|made|counted|collected|found) {a} {thing} (on Monday|yesterday|in the "
          "morning|last week|first) and {b} (on Tuesday|today|in the evening|this week|later). How many (|{thing} )(in "
          "total|altogether|in all|was that|were there together)?",
          "There are {a} {thing} in (the|a|one) {box} and {b} in (the other|another|a second one). How many {thing} "
          "are there (in total|altogether|in all|together)?",
          "A {box} (holds|contains|has) {a} {thing}. (I put in|We add|{name} adds|Someone puts in) {b} more. How many "
          "(are inside|{thing} are in it|are in the {box})(| now)?",
          "(There are|We see|They counted) {a} {group} and {b} {group2} (in the room|on the bus|at {place}|here). How "
          "many people (are there|is that|are they) (in total|altogether|in all|together)?",
          "{a} {group} were (in the room|on the bus|at {place}). {b} more (came|arrived|joined|came in). How many (are "
          "there|people are there) now?",
          "(A|The) (book|ticket|shirt|lamp|meal|game|bag|hat) costs {a} (dollars|euros|pounds|coins) and (a|the) "
          "(pen|drink|belt|cap|toy|scarf|cake) costs {b}. (What do they cost together?|How much for both?|What is the "
          "total price?|How much do I pay?)",
          "I (paid|spent) {a} (dollars|euros) for (food|clothes|books|rent) and {b} for (travel|drinks|toys|tools). "
          "How much did I (pay|spend) (in total|altogether|in all)?",
          "{name} (saved|earned|got) {a} (dollars|euros) (in May|last month|last year) and {b} (in June|this "
          "month|this year). How much (is that in total|did {name} (save|earn) altogether|is it together)?",
          "{name} (read|wrote|printed) {a} pages (on Monday|yesterday|last week) and {b} pages (on Tuesday|today|this "
          "week). How many pages (in total|altogether|is that|did {name} finish)?",
          "(The bus|The train|A car|{name}) (drove|travelled|went|covered) {a} (km|miles|metres) and then (another|a "
          "further) {b}(| km| more). How far (is that|in total|did it go altogether)?",
          "(He|She|{name}|We|The {worker}) (cooked|made|sold|sent|washed|fixed) {a} {thing} before "
          "(noon|dinner|school|the break) and {b} (|{thing} )after (it|noon|dinner|school|that). How many (|{thing} "
          ")(that day|in the day|in all|were they)?",
          "{name} (cooked|made|sold|sent|found) {a} {thing} in the morning, {b} in the evening. How many (|{thing} "
          ")(were it|was it|that day|in all)?",
          "(The temperature|The level|The price|My weight|The rent|The number) was {a} and (rose|went "
          "up|climbed|increased|grew) by {b}. What is it (now|then)?",
          "My (plant|tree|hair|son|dog) was {a} cm (tall|long) and (has grown|grew) {b} cm. How (tall|long) is it now?",
          "My (aunt|father|sister|son) (knitted|painted|built|wrote|drew) {a} {thing} in (spring|May) and {b} in "
          "(autumn|June). How many {thing} (is that|were made)(| in all)?",
          "{a} (cars|people|birds|letters|guests) came (first|on the first day|early) and {b} (later|on the second "
          "day|late). How many came (in all|in total|altogether)?",
          "On top of {a} {thing} (I|we|they) (get|buy|put) {b} more. How many (is that|are there|do (I|we|they) have)?",
          "(One|The first) (wall|side|line|rope|road) is {a} (cm|m|km) long, the other {b}. How long are (both|they) "
          "together?",
          "The (first|left) (row|page|shelf|team) has {a} {thing}, the (second|right) {b}. How many (|{thing} )(in "
          "both|are in both|altogether|in total)?",
          "(Yesterday|Last week|In March) it was {a}, (today|this week|in April) {b} more. How (many|much) is it now?",
          "{name} already has {a} {thing}. (For a birthday|As a gift|From {name2}) {b} more come. How many (|{thing} "
          ")(are there|has {name}) (then|now)?",
          "Both of us have {thing}: I have {a}, you have {b}. How many do we have (together|in all|in total)?",
          "My score was {a}(,| and) then I (got|scored|earned) {b} more (points|). What is (my score|it|the score) "
          "now?",
          "(My|The) (tank|bottle|bucket) has {a} litres in it. I (add|pour in) {b} litres. How (many litres|much) "
          "(are|is) in it now?",
          "{name} is {a} years old. How old will {name} be in {b} years?",
          "In {b} years, how old will someone (who is|aged) {a} be?",
          "{a} {thing} and {b} {thing} (make|are|is) how many {thing}?",
          "(How many|What) (are|is) {a} {thing} (and|plus) {b} {thing}?",
          "{name} planted {a} {thing} and {name2} planted {b}. (How many were planted?|What is the total?|How many in "
          "all?)",
          "(He|She|They|We) had {a} {thing} and (got|bought|found|made) {b} more. How many (|{thing} )(now|in "
          "total|altogether|are there now)?",
          "A {worker} (has|had|owns) {a} {thing} and (buys|gets|makes|receives) {b} more. How many {thing} (does the "
          "{worker} have|are there)(| now| in total)?",
          "The {worker} (sold|made|delivered|counted|moved) {a} {thing} (yesterday|before noon|in the first week) and "
          "{b} (today|after noon|in the second week). (How many in total?|How many {thing} is that?|What is the "
          "total?)",
          "{a} {thing} are (red|old|big|wet) and {b} are (blue|new|small|dry). How many (are there|{thing} are there) "
          "(in all|together|in total|altogether)?",
          "(We|I|They) (drove|walked|rode|flew) {a} (km|miles) before (the break|lunch|noon) and {b} (|km |miles "
          ")after it. (How long was the whole way?|How far in total?|How many in all?)",
          "(My|The|Our) bill has two (items|parts|lines): {a} and {b}. What is the (total|sum)?",
          "(On Monday|In May|First|Here) {a}, (on Tuesday|in June|then|there) {b}: (how many|how much|what) (in "
          "total|altogether|is it together)?",
          "(The|A|Our) (zoo|farm|school|shop|company|village|hotel|museum) has {a} {group} and (gets|hires|takes in) "
          "{b} more. How many (is that|are there)(| now| then)?",
          "(Take|Write|Think of) {a}(,| and| and then) add {b}(.|. What do you get?|. What is it now?)",
          "To {a} (I|we|you) add {b}(.|. What is the (sum|result|total)?)",
          "(After|When) adding {b} to {a}, (what do I get|what is the result|where am I)?",
          "{a} and {b} (makes|make|is|are|together|in total|summed|added)(?| what?)",
          "(If|When) there are {a} {thing} here and {b} {thing} there, how many are there (in all|altogether|in "
          "total)?",
          "{name} needs {a} {thing} for {place} and {b} for home. How many {thing} does {name} need (in "
          "total|altogether|in all)?",
          "(How many|How much) (is|are|do we get from|makes) {a} and {b} (together|combined|in total|in all)?",
          "(Price|Cost|Weight|Length) one: {a}. (Price|Cost|Weight|Length) two: {b}. (Total?|Together?|Both together?)",
          "{thing}: {a}. {thing2}: {b}. (How many things in total?|Total?|How many together?)",
          "There are {a} {thing} and {b} {thing2} (in the {box}|at {place}|on the table). How many "
          "(things|objects|pieces) (in total|are there|altogether)?",
          "(My|Our) (class|team|group|club) has {a} {group} and {b} {group2}. How (many|big) (are we|is it) (in "
          "total|together)?",
      },
      {
          "If I put {a} coins into a jar that already has {b} coins, how many coins will be in the jar?",
          "My grandmother baked {a} rolls before lunch and {b} rolls after lunch. How many rolls did she bake that "
          "day?",
          "Could you figure out {a} + {b} for my little brother?",
          "What would {a} and {b} come to if I add them?",
          "I'm counting my savings: {a} in one account, {b} in the other. What do I have in total?",
          "On Friday {a} people visited our website, on Saturday {b}. How many visits were there over both days?",
          "A hotel has {a} rooms upstairs and {b} rooms downstairs. How many rooms does the hotel have altogether?",
          "So if you take {a} and then throw in {b} more, what's the total?",
          "Our shop sold {a} loaves yesterday. Today it sold {b}. How many loaves were sold in the two days together?",
          "{a} added onto {b} makes?",
          "Help me check my sum: what should {a} + {b} be?",
          "A farmer owns {a} goats and buys {b} more at the fair. What size is the herd now?",
          "The first chapter has {a} words and the second one {b}. How many words do both have together?",
          "Say I walked {a} steps in the morning and {b} steps at night. How many steps was that?",
          "hey can u add {a} and {b} real quick",
      }};
  return all;
}

}  // namespace

Problem make_add(Random& random, Split split) {
  using Pair = std::pair<int64_t, int64_t>;
  auto [a, b] = draw_for(
      split, [&] { return Pair(everyday_number(random, 4), everyday_number(random, 4)); },
      [](const Pair& p) { return fmt::format("add {} {}", p.first, p.second); });
  NumeralStyle style(random);
  Problem p;
  p.question = ask(sums(), random, split, {{"a", style.write(a)}, {"b", style.write(b)}});
  p.answer = add_steps(a, b);
  p.key = std::to_string(a + b);
  p.kind = KeyKind::number;
  return p;
}

}  // namespace octet::tasks
