// Numbers as people write them, and the draws that all arithmetic families share.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/random.h"
#include "octet/tasks/problem.h"

namespace octet::tasks {

std::string in_words(int64_t n);                 // 0 … 9999: "forty-two", "three hundred and five"
std::string padded(int64_t n, int width);        // "007"
int digits(int64_t n);                           // of n >= 0; 1 for 0
int64_t with_digits(Random& random, int count);  // uniform over the numbers of that many digits (0 … 9 for one)
int64_t everyday_number(Random& random, int most_digits);  // mostly two and three digits

// How one question writes its numbers: plain digits; from 1,000 on sometimes with commas; below 100 rarely in words.
class NumeralStyle {
 public:
  explicit NumeralStyle(Random& random);
  std::string write(int64_t n) const;

 private:
  bool commas_, words_;
};

// Whether a problem belongs to the evaluation: one in eight, by a hash of its canonical operands ("add 347 85").
bool is_heldout(std::string_view canonical);

// Draws until the problem is on the side that the split asks for. `draw` returns the operands, `canonical` their text.
template <class Draw, class Canonical>
auto draw_for(Split split, Draw&& draw, Canonical&& canonical) {
  for (;;) {
    auto operands = draw();
    if (is_heldout(canonical(operands)) == (split != Split::train)) return operands;
  }
}

}  // namespace octet::tasks
