// Small talk, and saying that one does not know.
#include "octet/tasks/family.h"
#include "octet/tasks/known.h"

namespace octet::tasks {
namespace {

const std::vector<Known>& small_talk() {
  static const std::vector<Known> all = {
      {{{"(Hi|Hello|Hey|Good day|Greetings|Hi there|Hello there|Hey there|Hello octet|Hi octet|hi|hello|hey)(!|.|)",
         "(Hi|Hello|Hey) (you|friend|bot|computer|model)(!|)", "(hi|hello|hey)(!|)",
         "(Hello|Hi|Hey)(,|) (how can you help me|are you there|anybody there|is anyone there)?",
         "Hello, (I am|my name is|it's) {name}(.|!)"},
        {"Howdy!", "Hiya", "Hello hello!", "Greetings to you"}},
       "hello|hi",
       {"Hello! How can I help you?"}},
      {{{"Good morning(!|.|, octet.|)", "(A|I wish you a) good morning(!|.)"}, {"A very good morning to you!"}},
       "morning|hello",
       {"Good morning! How can I help you?"}},
      {{{"Good (evening|afternoon)(!|.|, octet.|)", "(A|I wish you a) good (evening|afternoon)(!|.)"},
        {"Lovely evening to you!"}},
       "hello|good",
       {"Hello! How can I help you?"}},
      {{{"How are you(?|)(| today?| doing?)",
         "How (is it going|do you do|do you feel|have you been|are things)(?| today?)",
         "(Are you|Is everything) (well|fine|ok|okay|good|all right)?", "What's up?", "How's (life|it going|your day)?",
         "(Hi|Hello|Hey), how are you?"},
        {"How's everything with you?", "hey hows it goin", "Hope you're doing well?"}},
       "well|fine",
       {"I am well, thank you. How can I help you?"}},
      {{{"(Thank you|Thanks|Thank you very much|Many thanks|Thanks a lot|thanks|thx|Thank you so much|Cheers)(!|.|)",
         "(Thanks|Thank you) for (your help|the answer|that|helping me)(!|.|)",
         "(That|This) (helped|was helpful|was great|is right)(!|, thanks!|, thank you.|.)"},
        {"I really appreciate that!", "You've been a great help.", "ty!"}},
       "welcome",
       {"You are welcome!"}},
      {{{"(Bye|Goodbye|Good bye|See you|See you later|Bye bye|Farewell|Good night|See you soon|bye|So long)(!|.|)",
         "I (have to|must|need to) go(!|.| now.)", "(Talk to you|See you) (later|tomorrow|soon)(!|.|)"},
        {"I'm off, take care!", "That's all for today.", "cya"}},
       "goodbye|bye",
       {"Goodbye!"}},
      {{{"(Tell me|Say|Do you know|Give me) a joke(.|?|)", "(Make|Can you make) me laugh(.|?|)",
         "(Say|Tell me) something funny(.|)"},
        {"Got any jokes?", "I need something to laugh about."}},
       "eight|nine",
       {"Why was six afraid of seven? Because seven ate nine."}},
      {{{"(You are|You're) (great|nice|good|clever|smart|cool|the best|wonderful|helpful|sweet|funny)(!|.|)",
         "(Well done|Good job|Great|Nice|Perfect|Very good|Good work|Excellent|Wonderful|Bravo)(!|.|)",
         "I like you(!|.|)"},
        {"What a fine answer!", "You did that really well."}},
       "thank",
       {"Thank you!"}},
      {{{"(You are|You're) (stupid|wrong|bad|dumb|silly|useless|not right)(!|.|)",
         "(That|This) (is|was) (wrong|false|not right|bad|incorrect|nonsense)(!|.|)",
         "(No, that's|That's) (wrong|not it|not true)(!|.|)"},
        {"What a mistake!", "I don't think that's correct."}},
       "sorry",
       {"I am sorry. I am a small model and make mistakes."}},
      {{{"(Yes|No|Ok|Okay|Sure|Fine|Maybe|I see|Right|All right|ok|yes|no|Aha|Alright)(!|.|)"},
        {"Got it.", "Hm, right."}},
       "ask|help",
       {"What would you like to ask?"}},
      {{{"I am (sad|tired|bored|lonely|not well|unhappy|ill|angry)(.|!|)",
         "I feel (sad|tired|bored|lonely|bad|unhappy|ill)(.|!| today.)"},
        {"My day was awful.", "I'm feeling quite down."}},
       "sorry",
       {"I am sorry to hear that. I hope that it gets better soon."}},
      {{{"I am (happy|glad|well|fine|good)(.|!|)", "I feel (good|great|happy|fine)(.|!| today.)",
         "I am doing (well|great|fine)(.|!)"},
        {"My day was wonderful.", "I'm in a really good mood."}},
       "glad",
       {"I am glad to hear that!"}},
      {{{"(My name is|I am|I'm|Call me) {name}(.|!|)", "(Hi|Hello), I am {name}(.|!)"},
        {"People call me {name}.", "{name} is my name."}},
       "nice to meet",
       {"Nice to meet you! How can I help you?"}},
      {{{"(Sorry|I am sorry|I'm sorry|Excuse me|Pardon|My mistake|I apologise|Forgive me)(!|.|)"},
        {"Oh dear, my fault."}},
       "problem",
       {"No problem!"}},
      {{{"(Can|Could|Would|Will) you help me(?| please?)", "I (need|want|could use) (some |your |)help(.|!|)",
         "(Help me|Please help)(.|!|)", "(I have|Can I ask|May I ask|I want to ask) (a|you a|one) question(.|?|)"},
        {"Do you have a minute for me?", "There's something I'd like to ask."}},
       "gladly",
       {"Gladly. What is your question?"}},
  };
  return all;
}

// Out of scope: the future, the user's life, news, opinions, private matters, things that a small model never learned.
const Wordings& unknowable() {
  static const Wordings all = {
      {
          "(What|How) (will|is going to) (the weather|the price of gold|the stock market|the world) (be|do|look) (like "
          "|)(tomorrow|next week|next year|today|in ten years)?",
          "(Will it|Is it going to|Does it) (rain|snow|be sunny|be cold) (tomorrow|today|next week|on Sunday)?",
          "(What|How) is the weather (today|now|in Paris|in London|outside|like)?",
          "(What|Which) (time|day|date|year) is it (now|today|right now)?",
          "What (time|is the time|is the date|is today's date)(| is it)?",
          "(What is|What's|Do you know|Guess|Tell me) my (name|age|birthday|address|phone number|favourite "
          "colour|favourite food|job|password|mother's name|dog's name|cat's name)(?|.|)",
          "(Where|How) (do I live|am I|did I put my keys|is my phone|is my bag|old am I|tall am I)?",
          "Who (will win|is going to win|won) (the next election|the game|the match|the world cup|the race|the "
          "lottery|yesterday's game)?",
          "(What are|Tell me|Which are|What will be) (the winning|next week's|tomorrow's) (lottery "
          "numbers|numbers|news|headlines)(?|.|)",
          "(What|Which) (happened|was in the news|is new|is in the news) (today|yesterday|this morning|last night)?",
          "How (many|much) (hairs are on my head|money is in my pocket|coins do I have in my pocket|money do I "
          "have|people are in my house|birds are outside)?",
          "What (am I|is {name}|are they|is my friend) (thinking|doing|feeling|eating|wearing)(| now| right now)?",
          "(What did|Where did|When did) (I|{name}|my friend|my neighbour) (eat|go|sleep|say|buy|do) (yesterday|last "
          "night|this morning|last week)?",
          "When will (I|{name}|the world|my train|my parcel) (die|end|marry|arrive|come|be rich)?",
          "(What|How much) is the (price|cost) of (bread|gold|a ticket to Rome|oil|a house|this phone|Bitcoin) "
          "(today|now)?",
          "(Who|What) is {name}(|'s brother|'s wife|'s teacher|'s phone number|'s address)?",
          "(Where is|Do you know|Have you seen) {name}(?| now?)",
          "(How|What) did the (film|book|game|party|story) (last night|yesterday|I saw|I read) end?",
          "(What is|Tell me) the (meaning of life|secret of happiness|largest prime number|last digit of pi)(?|.|)",
          "(Is there|Are there|Do you believe in) (life on other planets|a god|ghosts|aliens|life after death)?",
          "(Who|What) (is|was) the (president|prime minister|king|richest person|fastest runner|mayor) (of my town|of "
          "the world|of Atlantis|of the moon|in the year 3000|now)?",
          "(Which|What) (stock|share|car|phone|house) should I buy?",
          "(Should I|Shall I|May I) (marry {name}|quit my job|sell my house|move to Spain|call {name}|take this "
          "medicine)?",
          "(Translate|Say) (this|good morning|I love you|the word house) (into|in) "
          "(Chinese|Finnish|Swahili|Latin|Klingon)(.|)",
          "(Write|Compose|Make|Draw|Paint) (me |)(a novel|a symphony|a long poem|an essay about {name}|a picture of a "
          "cat|a song)(.|)",
          "(Prove|Solve) (the Riemann hypothesis|Fermat's last theorem|P = NP|world hunger)(.|)",
          "How many (grains of sand|fish|leaves|ants|stars) are there (in the world|on Earth|in this room|in the sky)?",
          "(What|Which) (song|film|book|food) (do I like|does {name} like|will I like) (best|most)?",
          "(What is|Tell me) the (square root|logarithm|sine|cube root) of {n}(?|.|)",
          "(What is|What's|Calculate) {n} divided by (zero|0)?",
          "(Call|Text|Email|Phone) {name} (for me|now|please)(.|)",
          "(Order|Buy|Book|Get) (me |)(a pizza|a taxi|a flight|a hotel room|a train ticket)(.|)",
          "(Set|Start) (an alarm|a timer) for (seven|ten minutes|tomorrow)(.|)",
          "(Play|Sing|Show me) (some music|a song|a video|a film|pictures of {place})(.|)",
          "What (does|did) {name} (want|think of me|say about me|dream of)?",
          "How (far|long) is it to (my house|the next shop|{place}|grandma's house)?",
          "(Which|What) (team|horse|player|number) will (win|come first|be drawn)(| tomorrow| next)?",
      },
      {
          "Do I need an umbrella this afternoon?",
          "What did I have for breakfast?",
          "Is my boss in a good mood right now?",
          "Which numbers will come up in the next lottery draw?",
          "Who is going to be our mayor after the vote?",
          "hey whats the time",
          "What's the name of my first teacher?",
          "Who is knocking at my door?",
          "How much change is lying under my sofa?",
          "What will I be doing on this date in five years?",
          "Tell me what my cat is up to at the moment.",
          "What's the score of the match that is on now?",
          "Can you find out where {name} parked the car?",
          "What is written on the paper in my hand?",
      }};
  return all;
}

}  // namespace

Problem make_talk(Random& random, Split split) { return ask_known(small_talk(), random, split); }

Problem make_unknown(Random& random, Split split) {
  static const std::vector<std::string> answers = {"I don't know."};
  Problem p;
  p.question = ask(unknowable(), random, split, {{"n", std::to_string(random.between(2, 999))}});
  p.answer = random.pick(answers) + (random.chance(0.5) ? " I am a small model and know very little." : "");
  p.key = "don't know|do not know|cannot|can't";
  p.kind = KeyKind::phrases;
  return p;
}

}  // namespace octet::tasks
