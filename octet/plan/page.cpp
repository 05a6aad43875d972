#include "octet/plan/page.h"

#include <cmath>

#include "octet/plan/cost/picture.h"

namespace octet::plan {

namespace {

constexpr double page_width = 800, chart_height = 220;

std::string svg_open(double height, const std::string& label) {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">", page_width, height,
                     escape_xml(label));
}

std::string chart_text(double x, double y, const std::string& what, const char* anchor = "start") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor, escape_xml(what));
}

std::string legend_row(size_t i, const std::string& name, const std::string& cells) {
  return fmt::format("<tr><td><span style=\"background:{}\"></span>{}</td>{}</tr>", Page::colour(i), escape_xml(name),
                     cells);
}

}  // namespace

const char* Page::colour(size_t i) {
  static const char* const all[] = {"#4878a8", "#d98032", "#b0553a", "#5b9a68",
                                    "#c9c9c9", "#8a6bb1", "#a8914b", "#5aa3b5"};
  return all[i % std::size(all)];
}

Page::Page(const std::string& title, const std::string& below) {
  body_ = fmt::format(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title>"
      "<style>body{{font:15px/1.5 system-ui,sans-serif;max-width:860px;margin:2em auto;padding:0 1em;color:#222}}"
      "table{{border-collapse:collapse;margin:.5em 0}}td,th{{padding:.15em .8em .15em "
      "0;text-align:left;vertical-align:top;font-weight:normal}}thead th{{color:#555;border-bottom:1px solid #ccc}}"
      "figure{{margin:1em 0}}svg{{width:100%}}svg text{{font-size:11px;fill:#444}}"
      "td span{{display:inline-block;width:.8em;height:.8em;margin-right:.5em}}"
      "figcaption{{color:#555;font-size:13px}}</style><h1>{0}</h1><p>{1}</p>",
      escape_xml(title), escape_xml(below));
}

void Page::table(const std::string& heading, const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows) {
  if (!heading.empty()) body_ += fmt::format("<h2>{}</h2>", escape_xml(heading));
  body_ += "<table>";
  if (!columns.empty()) {
    body_ += "<thead><tr>";
    for (const auto& name : columns) body_ += fmt::format("<th scope=\"col\">{}</th>", escape_xml(name));
    body_ += "</tr></thead>";
  }
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (size_t i = 0; i < row.size(); ++i)
      body_ += i == 0 ? fmt::format("<th scope=\"row\">{}</th>", escape_xml(row[i]))
                      : fmt::format("<td>{}</td>", escape_xml(row[i]));
    body_ += "</tr>";
  }
  body_ += "</table>";
}

void Page::bar(const std::string& heading, const Rows& rows, const std::string& unit, double scale) {
  double sum = 0, x = 0;
  for (const auto& [label, value] : rows) sum += value;
  std::string svg = svg_open(48, heading), legend;
  size_t i = 0;
  for (const auto& [label, value] : rows) {
    size_t which = i++;
    if (value <= 0) continue;
    double width = page_width * value / sum;
    svg += fmt::format(
        "<rect x=\"{:.2f}\" y=\"4\" width=\"{:.2f}\" height=\"40\" fill=\"{}\"><title>{}: {:.3f} {}</title></rect>", x,
        width, colour(which), escape_xml(label), value / scale, escape_xml(unit));
    x += width;
    legend += legend_row(
        which, label,
        fmt::format("<td>{:.3f} {}</td><td>{:.1f} %</td>", value / scale, escape_xml(unit), 100 * value / sum));
  }
  body_ += fmt::format("<h2>{}</h2><figure>{}</svg><table>{}</table></figure>", escape_xml(heading), svg, legend);
}

void Page::columns(const std::string& heading, const std::vector<Series>& series, const std::string& unit,
                   const std::string& caption) {
  size_t n = series.empty() ? 0 : series.front().values.size();
  double most = 0;
  for (size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (const auto& one : series) sum += one.values[i];
    most = std::max(most, sum);
  }
  if (n == 0 || most <= 0) return;
  double step = page_width / static_cast<double>(n);
  std::string svg = svg_open(chart_height + 20, heading), legend;
  for (size_t i = 0; i < n; ++i) {
    double y = chart_height;
    for (size_t k = 0; k < series.size(); ++k) {
      double height = (chart_height - 20) * series[k].values[i] / most;
      y -= height;
      svg += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"><title>{}: {:.4g} "
          "{}</title></rect>",
          step * static_cast<double>(i) + 0.05 * step, y, 0.9 * step, height, colour(k), escape_xml(series[k].name),
          series[k].values[i], escape_xml(unit));
    }
  }
  svg += chart_text(0, 14, fmt::format("the highest: {:.4g} {}", most, unit));
  for (size_t k = 0; k < series.size(); ++k) legend += legend_row(k, series[k].name, "");
  body_ += fmt::format("<h2>{}</h2><figure>{}</svg><table>{}</table><figcaption>{}</figcaption></figure>",
                       escape_xml(heading), svg, legend, escape_xml(caption));
}

void Page::points(const std::string& heading, const std::vector<Point>& points, const std::string& x_label,
                  const std::string& y_label) {
  double right = 0, top = 0;
  for (const auto& p : points) right = std::max(right, p.x), top = std::max(top, p.y);
  if (right <= 0 || top <= 0) return;
  double left = 60, width = page_width - left - 20, height = chart_height;
  std::string svg = svg_open(height + 40, heading);
  svg += fmt::format("<path d=\"M{0} 10V{1}H{2}\" stroke=\"#888\" fill=\"none\"/>", left, height, page_width - 20);
  for (double part : {0.0, 0.5, 1.0}) {
    svg += chart_text(left + width * part, height + 16, fmt::format("{:.4g}", right * part), "middle");
    svg += chart_text(left - 6, height - (height - 20) * part, fmt::format("{:.4g}", top * part), "end");
  }
  for (const auto& p : points)
    svg += fmt::format(
        "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"4\" fill=\"{}\" fill-opacity=\"0.8\"><title>{}</title></circle>",
        left + width * p.x / right, height - (height - 20) * p.y / top, colour(0), escape_xml(p.said));
  svg += chart_text(left + width / 2, height + 34, x_label, "middle") + chart_text(left + 6, 20, y_label);
  figure(heading, svg + "</svg>", "");
}

void Page::figure(const std::string& heading, const std::string& svg, const std::string& caption) {
  body_ += fmt::format("<h2>{}</h2><figure>{}<figcaption>{}</figcaption></figure>", escape_xml(heading), svg,
                       escape_xml(caption));
}

void Page::explained(const std::vector<Explained>& lines) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : lines) rows.push_back({line.name, line.value, line.formula, line.source});
  table("Where each number comes from", {"number", "value", "formula", "source"}, rows);
}

}  // namespace octet::plan
