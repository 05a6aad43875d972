// Pictures of sheets: bars for the terminal, SVG for documents. Every length is to scale with the value beside it.
#pragma once
#include <string>
#include <vector>

#include "octet/plan/cost/sheet.h"

namespace octet::plan {

// One line each: label, bar in eighths of a character, value with its interval. `keys` names lines of the sheet, which
// must have one unit. `width` is the terminal's.
std::string bars(const Sheet& sheet, const std::vector<std::string>& keys, int width);

// The tornado of a line, at most `most` inputs: "life  |----####|####--  $… to $…".
std::string tornado_text(const Sheet& sheet, const std::string& line, int width, size_t most = 8);

// The run inside the company's year: three panels, one a view, each with a scale of its own, and the run drawn to scale
// inside the year.
std::string company_svg(const Sheet& rental, const Sheet& amortised, const Sheet& organisation);

// Text that may stand in SVG or HTML.
std::string escape_xml(std::string_view text);

}  // namespace octet::plan
