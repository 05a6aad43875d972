// The words of units. Nouns that only count (layers, parameters) have no dimension; GPUs, nodes, people, tokens, bytes,
// FLOP, seconds, joules and dollars have one each.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

#include "octet/base/error.h"
#include "octet/plan/cost/quantity.h"

namespace octet::plan {

namespace {

Unit unit(double scale, std::initializer_list<std::pair<Base, int>> powers) {
  Unit out{scale, {}};
  for (auto [base, power] : powers) out.dimension.power[static_cast<size_t>(base)] = static_cast<int8_t>(power);
  return out;
}

using Words = std::map<std::string, Unit, std::less<>>;

void add(Words& words, std::initializer_list<const char*> names, const Unit& meaning) {
  for (const char* name : names) words.emplace(name, meaning);
}

void add_time(Words& w) {
  auto seconds = [](double n) { return unit(n, {{Base::second, 1}}); };
  add(w, {"s", "sec", "second", "seconds"}, seconds(1));
  add(w, {"ms", "millisecond", "milliseconds"}, seconds(1e-3));
  add(w, {"us", "µs", "μs", "microsecond", "microseconds"}, seconds(1e-6));
  add(w, {"min", "minute", "minutes"}, seconds(60));
  add(w, {"h", "hr", "hrs", "hour", "hours"}, seconds(3600));
  add(w, {"d", "day", "days"}, seconds(86400));
  add(w, {"week", "weeks"}, seconds(7 * 86400));
  add(w, {"month", "months", "mo"}, seconds(730 * 3600.0));
  add(w, {"year", "years", "yr", "y", "annum"}, seconds(8760 * 3600.0));
}

void add_amounts(Words& w) {
  constexpr std::pair<const char*, double> decimal[] = {{"", 1},     {"K", 1e3},  {"k", 1e3},  {"M", 1e6},
                                                        {"G", 1e9},  {"T", 1e12}, {"P", 1e15}, {"E", 1e18},
                                                        {"Z", 1e21}, {"Y", 1e24}};
  constexpr std::pair<const char*, double> binary[] = {
      {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}};
  for (auto [prefix, factor] : decimal) {
    std::string p = prefix;
    auto byte = unit(factor, {{Base::byte, 1}}), flop = unit(factor, {{Base::flop, 1}});
    w.emplace(p + "B", byte);
    w.emplace(p + "byte", byte), w.emplace(p + "bytes", byte);
    for (const char* bit : {"bit", "bits", "b"}) w.emplace(p + bit, unit(factor / 8, {{Base::byte, 1}}));
    w.emplace(p + "bps", unit(factor / 8, {{Base::byte, 1}, {Base::second, -1}}));
    w.emplace(p + "FLOP", flop), w.emplace(p + "FLOPs", flop), w.emplace(p + "flop", flop),
        w.emplace(p + "flops", flop);
    w.emplace(p + "FLOPS", unit(factor, {{Base::flop, 1}, {Base::second, -1}}));
    w.emplace(p + "W", unit(factor, {{Base::joule, 1}, {Base::second, -1}}));
    w.emplace(p + "Wh", unit(factor * 3600, {{Base::joule, 1}}));
    w.emplace(p + "J", unit(factor, {{Base::joule, 1}}));
  }
  for (auto [prefix, factor] : binary) {
    w.emplace(std::string(prefix) + "B", unit(factor, {{Base::byte, 1}}));
    w.emplace(std::string(prefix) + "bytes", unit(factor, {{Base::byte, 1}}));
    w.emplace(std::string(prefix) + "bit", unit(factor / 8, {{Base::byte, 1}}));
  }
}

void add_things(Words& w) {
  add(w, {"$", "USD", "usd", "US$", "dollar", "dollars"}, unit(1, {{Base::dollar, 1}}));
  add(w, {"cent", "cents", "¢"}, unit(0.01, {{Base::dollar, 1}}));
  for (auto [prefix, factor] : {std::pair{"K", 1e3}, {"k", 1e3}, {"M", 1e6}, {"B", 1e9}}) {
    w.emplace(std::string(prefix) + "$", unit(factor, {{Base::dollar, 1}}));
    w.emplace(std::string(prefix) + "tokens", unit(factor, {{Base::token, 1}}));
  }
  add(w, {"GPU", "GPUs", "gpu", "gpus", "accelerator", "accelerators", "chip", "chips", "card", "cards", "TPU", "TPUs"},
      unit(1, {{Base::gpu, 1}}));
  for (const char* model : {"H800", "H100", "H200", "H20", "A100", "A800", "B200", "B300", "GB200", "GB300", "V100"}) {
    w.emplace(model, unit(1, {{Base::gpu, 1}}));
    w.emplace(std::string(model) + "s", unit(1, {{Base::gpu, 1}}));
  }
  add(w, {"endpoint", "endpoints"}, unit(1, {{Base::gpu, 1}}));
  add(w, {"node", "nodes", "server", "servers", "box", "boxes", "machine", "machines"}, unit(1, {{Base::node, 1}}));
  add(w,
      {"person", "people", "persons", "employee", "employees", "engineer", "engineers", "researcher", "researchers",
       "staff"},
      unit(1, {{Base::person, 1}}));
  add(w, {"token", "tokens", "tok", "toks"}, unit(1, {{Base::token, 1}}));
  add(w, {"K", "k", "thousand"}, unit(1e3, {}));
  add(w, {"M", "million", "Million"}, unit(1e6, {}));
  add(w, {"G", "billion", "Billion", "bn"}, unit(1e9, {}));
  add(w, {"T", "trillion", "Trillion"}, unit(1e12, {}));
  add(w, {"%", "percent"}, unit(0.01, {}));
  add(w, {"1", "x", "×", "times", "ratio", "fraction"}, unit(1, {}));
  add(w, {"parameter", "parameters", "param",   "params",   "weight",    "weights",  "layer",   "layers", "expert",
          "experts",   "head",       "heads",   "sequence", "sequences", "seq",      "seqs",    "prompt", "prompts",
          "request",   "requests",   "user",    "users",    "step",      "steps",    "model",   "models", "run",
          "runs",      "rank",       "ranks",   "device",   "devices",   "batch",    "batches", "update", "updates",
          "stage",     "stages",     "failure", "failures", "replica",   "replicas", "sample",  "samples"},
      unit(1, {}));
}

const Words& words() {
  static const Words all = [] {
    Words w;
    add_time(w);
    add_amounts(w);
    add_things(w);
    return w;
  }();
  return all;
}

// "1M" of "$ per 1M tokens": a number below the line.
std::optional<Unit> number_of(std::string_view word) {
  size_t digits = word.find_first_not_of("0123456789");
  if (digits == 0 || word.size() > 12) return std::nullopt;
  std::string_view rest = digits == std::string_view::npos ? "" : word.substr(digits);
  double factor = rest.empty() ? 1 : rest == "K" || rest == "k" ? 1e3 : rest == "M" ? 1e6 : rest == "B" ? 1e9 : 0;
  double value = factor * std::strtod(std::string(word.substr(0, digits)).c_str(), nullptr);
  if (value <= 0) return std::nullopt;
  return Unit{value, {}};
}

bool is_other_currency(std::string_view word) {
  constexpr std::string_view others[] = {"EUR", "euro", "euros", "€",   "CNY", "RMB", "yuan", "¥",  "GBP",
                                         "£",   "JPY",  "yen",   "INR", "KRW", "won", "CHF",  "CAD"};
  return std::find(std::begin(others), std::end(others), word) != std::end(others);
}

const Unit& look_up(std::string_view word, std::string_view whole, std::string_view what) {
  const Words& known = words();
  if (is_other_currency(word))
    throw Error(ErrorKind::config,
                fmt::format("{}: '{}' in '{}' is a currency, and octet computes in dollars", what, printable(word),
                            printable(whole)),
                "write the amount in dollars, at the rate of its day");
  auto found = known.find(word);
  if (found == known.end()) {
    std::string lower(word);
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    // Case carries meaning for bytes and FLOPs only; longer words may be written in any.
    if (lower.size() > 3 && !lower.ends_with("flops") && !lower.ends_with("bps")) found = known.find(lower);
  }
  if (found != known.end()) return found->second;
  std::string near = nearest_name(word, unit_names());
  throw Error(ErrorKind::config, fmt::format("{}: unknown unit '{}' in '{}'", what, printable(word), printable(whole)),
              near.empty()
                  ? "known are $, GPU, node, person, token, B/KiB/GB, FLOP, W, Wh, s to years, % and counted nouns "
                    "such as layers; '/' or 'per' divides, '-' joins"
                  : fmt::format("did you mean '{}'?", near));
}

}  // namespace

std::vector<std::string> unit_names() {
  std::vector<std::string> out;
  for (const auto& [word, meaning] : words()) out.push_back(word);
  return out;
}

Unit parse_unit(std::string_view text, std::string_view what) {
  constexpr std::string_view between =
      " \t-_*()";  // these join; "/", "per" and "a" put all that follows below the line
  Unit out;
  int sign = 1;
  bool any = false;
  for (size_t i = 0; i < text.size();) {
    if (between.find(text[i]) != std::string_view::npos) {
      ++i;
    } else if (text.substr(i).starts_with("·")) {
      i += 2;
    } else if (text[i] == '/') {
      sign = -1, ++i;
    } else {
      size_t end = i;
      while (end < text.size() && text[end] != '/' && between.find(text[end]) == std::string_view::npos &&
             !text.substr(end).starts_with("·"))
        ++end;
      std::string_view word = text.substr(i, end - i);
      i = end;
      if (word == "of") continue;
      if (word == "per" || word == "a" || word == "an" || word == "each") {
        sign = -1;
        continue;
      }
      std::optional<Unit> number = sign < 0 ? number_of(word) : std::nullopt;
      const Unit& meaning = number ? *number : look_up(word, text, what);
      out.scale *= sign > 0 ? meaning.scale : 1 / meaning.scale;
      out.dimension = sign > 0 ? out.dimension * meaning.dimension : out.dimension / meaning.dimension;
      any = true;
    }
  }
  if (!any)
    throw Error(ErrorKind::config, fmt::format("{}: '{}' is no unit", what, printable(text)),
                "write GPUs, GPU-hours, tokens/s, $ and the like");
  return out;
}

}  // namespace octet::plan
