#include <algorithm>

#include "octet/plan/audit/published.h"
#include "octet/plan/cost/picture.h"

namespace octet::plan {

const char* name(Basis basis) {
  return basis == Basis::exact ? "exact" : basis == Basis::calibrated ? "calibrated" : "predicted";
}

namespace {

// Five digits: 671.03B, 120.96, 70,272.
std::string five_digits(double value) {
  for (auto [factor, unit] : {std::pair{1e12, "T"}, {1e9, "B"}, {1e6, "M"}})
    if (value >= factor) return fmt::format("{:.5g}{}", value / factor, unit);
  return value >= 1000 ? format_number(value) : fmt::format("{:.5g}", value);
}

std::string shown(double value, const std::string& unit) {
  if (unit == "$") return value < 100 ? fmt::format("${:.3f}", value) : "$" + five_digits(value);
  return unit.empty() ? five_digits(value) : five_digits(value) + " " + unit;
}

}  // namespace

Json to_json(const std::vector<Case>& cases) {
  Json list = Json::array();
  size_t within = 0;
  for (const Case& c : cases) {
    within += c.within();
    list.push_back({{"what", c.what},
                    {"basis", name(c.basis)},
                    {"unit", c.unit},
                    {"published", c.published},
                    {"octet", c.octet},
                    {"interval", {{"low", c.low}, {"high", c.high}}},
                    {"error", c.error()},
                    {"allowed", c.allowed},
                    {"within", c.within()},
                    {"source", c.source}});
  }
  return {{"cases", list}, {"within", within}, {"of", cases.size()}};
}

std::string table(const std::vector<Case>& cases) {
  std::string out;
  for (Basis basis : {Basis::exact, Basis::calibrated, Basis::predicted}) {
    out += fmt::format("{}\n", name(basis));
    for (const Case& c : cases) {
      if (c.basis != basis) continue;
      std::string range = c.low == c.high ? "" : fmt::format("{} to {}", format_number(c.low), format_number(c.high));
      out += fmt::format("  {:<56} {:>18} {:>18} {:>6.1f} % {:>18}{}\n", c.what, shown(c.published, c.unit),
                         shown(c.octet, c.unit), c.error() * 100, range,
                         c.within() ? "" : fmt::format("  MISSED: {:.1f} % allowed", c.allowed * 100));
    }
  }
  return fmt::format("  {:<56} {:>18} {:>18} {:>8} {:>18}\n{}", "", "published", "octet", "error", "octet's 80 %", out);
}

std::string svg(const std::vector<Case>& cases) {
  std::vector<const Case*> shown_cases;
  for (const Case& c : cases)
    if (c.basis != Basis::exact) shown_cases.push_back(&c);
  constexpr double left = 430, width = 480, row = 24, most = 0.4;
  auto x = [&](double error) { return left + width / 2 + std::clamp(error, -most, most) / most * width / 2; };
  double height = 70 + row * static_cast<double>(shown_cases.size());
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 {0:.0f}\" role=\"img\" aria-label=\"Prediction "
      "against publication\">\n"
      "<style>text{{font-family:sans-serif;font-size:12.5px;fill:#222}}.t{{font-size:17px;font-weight:bold}}.e{{text-"
      "anchor:end}}.m{{text-anchor:middle}}</style>\n"
      "<rect width=\"960\" height=\"{0:.0f}\" fill=\"#fff\"/>\n<text class=\"t\" x=\"20\" y=\"28\">octet's figure over "
      "the published one (grey: allowed; line: octet's 80 %)</text>\n",
      height);
  for (int percent : {-40, -20, 0, 20, 40})
    out += fmt::format(
        "<text class=\"m\" x=\"{0:.1f}\" y=\"52\">{1:+d} %</text><path d=\"M{0:.1f} 56V{2:.0f}\" stroke=\"{3}\"/>\n",
        x(percent / 100.0), percent, height - 8, percent == 0 ? "#888" : "#e4e4e4");
  double y = 74;
  for (const Case* c : shown_cases) {
    const char* colour = !c->within() ? "#d1495b" : c->basis == Basis::calibrated ? "#89a" : "#2a6f97";
    out +=
        fmt::format("<text class=\"e\" x=\"{:.0f}\" y=\"{:.1f}\">{}</text>\n", left - 14, y + 4, escape_xml(c->what));
    out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"14\" fill=\"#e8e8e8\"/>\n",
                       x(-c->allowed), y - 7, x(c->allowed) - x(-c->allowed));
    if (c->low != c->high)
      out += fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"{}\" stroke-width=\"2\"/>\n",
                         x(c->low / c->published - 1), y, x(c->high / c->published - 1), colour);
    out += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\"><title>{}</title></circle>\n", x(c->error()), y,
        colour,
        escape_xml(fmt::format("{}: published {}, octet {}, {:+.1f} % ({})", c->what, shown(c->published, c->unit),
                               shown(c->octet, c->unit), c->error() * 100, name(c->basis))));
    y += row;
  }
  return out + "</svg>\n";
}

}  // namespace octet::plan
