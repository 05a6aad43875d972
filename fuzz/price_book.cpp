// Any text as a price book, and as the short texts that the planner's flags take: an Error of one line, or values that
// can be computed with.
#include <cmath>
#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "octet/base/error.h"
#include "octet/plan/cost/book.h"
#include "octet/plan/cost/expression.h"
#include "octet/plan/machine/fleet.h"
#include "octet/plan/serve/day.h"
#include "octet/plan/train/calibrate.h"
#include "octet/plan/train/cpu.h"

namespace {

using namespace octet;

void read_as_book(std::string_view text) {
  plan::Book book = plan::parse_book(text, "input");
  plan::Sheet sheet("input", book.title);
  plan::enter(book, sheet);
  for (const auto& value : book.values) {
    expect(std::isfinite(value.value.low) && std::isfinite(value.value.high));
    expect(value.value.low >= 0 && value.value.low <= value.value.mid && value.value.mid <= value.value.high);
    expect(!value.source.empty());
  }
  dump(plan::to_json(sheet));
  expect(!plan::explain(sheet).empty() || book.values.empty());
}

void read_as_flags(uint8_t kind, const std::string& text) {
  if (text.ends_with(".toml")) return;  // a path: what lies there is not this test's
  switch (kind) {
    case 0: {
      plan::DailyLoad load = plan::read_load(text);
      expect(load.input >= 1 && load.output >= 1 && load.hit >= 0 && load.hit < 1);
      break;
    }
    case 1:
      expect(plan::parse_objective(text).ttft > 0);
      break;
    case 2:
      expect(plan::read_machine(text).decode > 0);
      break;
    case 3:
      expect(plan::parse_layout(text).pp >= 1);
      break;
    case 4:
      expect(plan::read_fleet(text).gpus >= 1);
      break;
    case 5:
      expect(std::isfinite(plan::parse_quantity(text, "input").quantity.value));
      break;
    default: {
      plan::Expression formula(text, "input");
      formula.evaluate([](const std::string&) { return plan::Quantity{2, {}}; });
      expect(!formula.addends().empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    switch (data[0] % 10) {
      case 0:
        read_as_book(text);
        break;
      case 1:
        plan::read_measurements(parse_toml(text, "input"), "input");
        break;
      case 2: {
        Json recipe = parse_toml(text, "input");
        if (recipe.contains("model") && recipe["model"].is_object() && recipe["model"].contains("config")) break;
        plan::read_recipe(recipe, "input", "/nonexistent");
        break;
      }
      default:
        read_as_flags(static_cast<uint8_t>(data[0] % 10 - 3), text);
    }
  } catch (const Error& e) {
    expect(std::string_view(e.what()).find('\n') == std::string_view::npos);
  }
  return 0;
}
