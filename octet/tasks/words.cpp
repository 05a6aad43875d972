#include "octet/tasks/words.h"

namespace octet::tasks {

const std::vector<std::string>& common_words() {
  static const std::vector<std::string> all = {
      "apple",    "banana",    "orange",   "lemon",    "cherry",    "grape",      "peach",     "melon",
      "berry",    "plum",      "pear",     "tomato",   "potato",    "carrot",     "onion",     "pepper",
      "garlic",   "bread",     "butter",   "cheese",   "milk",      "water",      "coffee",    "sugar",
      "honey",    "salt",      "rice",     "soup",     "salad",     "pasta",      "pizza",     "cake",
      "candy",    "chocolate", "biscuit",  "house",    "garden",    "window",     "door",      "kitchen",
      "table",    "chair",     "lamp",     "carpet",   "mirror",    "bottle",     "basket",    "bucket",
      "hammer",   "pencil",    "paper",    "letter",   "book",      "library",    "school",    "teacher",
      "student",  "lesson",    "computer", "machine",  "engine",    "wheel",      "train",     "plane",
      "boat",     "ship",      "bicycle",  "car",      "truck",     "bridge",     "tunnel",    "street",
      "road",     "river",     "mountain", "valley",   "forest",    "desert",     "island",    "ocean",
      "beach",    "cloud",     "rain",     "snow",     "storm",     "thunder",    "wind",      "summer",
      "winter",   "spring",    "autumn",   "morning",  "evening",   "night",      "monday",    "dog",
      "cat",      "horse",     "cow",      "sheep",    "goat",      "rabbit",     "mouse",     "tiger",
      "lion",     "elephant",  "monkey",   "giraffe",  "zebra",     "camel",      "bear",      "wolf",
      "fox",      "eagle",     "heron",    "sparrow",  "pigeon",    "chicken",    "duck",      "goose",
      "turtle",   "frog",      "snake",    "spider",   "butterfly", "flower",     "rose",      "tulip",
      "daisy",    "tree",      "leaf",     "branch",   "grass",     "stone",      "metal",     "gold",
      "silver",   "copper",    "iron",     "glass",    "wood",      "cotton",     "silk",      "wool",
      "leather",  "shirt",     "jacket",   "trousers", "shoe",      "sock",       "glove",     "hat",
      "scarf",    "pocket",    "button",   "needle",   "thread",    "family",     "mother",    "father",
      "sister",   "brother",   "uncle",    "aunt",     "cousin",    "friend",     "neighbour", "doctor",
      "nurse",    "farmer",    "baker",    "pilot",    "sailor",    "soldier",    "king",      "queen",
      "prince",   "castle",    "village",  "city",     "country",   "world",      "planet",    "moon",
      "star",     "sun",       "light",    "shadow",   "colour",    "yellow",     "purple",    "green",
      "blue",     "brown",     "black",    "white",    "music",     "guitar",     "piano",     "violin",
      "drum",     "song",      "dance",    "theatre",  "picture",   "camera",     "story",     "poem",
      "word",     "language",  "number",   "question", "answer",    "problem",    "science",   "history",
      "nature",   "energy",    "power",    "market",   "money",     "coin",       "price",     "ticket",
      "present",  "birthday",  "holiday",  "party",    "dream",     "smile",      "tooth",     "finger",
      "hand",     "shoulder",  "knee",     "heart",    "brain",     "blood",      "muscle",    "health",
      "sleep",    "hunger",    "ladder",   "rope",     "candle",    "fire",       "smoke",     "kettle",
      "spoon",    "fork",      "knife",    "plate",    "cup",       "strawberry", "raspberry", "pineapple",
      "mushroom", "cucumber",  "pumpkin",  "walnut",   "almond",    "vanilla",    "cinnamon",  "mississippi",
      "balloon",  "puzzle",    "jigsaw",   "rocket",   "robot",     "pyramid",    "volcano",   "waterfall",
      "rainbow",  "lantern",   "compass",  "anchor",   "feather",   "blanket",    "pillow",    "octet",
      "token",    "model",     "layer",    "expert",   "tensor",    "memory",     "kernel"};
  return all;
}

std::string made_up_word(Random& random) {
  static const std::string consonants = "bcdfghjklmnprstvwz", vowels = "aeiou";
  std::string word;
  auto length = static_cast<size_t>(random.between(3, 8));
  bool vowel = random.chance(0.3);
  while (word.size() < length) {
    const std::string& letters = vowel ? vowels : consonants;
    word += letters[random.below(letters.size())];
    vowel = random.chance(0.1) ? vowel : !vowel;
  }
  return word;
}

std::string spelling_word(Random& random) {
  return random.chance(0.75) ? random.pick(common_words()) : made_up_word(random);
}

std::string quoted(const std::string& word, Random& random) {
  switch (random.below(4)) {
    case 0:
      return "'" + word + "'";
    case 1:
      return "\"" + word + "\"";
    default:
      return word;
  }
}

}  // namespace octet::tasks
