// What the parts of `octet cost` share in printing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/cost.h"
#include "octet/base/json.h"
#include "octet/plan/cost/sheet.h"

namespace octet::app {

std::string home();  // app/command.h, which would bring the flags' library along

void say(std::string_view text);  // to stdout

// A sheet as JSON (`extra` first), or its lines `keys` as bars, the tornado of `total`, and with --explain all sums.
int print_sheet(const CostFlags& flags, const plan::Sheet& sheet, const std::vector<std::string>& keys,
                const std::string& total, Json extra = Json::object());

}  // namespace octet::app
