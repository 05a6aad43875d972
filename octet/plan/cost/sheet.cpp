#include "octet/plan/cost/sheet.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"

namespace octet::plan {

const char* name(Tag tag) { return tag == Tag::measured ? "measured" : tag == Tag::stated ? "stated" : "assumed"; }

namespace {

template <class List>
auto* find(List& list, const std::string& key) {
  auto it = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.key == key; });
  return it == list.end() ? nullptr : &*it;
}

double swing_value(const Input& input, const std::string& swung, bool high) {
  return input.key != swung ? input.value.mid : high ? input.value.high : input.value.low;
}

}  // namespace

void Sheet::input(Input input) {
  check(input.value.low <= input.value.mid && input.value.mid <= input.value.high, "an input's range is out of order");
  if (Input* old = find(inputs_, input.key))
    *old = std::move(input);
  else
    inputs_.push_back(std::move(input));
}

bool Sheet::has(const std::string& key) const { return find(inputs_, key) || find(lines_, key); }

const Line& Sheet::at(const std::string& key) const {
  const Line* line = find(lines_, key);
  check(line != nullptr, "no line " + key);
  return *line;
}

const Input& Sheet::input_at(const std::string& key) const {
  const Input* input = find(inputs_, key);
  check(input != nullptr, "no input " + key);
  return *input;
}

double Sheet::in_unit(const std::string& key) const {
  if (const Input* input = find(inputs_, key)) return input->value.mid / parse_unit(input->unit, key).scale;
  return at(key).value.mid / parse_unit(at(key).unit, key).scale;
}

// The value of a line or input with one input swung: lines are evaluated afresh, all the way down.
double Sheet::evaluate(const std::string& key, const std::string& swung, bool high) const {
  if (const Input* input = find(inputs_, key)) return swing_value(*input, swung, high);
  std::map<std::string, double> memo;
  std::function<Quantity(const std::string&)> look = [&](const std::string& name) -> Quantity {
    if (const Input* input = find(inputs_, name)) return {swing_value(*input, swung, high), input->dimension};
    const Line& line = at(name);
    auto known = memo.find(name);
    if (known == memo.end()) known = memo.emplace(name, line.formula.evaluate(look).value).first;
    return {known->second, line.dimension};
  };
  return look(key).value;
}

const Line& Sheet::line(const std::string& key, const std::string& unit, const std::string& label,
                        const std::string& formula) {
  check(!has(key), "a second line " + key);
  Line line{key, unit, label, Expression(formula, title_), {}, {}, Tag::measured};
  auto look = [&](const std::string& name) -> Quantity {
    if (const Input* input = find(inputs_, name)) {
      line.tag = std::max(line.tag, input->tag);
      return {input->value.mid, input->dimension};
    }
    if (!has(name))
      throw Error(ErrorKind::config, fmt::format("{}: the price book lacks '{}', which {} needs", title_, name, key),
                  "its formula is " + formula);
    const Line& used = at(name);
    line.tag = std::max(line.tag, used.tag);
    return {used.value.mid, used.dimension};
  };
  Quantity mid = line.formula.evaluate(look);
  line.dimension = mid.dimension;
  Dimension wanted = parse_unit(unit, key).dimension;
  if (mid.dimension != wanted)
    throw Error(ErrorKind::config,
                fmt::format("{}: {} comes out in {}, not in {}", title_, key, octet::plan::name(mid.dimension), unit),
                "the unit of one of its inputs does not suit: " + formula);
  line.value = {mid.value, mid.value, mid.value};
  lines_.push_back(line);
  Line& stored = lines_.back();
  double below = 0, above = 0;
  for (const Swing& swing : tornado(key)) {
    double worst = std::min({swing.low, swing.high, mid.value}), best = std::max({swing.low, swing.high, mid.value});
    below += (mid.value - worst) * (mid.value - worst);
    above += (best - mid.value) * (best - mid.value);
  }
  stored.value = {mid.value - std::sqrt(below), mid.value, mid.value + std::sqrt(above)};
  return stored;
}

std::vector<Swing> Sheet::tornado(const std::string& line) const {
  std::vector<Swing> out;
  for (const Input& input : inputs_) {
    if (input.value.exact()) continue;
    Swing swing{input.key, evaluate(line, input.key, false), evaluate(line, input.key, true)};
    if (swing.low != swing.high) out.push_back(swing);
  }
  std::stable_sort(out.begin(), out.end(), [](const Swing& a, const Swing& b) {
    return std::fabs(a.high - a.low) > std::fabs(b.high - b.low);
  });
  return out;
}

namespace {

Json range_json(const Range& range, const std::string& unit, Json out) {
  double scale = parse_unit(unit.empty() ? "1" : unit, "unit").scale;
  out["value"] = range.mid / scale;
  out["low"] = range.low / scale;
  out["high"] = range.high / scale;
  out["unit"] = unit;
  return out;
}

}  // namespace

Json to_json(const Sheet& sheet) {
  Json out = {{"view", sheet.view()}, {"title", sheet.title()}, {"lines", Json::array()}, {"inputs", Json::array()}};
  for (const Line& line : sheet.lines()) {
    Json item = range_json(line.value, line.unit, {{"key", line.key}, {"label", line.label}});
    item["tag"] = name(line.tag);
    item["formula"] = line.formula.text();
    item["inputs"] = line.formula.names();
    out["lines"].push_back(std::move(item));
  }
  for (const Input& input : sheet.inputs()) {
    Json item = range_json(input.value, input.unit, {{"key", input.key}});
    item["tag"] = name(input.tag);
    item["source"] = input.source;
    out["inputs"].push_back(std::move(item));
  }
  return out;
}

Json tornado_json(const Sheet& sheet, const std::string& line) {
  const Line& subject = sheet.at(line);
  double scale = parse_unit(subject.unit, line).scale;
  Json bars = Json::array();
  for (const Swing& swing : sheet.tornado(line))
    bars.push_back({{"input", swing.input},
                    {"low", swing.low / scale},
                    {"high", swing.high / scale},
                    {"tag", name(sheet.input_at(swing.input).tag)}});
  return {{"line", line}, {"unit", subject.unit}, {"value", subject.value.mid / scale}, {"swings", bars}};
}

std::string explain(const Sheet& sheet) {
  std::string out = fmt::format("How '{}' was computed:\n", sheet.title());
  auto shown = [&](const std::string& key) {
    for (const Input& input : sheet.inputs())
      if (input.key == key) return format_quantity(input.value.mid, input.unit);
    return format_quantity(sheet.at(key).value.mid, sheet.at(key).unit);
  };
  for (const Line& line : sheet.lines()) {
    out += fmt::format("  {} = {}\n", line.key, line.formula.text());
    out += fmt::format("    = {}", format_quantity(line.value.mid, line.unit));
    if (!line.value.exact())
      out += fmt::format(", 80 % from {} to {}", format_quantity(line.value.low, line.unit),
                         format_quantity(line.value.high, line.unit));
    std::vector<std::string> parts;
    for (const auto& key : line.formula.names()) parts.push_back(fmt::format("{} {}", key, shown(key)));
    out += fmt::format("  [{}; from {}]\n", name(line.tag), fmt::join(parts, ", "));
  }
  out += "  inputs:\n";
  for (const Input& input : sheet.inputs()) {
    out += fmt::format("    {} = {}", input.key, format_quantity(input.value.mid, input.unit));
    if (!input.value.exact())
      out += fmt::format(" ({} to {})", format_quantity(input.value.low, input.unit),
                         format_quantity(input.value.high, input.unit));
    out += fmt::format("  {}: {}\n", name(input.tag), input.source);
  }
  return out;
}

}  // namespace octet::plan
