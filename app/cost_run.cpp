// A run by its hours or its plan, what bounds an exchange, and octet's own errors.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/cost.h"
#include "app/cost_print.h"
#include "app/plan.h"
#include "app/plan_flags.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/base/units.h"
#include "octet/plan/audit/published.h"
#include "octet/plan/cost/views.h"

namespace octet::app {

namespace {

double in_unit(const std::string& text, const char* unit, const char* flag) {
  auto written = plan::parse_quantity(text, flag);
  auto wanted = plan::parse_unit(unit, flag);
  if (written.quantity.dimension != wanted.dimension)
    throw Error(ErrorKind::usage, fmt::format("{}: expected {}, found '{}'", flag, unit, printable(text)));
  return written.quantity.value / wanted.scale;
}

// "2788K" or "2788K GPU-hours".
double count_or(const std::string& text, const char* unit, const char* flag) {
  bool bare = text.find_first_not_of("0123456789.,_KMBT") == std::string::npos;
  return bare ? parse_count(text, flag) : in_unit(text, unit, flag);
}

// A run that octet plans itself.
plan::Prediction planned_run(const CostFlags& flags) {
  plan::TrainPlan p;
  p.model = flags.model, p.config = arch::config_of(flags.model, home());
  if (flags.fleet.empty() || !flags.batch || !flags.seq || flags.tokens.empty())
    throw Error(ErrorKind::usage, "a run of --model needs --fleet, --batch, --seq and --tokens",
                "for example --fleet h800x2048 --layout pp=16,ep=64 --batch 15360 --seq 4096 --tokens 14.8T");
  p.fleet = plan::read_fleet(flags.fleet);
  p.layout = plan::parse_layout(flags.layout);
  p.batch = flags.batch, p.seq = flags.seq, p.schedule = flags.schedule;
  if (flags.precision != "fp8" && flags.precision != "bf16")
    throw Error(ErrorKind::usage,
                fmt::format("--precision: expected fp8 or bf16, found '{}'", printable(flags.precision)));
  p.precision = flags.precision == "fp8" ? plan::Precision::fp8 : plan::Precision::bf16;
  p.tokens = run_tokens(flags.tokens);
  return plan::predict(p);
}

plan::Hours hours_of(const plan::Prediction& run) {
  plan::Interval range = run.interval(run.gpu_hours);
  return {{range.low, run.gpu_hours, range.high}, plan::Tag::assumed, "octet plan train: " + run.spread_from};
}

plan::Hours stated_hours(const CostFlags& flags) {
  auto exactly = [](double hours, std::string source) {
    return plan::Hours{{hours, hours, hours}, plan::Tag::stated, std::move(source)};
  };
  if (!flags.gpu_hours.empty() && flags.gpus.empty() && flags.time.empty())
    return exactly(count_or(flags.gpu_hours, "GPU-hours", "--gpu-hours"), "--gpu-hours " + flags.gpu_hours);
  if (flags.gpu_hours.empty() && !flags.gpus.empty() && !flags.time.empty())
    return exactly(count_or(flags.gpus, "GPUs", "--gpus") * in_unit(flags.time, "hours", "--time"),
                   fmt::format("--gpus {} for --time {}", flags.gpus, flags.time));
  throw Error(ErrorKind::usage, "a run needs its GPU hours",
              "give --gpu-hours 2788K, or --gpus 512 and --time '198 h', or --model with its plan");
}

}  // namespace

int cost_run(const CostFlags& flags) {
  std::optional<plan::Prediction> planned;
  if (!flags.model.empty()) planned = planned_run(flags);
  plan::Hours hours = planned ? hours_of(*planned) : stated_hours(flags);
  bool bare = flags.price.find_first_not_of("0123456789.") == std::string::npos;
  double price = in_unit(bare ? flags.price + " $/GPU-hour" : flags.price, "$/GPU-hour", "--price");
  plan::Sheet sheet = plan::plain_run_view(hours, price);
  Json extra = {{"gpu_hours", hours.value.mid}, {"price", price}, {"dollars", hours.value.mid * price}};
  if (planned) extra["fits"] = planned->fits;
  int code = print_sheet(flags, sheet, {"dollars"}, "dollars", std::move(extra));
  if (!planned || planned->fits) return code;
  if (!flags.json)
    say(fmt::format("  this plan DOES NOT FIT: {:.1f} GiB of {:.1f} a GPU; octet plan train says what would\n",
                    planned->memory.total() / 0x1p30, planned->plan.fleet.gpu.hbm_usable / 0x1p30));
  return does_not_fit;
}

int cost_exchange_bound(const CostFlags& flags) {
  const plan::ExchangeLoad& l = flags.exchange;
  for (auto [flag, value] : {std::pair{"--tokens", l.tokens},
                             {"--copies", l.copies},
                             {"--hidden", l.hidden},
                             {"--bytes", l.bytes},
                             {"--layers", l.layers}})
    if (!(value > 0 && value < 1e12))
      throw Error(ErrorKind::usage, fmt::format("{}: expected a number above 0, found {}", flag, value));
  double bandwidth = in_unit(flags.bandwidth, "GB/s", "--bandwidth");
  if (bandwidth <= 0) throw Error(ErrorKind::usage, "--bandwidth: expected more than nothing");
  plan::ExchangeBound b = plan::exchange_bound(l, bandwidth * 1e9);
  const std::string source = "Insights into DeepSeek-V3 (ISCA 2025), section 2.3.2";
  const std::vector<plan::Explained> lines = {
      {"an exchange", fmt::format("{:.2f} us", b.exchange * 1e6),
       fmt::format("{:g} tokens x {:g} copies x {:g} numbers x {:g} bytes / {:g} GB/s", l.tokens, l.copies, l.hidden,
                   l.bytes, bandwidth),
       source},
      {"a step", fmt::format("{:.2f} ms", b.step * 1e3),
       fmt::format("2 exchanges, there and back counted together, x {:g} layers", l.layers), source},
      {"tokens a second of a user", fmt::format("{:.1f}", b.tokens_per_second), "1 / step: nothing else takes time",
       source}};
  flags.print(
      fmt::format("{:g} tokens x {:g} copies x {:g} numbers x {:g} bytes at {:g} GB/s: {:.2f} us; twice a layer, {:g} "
                  "layers: {:.2f} ms; {:.1f} tokens/s\n",
                  l.tokens, l.copies, l.hidden, l.bytes, bandwidth, b.exchange * 1e6, l.layers, b.step * 1e3,
                  b.tokens_per_second),
      {{"exchange_us", b.exchange * 1e6}, {"step_ms", b.step * 1e3}, {"tokens_per_second", b.tokens_per_second}},
      lines);
  return 0;
}

int cost_published(const CostFlags& flags) {
  auto cases = plan::published_cases(home());
  if (!flags.svg.empty()) replace_file(flags.svg, plan::svg(cases));
  if (flags.json)
    say(dump(plan::to_json(cases)) + "\n");
  else
    say(plan::table(cases));
  if (flags.explain && !flags.json)
    for (const auto& c : cases) say(fmt::format("  {}: {}\n", c.what, c.source));
  return 0;
}

}  // namespace octet::app
