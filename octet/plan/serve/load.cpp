// Reading a daily load and an objective.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "octet/base/error.h"
#include "octet/base/json.h"
#include "octet/base/units.h"
#include "octet/plan/cost/quantity.h"
#include "octet/plan/serve/day.h"

namespace octet::plan {

namespace {

// "a=1,b=2" as an object of strings.
Json pairs(const std::string& text, const char* flag, const char* example) {
  Json out = Json::object();
  for (size_t at = 0; at <= text.size();) {
    size_t comma = std::min(text.find(',', at), text.size());
    std::string item = text.substr(at, comma - at);
    at = comma + 1;
    size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error(ErrorKind::usage, fmt::format("{}: expected key=value, found '{}'", flag, printable(item)),
                  fmt::format("write for example {}", example));
    std::string key = item.substr(0, equals);
    if (out.contains(key))
      throw Error(ErrorKind::usage, fmt::format("{}: {} is given twice", flag, printable(key)), "give it once");
    out[key] = item.substr(equals + 1);
  }
  return out;
}

double share(const std::string& text, const std::string& what) {
  Written w = parse_quantity(text.find_first_not_of("0123456789.") == std::string::npos ? text + " x" : text, what);
  if (!w.quantity.dimension.none() || w.quantity.value > 1)
    throw Error(ErrorKind::usage, fmt::format("{}: expected a share up to 100 %, found '{}'", what, printable(text)));
  return w.quantity.value;
}

double count(const Fields& fields, const char* key, double low, double fallback) {
  const Json* value = fields.find(key);
  if (!value) return fallback;
  double n = value->is_string() ? parse_count(value->get<std::string>(), fields.where() + " " + key)
                                : fields.number(key, 0, 1e18);
  if (!(n >= low && n <= 1e18)) fields.fail(key, "a number of tokens");
  return n;
}

double plain(const Fields& fields, const char* key, double low, double high, double fallback) {
  const Json* value = fields.find(key);
  if (!value) return fallback;
  if (!value->is_string()) return fields.number(key, low, high);
  std::string text = value->get<std::string>();
  size_t used = 0;
  double x = 0;
  try {
    x = std::stod(text, &used);
  } catch (const std::exception&) {
  }
  if (used != text.size() || !(x >= low && x <= high))
    fields.fail(key, fmt::format("a number from {} to {}", low, high));
  return x;
}

// Peak over mean of a day that swells and ebbs once, highest at three in the afternoon.
std::array<double, 24> wave(double peak) {
  std::array<double, 24> out{};
  for (size_t h = 0; h < out.size(); ++h)
    out[h] = 1 + (peak - 1) * std::cos((static_cast<double>(h) - 15) / 12 * std::numbers::pi);
  return out;
}

std::array<double, 24> read_curve(const Fields& fields) {
  const Json* list = fields.find("curve");
  if (!list) return wave(plain(fields, "peak", 1, 2, 1));
  std::array<double, 24> out{};
  if (!list->is_array() || list->size() != out.size()) fields.fail("curve", "24 numbers, the load of each hour");
  double sum = 0;
  for (size_t h = 0; h < out.size(); ++h) {
    const Json& item = (*list)[h];
    if (!item.is_number() || !(item.get<double>() >= 0 && item.get<double>() < 1e12))
      fields.fail("curve", "24 numbers from 0");
    sum += out[h] = item.get<double>();
  }
  if (sum <= 0) fields.fail("curve", "some load in some hour");
  for (double& x : out) x *= 24 / sum;
  return out;
}

}  // namespace

DailyLoad read_load(const std::string& text) {
  Json json = text.ends_with(".toml")
                  ? read_toml(text)
                  : pairs(text, "--load", "input=608B,output=168B,hit=56.3%,context=4989,peak=1.23");
  Fields fields(json, text.ends_with(".toml") ? text : "--load");
  DailyLoad out;
  if (!fields.has("input")) fields.fail("input", "tokens a day, such as 608B");
  if (!fields.has("output")) fields.fail("output", "tokens a day, such as 168B");
  out.input = count(fields, "input", 1, 0), out.output = count(fields, "output", 1, 0);
  if (const Json* hit = fields.find("hit"))
    out.hit = hit->is_string() ? share(hit->get<std::string>(), "--load hit") : fields.number("hit", 0, 1);
  out.prompt = count(fields, "prompt", 1, 0), out.context = count(fields, "context", 1, 0);
  double answer = out.output / out.input;  // tokens of answer for a token of prompt
  if (out.prompt == 0) out.prompt = out.context > 0 ? out.context / (1 + answer / 2) : 4096;
  if (out.context == 0) out.context = out.prompt * (1 + answer / 2);
  if (out.context < out.prompt)
    throw Error(ErrorKind::usage,
                fmt::format("{}: a context of {} tokens cannot hold a prompt of {}", fields.where(),
                            format_count(out.context), format_count(out.prompt)),
                "context is what an output token sees: its prompt and the answer so far");
  if (!(out.prompt <= 1e8 && out.context <= 1e8))
    throw Error(ErrorKind::usage,
                fmt::format("{}: {} tokens in and {} out make sequences of {}", fields.where(), format_count(out.input),
                            format_count(out.output), format_count(out.context)),
                "check the units, or give prompt and context");
  if (out.hit >= 1) fields.fail("hit", "a share below 100 %");
  out.curve = read_curve(fields);
  fields.finish();
  return out;
}

Machine read_machine(const std::string& text) {
  Json json = pairs(text, "--machine", "prefill=900,decode=45,price=0.1");
  Fields fields(json, "--machine");
  Machine out;
  for (const char* key : {"prefill", "decode"})
    if (!fields.has(key)) fields.fail(key, "measured tokens a second");
  out.prefill = plain(fields, "prefill", 1e-3, 1e12, 0), out.decode = plain(fields, "decode", 1e-3, 1e12, 0);
  out.price = plain(fields, "price", 0, 1e6, 0.1);
  fields.finish();
  return out;
}

Objective parse_objective(const std::string& text) {
  Json json = pairs(text, "--slo", "ttft=2s,tpot=50ms");
  Fields fields(json, "--slo");
  Objective out;
  for (auto [key, target] : {std::pair{"ttft", &out.ttft}, {"tpot", &out.tpot}}) {
    if (!fields.has(key)) continue;
    Written w = parse_quantity(fields.string(key), std::string("--slo ") + key);
    if (w.quantity.dimension != parse_unit("s", key).dimension || w.quantity.value <= 0)
      throw Error(ErrorKind::usage, fmt::format("--slo {}: expected a time, found '{}'", key, w.text),
                  "write ttft=2s,tpot=50ms");
    *target = w.quantity.value;
  }
  fields.finish();
  return out;
}

}  // namespace octet::plan
