#include "octet/tasks/arithmetic.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/tasks/numeral.h"

namespace octet::tasks {
namespace {

int64_t digit_at(const std::string& number, size_t column) { return number[number.size() - 1 - column] - '0'; }

std::string answer_line(int64_t value) { return fmt::format("Answer: {}", value); }

}  // namespace

std::string add_steps(int64_t a, int64_t b) {
  int width = std::max(digits(a), digits(b));
  std::string x = padded(a, width), y = padded(b, width), out = x + "+" + y + "\n";
  int64_t carry = 0;
  for (size_t k = 0; k < x.size(); ++k) {
    int64_t sum = digit_at(x, k) + digit_at(y, k) + carry;
    out += fmt::format("{}+{}+{}={:02}\n", digit_at(x, k), digit_at(y, k), carry, sum);
    carry = sum / 10;
  }
  return out + answer_line(a + b);
}

std::string subtract_steps(int64_t a, int64_t b) {
  int width = std::max(digits(a), digits(b));
  std::string x = padded(a, width), y = padded(b, width), out = x + "-" + y;
  if (a < b) {
    std::swap(x, y);
    out += "<0\n" + x + "-" + y;
  }
  out += "\n";
  int64_t borrow = 0;
  for (size_t k = 0; k < x.size(); ++k) {
    int64_t difference = digit_at(x, k) - digit_at(y, k) - borrow;
    int64_t lent = difference < 0 ? 1 : 0;
    out += fmt::format("{}-{}-{}+{}0={}\n", digit_at(x, k), digit_at(y, k), borrow, lent, difference + 10 * lent);
    borrow = lent;
  }
  return out + answer_line(a - b);
}

std::string multiply_steps(int64_t a, int64_t digit) {
  std::string x = std::to_string(a), out = fmt::format("{}*{}\n", a, digit);
  int64_t carry = 0;
  for (size_t k = 0; k < x.size(); ++k) {
    int64_t product = digit_at(x, k) * digit + carry;
    out += fmt::format("{}*{}+{}={:02}\n", digit_at(x, k), digit, carry, product);
    carry = product / 10;
  }
  return out + answer_line(a * digit);
}

}  // namespace octet::tasks
