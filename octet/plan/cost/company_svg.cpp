// The picture of one run inside the company's year.
#include <algorithm>
#include <cmath>

#include "octet/plan/cost/picture.h"

namespace octet::plan {

namespace {

constexpr double left = 40, full = 880;
constexpr const char* run_colour = "#d1495b";

std::string text(double x, double y, std::string_view what, std::string_view more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, more, escape_xml(what));
}

std::string box(double x, double y, double w, double h, std::string_view colour, std::string_view title) {
  return fmt::format(
      "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"><title>{}</title></rect>\n", x, y,
      w, h, colour, escape_xml(title));
}

// Dollars without the unit's "/year": the heading says what the panel is about.
std::string dollars(const Line& line, double value) {
  return "$" + format_number(value / parse_unit(line.unit, line.key).scale);
}

std::string said(const Line& line) {
  std::string range = line.value.exact()
                          ? ""
                          : fmt::format(" ({} to {})", dollars(line, line.value.low), dollars(line, line.value.high));
  return fmt::format("{}: {}{}, {}", line.label, dollars(line, line.value.mid), range, name(line.tag));
}

// The lines as one bar of width `full` x value / scale, with a legend of two columns below.
std::string stack(const Sheet& sheet, const std::vector<std::string>& keys, double y, double height, double scale,
                  double& end_y) {
  constexpr const char* colours[] = {"#264653", "#2a6f97", "#468faf", "#89c2d9",
                                     "#e9c46a", "#f4a261", "#b5838d", "#6d597a"};
  std::string out;
  double x = left;
  size_t i = 0;
  double legend_y = y + height + 20;
  for (const auto& key : keys) {
    const Line& line = sheet.at(key);
    const char* colour = colours[i % std::size(colours)];
    double w = line.value.mid / scale * full;
    out += box(x, y, w, height, colour, said(line));
    double lx = left + static_cast<double>(i % 2) * full / 2, ly = legend_y + static_cast<double>(i / 2) * 17;
    out += box(lx, ly - 10, 11, 11, colour, line.label) + text(lx + 17, ly, said(line), "class=\"s\"");
    x += w, ++i;
  }
  end_y = legend_y + static_cast<double>((i + 1) / 2) * 17;
  return out;
}

std::string whiskers(const Line& line, double y, double scale) {
  double a = left + line.value.low / scale * full, b = left + line.value.high / scale * full;
  return fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}m0 -5v10M{:.1f} {:.1f}v10\" stroke=\"#222\" fill=\"none\"/>\n", a,
                     y, b - a, a, y - 5);
}

}  // namespace

std::string company_svg(const Sheet& rental, const Sheet& amortised, const Sheet& organisation) {
  const Line &run = rental.at("dollars"), &owned = amortised.at("dollars"), &year = organisation.at("year");
  std::string body;
  double y = 70;
  body += text(left, 34, "One run, three views that are never added to each other", "class=\"t\"");

  double run_scale = std::max(run.value.mid, owned.value.high) * 1.02;
  body += text(left, y, fmt::format("1  At a rental price, {}", said(run)), "class=\"h\"");
  body += stack(rental, {"pretraining", "context_extension", "post_training"}, y + 10, 26, run_scale, y);
  y += 24;
  body += text(left, y, fmt::format("2  At the owner's cost (scale of 1), {}", said(owned)), "class=\"h\"");
  double bar_y = y + 10;
  body += stack(amortised, {"capital", "electricity_paid", "colocation_paid", "hands_paid", "idle"}, bar_y, 26,
                run_scale, y);
  body += whiskers(owned, bar_y + 13, run_scale);
  y += 24;
  body += text(left, y, fmt::format("3  {}", said(year)), "class=\"h\"");
  bar_y = y + 10;
  double scale = year.value.high * 1.02;
  body += stack(organisation,
                {"servers_year", "network_year", "storage_year", "setting_up_year", "power_year", "colocation_year",
                 "hands_year", "staff_year"},
                bar_y, 90, scale, y);
  body += whiskers(year, bar_y + 45, scale);
  double year_seconds = parse_unit("year", "year").scale, w = run.value.mid / (scale * year_seconds) * full;
  body += box(left, bar_y, w, 90, run_colour, said(run));
  body += fmt::format("<path d=\"M{:.1f} {:.1f}l14 -14\" stroke=\"{}\" fill=\"none\"/>\n", left + w, bar_y + 52,
                      run_colour);
  body += text(left + w + 17, bar_y + 38,
               fmt::format("{}: the run of view 1, to scale ({} of the year)", format_quantity(run.value.mid, "$"),
                           format_quantity(run.value.mid / (year.value.mid * year_seconds), "%")),
               "class=\"w\"");
  y += 10;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 {0:.0f}\" role=\"img\" aria-label=\"{1}\">\n"
      "<style>text{{font-family:sans-serif;fill:#222}}.t{{font-size:19px;font-weight:bold}}.h{{font-size:14px;font-"
      "weight:bold}}"
      ".s{{font-size:11.5px}}.w{{font-size:13px;fill:#fff;font-weight:bold}}</style>\n"
      "<rect width=\"960\" height=\"{0:.0f}\" fill=\"#fff\"/>\n{2}</svg>\n",
      y + 10,
      escape_xml(fmt::format("The run at {} inside a year of {}", format_quantity(run.value.mid, "$"),
                             format_quantity(year.value.mid, "$/year"))),
      body);
}

}  // namespace octet::plan
