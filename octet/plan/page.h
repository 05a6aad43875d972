// One self-contained HTML page of tables and pictures: nothing is fetched, nothing runs.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "octet/plan/explained.h"

namespace octet::plan {

using Rows = std::vector<std::pair<std::string, double>>;

struct Series {  // one colour of a column chart
  std::string name;
  std::vector<double> values;
};

struct Point {  // of a scatter chart; `said` shows when the pointer rests on it
  double x = 0, y = 0;
  std::string said;
};

class Page {
 public:
  Page(const std::string& title, const std::string& below);

  // The first cell of a row is its heading; `columns` may be empty.
  void table(const std::string& heading, const std::vector<std::string>& columns,
             const std::vector<std::vector<std::string>>& rows);
  // One bar cut into the rows' shares, and a legend with their values divided by `scale`.
  void bar(const std::string& heading, const Rows& rows, const std::string& unit, double scale);
  // Stacked columns from left to right, all series of one length; the highest is labelled with `unit`.
  void columns(const std::string& heading, const std::vector<Series>& series, const std::string& unit,
               const std::string& caption);
  void points(const std::string& heading, const std::vector<Point>& points, const std::string& x_label,
              const std::string& y_label);
  void figure(const std::string& heading, const std::string& svg, const std::string& caption);
  void explained(const std::vector<Explained>& lines);

  std::string html() const { return body_ + "</html>\n"; }

  static const char* colour(size_t i);

 private:
  std::string body_;
};

}  // namespace octet::plan
