// Formulas as text: what `--explain` prints is what was computed, and a claim may state its own sum.
//
//   cost = gpu_hours * price        + - * / ^ ( ), names, plain numbers, [8 GPU/node] for a number with its unit,
//                                   min(a, b), max(a, b), ceil(a), annuity(capital, yearly_rate, time)
//
// Dimensions are carried along: adding dollars to hours is an Error that names both.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/error.h"
#include "octet/plan/cost/quantity.h"

namespace octet::plan {

// A formula that adds or compares what has different units, or raises a unit to no whole power.
struct UnitError : Error {
  using Error::Error;
};

class Expression {
 public:
  struct Node;

  // Error{config} naming `what` and the place in the text. At most 2000 characters, nested at most 100 deep.
  Expression(std::string_view text, std::string_view what);

  using Lookup = std::function<Quantity(const std::string& name)>;
  Quantity evaluate(const Lookup& lookup) const;  // Error{config} on unlike units or division by zero

  std::vector<std::string> names() const;  // in order of appearance, each once
  // The terms that are added up at the top, each as the names in it: a sum that counts something twice shows here.
  std::vector<std::vector<std::string>> addends() const;
  const std::string& text() const { return text_; }

 private:
  std::string text_, what_;
  std::shared_ptr<const Node> root_;
};

// The level payment a second that repays `capital` over `seconds` at `yearly_rate`, compounded monthly.
double annuity(double capital, double yearly_rate, double seconds);

}  // namespace octet::plan
