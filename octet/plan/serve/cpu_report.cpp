// Serving on one CPU machine as JSON, text, explained lines and a page.
#include <cmath>

#include "octet/base/units.h"
#include "octet/plan/serve/cpu.h"

namespace octet::plan {

namespace {

std::string machine_words(const CpuSpeeds& s) {
  return fmt::format("{} ({} thread{})", s.processor, s.threads, s.threads == 1 ? "" : "s");
}

std::string beside(double measured, double predicted) {
  return fmt::format("measured {:.4g}: predicted {:+.0f} %", measured, 100 * (predicted / measured - 1));
}

}  // namespace

Json to_json(const CpuServing& p) {
  const CpuServePlan& plan = p.plan;
  auto times = [&](double seconds) {
    return Json{{"low", seconds * p.factor.low * 1e3}, {"high", seconds * p.factor.high * 1e3}};
  };
  auto rates = [&](double rate) { return Json{{"low", rate / p.factor.high}, {"high", rate / p.factor.low}}; };
  Json out = {{"model", plan.model},
              {"processor", plan.speeds.processor},
              {"threads", plan.speeds.threads},
              {"prompt", plan.workload.prompt},
              {"context", plan.workload.context},
              {"sequences", plan.workload.sequences},
              {"prefill_tokens_per_second", p.prefill},
              {"decode_tokens_per_second", p.decode},
              {"ttft_ms", p.prompt_seconds * 1e3},
              {"tpot_ms", p.step_seconds * 1e3},
              {"memory_gib", p.bytes() / gib},
              {"fits", p.fits},
              {"dollars_per_million", {{"input", p.dollars_in}, {"hit", 0}, {"output", p.dollars_out}}}};
  out["interval"] = {{"ttft_ms", times(p.prompt_seconds)},
                     {"tpot_ms", times(p.step_seconds)},
                     {"prefill_tokens_per_second", rates(p.prefill)},
                     {"decode_tokens_per_second", rates(p.decode)}};
  out["interval_from"] = p.interval_from;
  if (p.measured)
    out["measured"] = {{"prefill_tokens_per_second", p.measured->prefill},
                       {"decode_tokens_per_second", p.measured->decode}};
  return out;
}

std::string report(const CpuServing& p) {
  const CpuServePlan& plan = p.plan;
  std::string out = fmt::format("{} on {}, octet's own measured speeds\n", plan.model, machine_words(plan.speeds));
  auto row = [&](const char* what, double rate, double seconds, const std::string& more) {
    out += fmt::format("  {:<8} {:>9.4g} tokens/s (80 %: {:.4g} to {:.4g}), {:.4g} ms {}\n", what, rate,
                       rate / p.factor.high, rate / p.factor.low, seconds * 1e3, more);
  };
  row("prefill", p.prefill, p.prompt_seconds,
      fmt::format("to the first token of a prompt of {:g} (TTFT)", plan.workload.prompt));
  if (p.measured) out += fmt::format("           {}\n", beside(p.measured->prefill, p.prefill));
  row("decode", p.decode, p.step_seconds,
      fmt::format("a token (TPOT), {:g} sequence{} of {:g} tokens together", plan.workload.sequences,
                  plan.workload.sequences == 1 ? "" : "s", plan.workload.context));
  if (p.measured) out += fmt::format("           {}\n", beside(p.measured->decode, p.decode));
  out += fmt::format("  memory   {:>9}: weights {}, cache {}{}\n", format_bytes(p.bytes()), format_bytes(p.weights),
                     format_bytes(p.cache),
                     p.fits ? "" : fmt::format("  DOES NOT FIT into {}", format_bytes(plan.speeds.memory)));
  out += fmt::format("  a million tokens at full load, ${:g} an hour: input ${:.4f}, output ${:.4f}\n", plan.price,
                     p.dollars_in, p.dollars_out);
  return out;
}

std::vector<Explained> explain(const CpuServing& p) {
  const CpuSpeeds& s = p.plan.speeds;
  CpuRates r = s.rates(static_cast<double>(p.plan.config.hidden));
  const std::string from = "octet's own model code, measured on " + machine_words(s), file = "octet/plan/serve/cpu.h";
  auto gflops = [](double x) { return fmt::format("{:.4g} GFLOP/s", x / 1e9); };
  auto us = [](double x) { return fmt::format("{:.4g} us", x * 1e6); };
  return {
      {"products", gflops(r.products),
       fmt::format("matrix products over a prompt, at a width of {}", p.plan.config.hidden), from},
      {"few_products", gflops(r.few_products), "those of a decoding step, a further sequence", from},
      {"attending", gflops(r.attending), "attention's inner products over a prompt, absorbed", from},
      {"reading", fmt::format("{:.4g} GB/s", r.reading / 1e9), "weights read for few tokens", from},
      {"dense layer", us(s.dense_layer), "what it takes besides reading and arithmetic", from},
      {"layer of experts", us(s.expert_layer), "what it takes besides reading and arithmetic", from},
      {"pass", us(s.pass), "what it takes besides its layers", from},
      {"time to the first token", fmt::format("{:.4g} ms", p.prompt_seconds * 1e3),
       "besides + weights / reading + FLOPs / products + attention's FLOPs / attending", file},
      {"time a token", fmt::format("{:.4g} ms", p.step_seconds * 1e3),
       "besides + (weights touched + cache) / reading + FLOPs / few_products + attention's FLOPs / attending", file},
      {"prefill", fmt::format("{:.4g} tokens/s", p.prefill), "prompt / time to the first token", file},
      {"decode", fmt::format("{:.4g} tokens/s", p.decode), "sequences / time a token", file},
      {"weights", format_bytes(p.weights), fmt::format("{:g} bytes a parameter, MTP's too", s.number_bytes),
       "octet/arch/inventory.h"},
      {"cache", format_bytes(p.cache), "(C + R) numbers a layer and token held", "octet/model/cache.h"},
      {"a million tokens of input", fmt::format("${:.4f}", p.dollars_in),
       fmt::format("${:g} an hour / 3600 / tokens/s x 1e6", p.plan.price), "--price"},
      {"a million tokens of output", fmt::format("${:.4f}", p.dollars_out), "the same of decode", "--price"},
      {"80 % interval", fmt::format("times {:.3f} to {:.3f}", p.factor.low, p.factor.high), p.interval_from, file}};
}

std::string to_html(const CpuServing& p) {
  const CpuServePlan& plan = p.plan;
  Page page(fmt::format("{} on one machine", plan.model),
            machine_words(plan.speeds) + ", octet's own measured speeds.");
  auto said = [&](double measured, double predicted) { return p.measured ? beside(measured, predicted) : ""; };
  page.table("", {"", "tokens a second", "80 %", "latency", ""},
             {{"prefill", fmt::format("{:.4g}", p.prefill),
               fmt::format("{:.4g} to {:.4g}", p.prefill / p.factor.high, p.prefill / p.factor.low),
               fmt::format("{:.4g} ms to the first token of {:g}", p.prompt_seconds * 1e3, plan.workload.prompt),
               said(p.measured ? p.measured->prefill : 0, p.prefill)},
              {"decode", fmt::format("{:.4g}", p.decode),
               fmt::format("{:.4g} to {:.4g}", p.decode / p.factor.high, p.decode / p.factor.low),
               fmt::format("{:.4g} ms a token, {:g} together", p.step_seconds * 1e3, plan.workload.sequences),
               said(p.measured ? p.measured->decode : 0, p.decode)}});
  page.table("Dollars a million tokens", {},
             {{"input", fmt::format("${:.4f}", p.dollars_in)}, {"output", fmt::format("${:.4f}", p.dollars_out)}});
  CpuServePlan each = plan;
  Series rate{"tokens a second", {}};
  for (double n = 1; n <= 32; ++n) {
    each.workload.sequences = n;
    rate.values.push_back(predict_cpu_serving(each).decode);
  }
  page.columns("More sequences together", {rate}, "tokens/s", "Decoding 1 to 32 sequences in one step.");
  page.bar("Memory", {{"weights", p.weights}, {"cache", p.cache}}, "MiB", 1024.0 * 1024);
  page.explained(explain(p));
  return page.html();
}

}  // namespace octet::plan
