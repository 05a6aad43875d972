// A sum that can be argued with: named inputs with ranges, tags and sources, and lines computed from them by formulas.
//
// Ranges. An input's low and high are read as the 10th and 90th percentile of what it may be, independent of the other
// inputs. For each line every input is swung to its low and to its high while the others stay at mid, and the swings
// are added as the root of their squares, below and above separately: the line's low to high is its 80 % interval.
// The same swings, sorted, are the tornado.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/plan/cost/expression.h"
#include "octet/plan/cost/quantity.h"

namespace octet::plan {

// From the surest to the least sure. A line is as sure as the least sure of its inputs.
enum class Tag { measured, stated, assumed };
const char* name(Tag tag);

struct Range {
  double low = 0, mid = 0, high = 0;
  bool exact() const { return low == high; }
};

struct Input {
  std::string key, unit;  // the unit it is printed in
  Range value;            // base units
  Dimension dimension;
  Tag tag = Tag::assumed;
  std::string source;
  bool set = false;  // by the user, in place of a book's value
};

struct Line {
  std::string key, unit, label;
  Expression formula;
  Range value;
  Dimension dimension;
  Tag tag = Tag::measured;
};

struct Swing {
  std::string input;
  double low = 0, high = 0;  // the line's value with this input at its low and at its high
};

class Sheet {
 public:
  Sheet(std::string view, std::string title) : view_(std::move(view)), title_(std::move(title)) {}

  void input(Input input);  // a second input of the same key replaces the first
  bool has(const std::string& key) const;
  // Computes at once. Error{config} if the formula names what is not there, or if an input's unit does not suit it.
  const Line& line(const std::string& key, const std::string& unit, const std::string& label,
                   const std::string& formula);

  const Line& at(const std::string& key) const;
  const Input& input_at(const std::string& key) const;
  double in_unit(const std::string& key) const;  // a line's or input's mid in the unit it is printed in
  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<Input>& inputs() const { return inputs_; }
  const std::string& view() const { return view_; }
  const std::string& title() const { return title_; }

  std::vector<Swing> tornado(const std::string& line) const;  // widest first; exact inputs are left out

 private:
  std::string view_, title_;
  std::vector<Input> inputs_;
  std::vector<Line> lines_;
  double evaluate(const std::string& key, const std::string& swung, bool high) const;
};

// {"view", "title", "lines": [{key, label, value, low, high, unit, tag, formula, inputs}], "inputs": [{key, value, low,
// high, unit, tag, source}]}, values in the units named beside them.
Json to_json(const Sheet& sheet);
Json tornado_json(const Sheet& sheet, const std::string& line);

// "key = formula = 2,664,000 GPU-hours x 2 $/GPU-hour = …", then each input with its tag and source.
std::string explain(const Sheet& sheet);

}  // namespace octet::plan
