#include "octet/plan/train/report.h"

#include "octet/base/units.h"

namespace octet::plan {

namespace {

Json between(const Interval& interval) { return {{"low", interval.low}, {"high", interval.high}}; }

std::string key_of(std::string label) {
  for (char& c : label)
    if (c == ' ' || c == '-') c = '_';
  return label;
}

Json intervals(const Prediction& p, double memory_gib) {
  Json out;
  out["step_seconds"] = between(p.interval(p.step.step()));
  out["tokens_per_second_per_gpu"] = between(p.interval(p.tokens_per_second_per_gpu));
  out["model_tflops_per_gpu"] = between(p.interval(p.model_tflops_per_gpu));
  out["gpu_hours"] = between(p.interval(p.gpu_hours));
  out["dollars"] = between(p.interval(p.dollars));
  out["memory_gib_per_gpu"] = {{"low", 0.9 * memory_gib}, {"high", 1.1 * memory_gib}};
  return out;
}

}  // namespace

Rows step_rows(const StepSplit& s) {
  return {{"forward", s.forward},       {"backward input", s.backward}, {"backward weight", s.weight},
          {"overlapped", s.overlapped}, {"bubble", s.bubble},           {"optimizer", s.optimizer}};
}

Rows memory_rows(const Memory& m) {
  return {{"weights", m.weights},       {"fp8 copies", m.fp8_copies}, {"gradients", m.gradients},
          {"master weights", m.master}, {"moments", m.moments},       {"activations", m.activations},
          {"working", m.working},       {"buffers", m.buffers}};
}

Rows mfu_rows(const Prediction& p) {
  return {{"causal, of the bf16 peak", p.mfu.causal_bf16},
          {"not causal, of the bf16 peak", p.mfu.full_bf16},
          {"causal, of the fp8 peak", p.mfu.causal_fp8},
          {"not causal, of the fp8 peak", p.mfu.full_fp8},
          {"causal with MTP, of the bf16 peak", p.mfu.causal_bf16_mtp},
          {"not causal with MTP, of the bf16 peak", p.mfu.full_bf16_mtp},
          {"causal with MTP, of the fp8 peak", p.mfu.causal_fp8_mtp},
          {"not causal with MTP, of the fp8 peak", p.mfu.full_fp8_mtp}};
}

MemoryTable memory_table(const std::vector<Memory>& ranks) {
  MemoryTable out;
  out.columns = {"pipeline rank"};
  std::vector<bool> shown;  // parts that nobody has are left out
  for (size_t part = 0; const auto& [label, bytes] : memory_rows(ranks.front())) {
    shown.push_back(std::any_of(ranks.begin(), ranks.end(),
                                [&](const Memory& memory) { return memory_rows(memory)[part].second > 0; }));
    if (shown.back()) out.columns.push_back(label);
    ++part;
  }
  out.columns.push_back("GiB");
  auto cells = [&](const Memory& memory) {
    std::vector<std::string> row;
    for (size_t part = 0; const auto& [label, bytes] : memory_rows(memory))
      if (shown[part++]) row.push_back(fmt::format("{:.1f}", bytes / gib));
    row.push_back(fmt::format("{:.1f}", memory.total() / gib));
    return row;
  };
  for (size_t first = 0, last = 0; first < ranks.size(); first = last + 1) {
    auto row = cells(ranks[first]);
    for (last = first; last + 1 < ranks.size() && cells(ranks[last + 1]) == row;) ++last;
    row.insert(row.begin(), first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last));
    out.rows.push_back(std::move(row));
  }
  return out;
}

namespace {

std::string table_text(const MemoryTable& table) {
  std::string out = "   ";
  for (const auto& name : table.columns) out += fmt::format(" {}", name);
  out += "\n";
  for (const auto& row : table.rows) {
    out += "   ";
    for (size_t i = 0; i < row.size(); ++i) out += fmt::format(" {:>{}}", row[i], table.columns[i].size());
    out += "\n";
  }
  return out;
}

}  // namespace

Json to_json(const Prediction& p, const std::string& remedy) {
  double memory = p.memory.total() / gib, usable = p.plan.fleet.gpu.hbm_usable / gib;
  Json out;
  out["model"] = p.plan.model, out["gpu"] = p.plan.fleet.gpu.name, out["gpus"] = p.plan.fleet.gpus;
  out["layout"] = to_string(p.plan.layout), out["schedule"] = p.plan.schedule;
  out["precision"] = name(p.plan.precision), out["recompute"] = name(p.recompute);
  out["micro_batches"] = p.micro_batches, out["stages"] = p.split, out["mtp"] = p.plan.mtp;
  out["tokens_per_second_per_gpu"] = p.tokens_per_second_per_gpu;
  out["model_tflops_per_gpu"] = p.model_tflops_per_gpu;
  out["step_seconds"] = p.step.step();
  out["tokens"] = p.plan.tokens, out["steps"] = p.steps, out["tokens_per_step"] = p.tokens_per_step;
  out["gpu_hours"] = p.gpu_hours, out["dollars"] = p.dollars;
  out["days"] = p.steps * p.step.step() / 86400;
  out["memory_gib_per_gpu"] = memory, out["memory_gib_usable"] = usable, out["memory_gib_margin"] = usable - memory;
  out["fits"] = p.fits;
  if (!p.fits) out["remedy"] = remedy;
  out["interval"] = intervals(p, memory);
  out["interval_from"] = p.spread_from + "; memory: 10 % either way, an assumption";
  for (const auto& [label, seconds] : step_rows(p.step)) out["step"][key_of(label)] = seconds;
  out["step_of_which"] = {{"compute", p.step.compute},
                          {"exposed_exchange", p.step.exposed_exchange},
                          {"exposed_collective", p.step.exposed_collective},
                          {"pipeline", p.step.pipeline},
                          {"data_parallel", p.step.data_parallel}};
  auto parts = [](const Memory& m) {
    Json one;
    for (const auto& [label, bytes] : memory_rows(m)) one[key_of(label)] = bytes / gib;
    return one;
  };
  out["memory_gib"] = parts(p.memory);
  out["memory_rank"] = p.memory.rank;
  for (const Memory& m : p.memory_by_rank) {
    Json one = parts(m);
    one["rank"] = m.rank, one["total"] = m.total() / gib;
    out["memory_gib_by_rank"].push_back(std::move(one));
  }
  for (const auto& [label, share] : mfu_rows(p)) out["mfu"][label] = share;
  out["training_flops_per_token"] = p.flops_causal, out["training_flops_per_token_mtp"] = p.flops_causal_mtp;
  out["gpu_hours_with_failures"] = p.gpu_hours_with_failures, out["energy_kwh"] = p.energy_kwh;
  out["goodput"] = {{"share", p.goodput.share},
                    {"mtbf_seconds", p.goodput.mtbf_seconds},
                    {"checkpoint_interval_seconds", p.goodput.checkpoint_interval}};
  return out;
}

std::string interval_text(const Prediction& p, double value) {
  Interval i = p.interval(value);
  if (value >= 1e5) return fmt::format("{} to {}", format_count(i.low), format_count(i.high));
  return fmt::format("{:.4g} to {:.4g}", i.low, i.high);
}

std::string to_text(const Prediction& p, const std::string& remedy) {
  const auto& plan = p.plan;
  auto range = [&](double value) { return interval_text(p, value); };
  std::string out =
      fmt::format("{} on {} x {}, {}, {}, {}, recompute {}\n", plan.model, plan.fleet.gpus, plan.fleet.gpu.name,
                  to_string(plan.layout), plan.schedule, name(plan.precision), name(p.recompute));
  out += fmt::format("layers a stage (E embedding, M MTP, H head): {}\n\n", p.split);
  out += fmt::format("  step               {:>10.3f} s        80 %: {}\n", p.step.step(), range(p.step.step()));
  for (const auto& [label, seconds] : step_rows(p.step))
    if (seconds > 0)
      out += fmt::format("    {:<16} {:>10.3f} s        {:5.1f} %\n", label, seconds, 100 * seconds / p.step.step());
  out += fmt::format(
      "    of which compute {:.3f}, exposed all-to-all {:.3f}, tensor and context parallel {:.3f}, pipeline traffic "
      "{:.3f} (in the bubble), data parallel {:.3f} (in the optimizer)\n",
      p.step.compute, p.step.exposed_exchange, p.step.exposed_collective, p.step.pipeline, p.step.data_parallel);
  out += fmt::format("  tokens/s a GPU     {:>10.0f}          80 %: {}\n", p.tokens_per_second_per_gpu,
                     range(p.tokens_per_second_per_gpu));
  out += fmt::format("  model TFLOP/s      {:>10.1f}          causal, without MTP\n", p.model_tflops_per_gpu);
  for (const auto& [label, share] : mfu_rows(p))
    if (share > 0) out += fmt::format("    MFU              {:>10.2f} %        {}\n", 100 * share, label);
  out += fmt::format(
      "\n  memory a GPU       {:>10.1f} GiB      of {:.1f} usable ({:.0f} GB as sold), pipeline rank {}: {}\n",
      p.memory.total() / gib, plan.fleet.gpu.hbm_usable / gib, plan.fleet.gpu.hbm_sold / 1e9, p.memory.rank,
      p.fits ? "fits" : "does not fit");
  for (const auto& [label, bytes] : memory_rows(p.memory))
    if (bytes > 0) out += fmt::format("    {:<16} {:>10.1f} GiB\n", label, bytes / gib);
  if (p.memory_by_rank.size() > 1) out += table_text(memory_table(p.memory_by_rank));
  if (!p.fits)
    out += fmt::format("  out of memory by {:.1f} GiB on pipeline rank {}; {}\n",
                       (p.memory.total() - plan.fleet.gpu.hbm_usable) / gib, p.memory.rank, remedy);
  out += fmt::format("\n  tokens             {:>10}          {:.0f} steps of {}\n", format_count(plan.tokens), p.steps,
                     format_count(p.tokens_per_step));
  out += fmt::format("  time               {:>10}\n", format_duration(p.steps * p.step.step()));
  out += fmt::format("  GPU hours          {:>10}          80 %: {}\n", format_count(p.gpu_hours), range(p.gpu_hours));
  out += fmt::format("  dollars            {:>10}          at ${:g} a GPU hour; 80 %: {}\n", format_count(p.dollars),
                     plan.price, range(p.dollars));
  out += fmt::format("  with failures      {:>10} h        goodput {:.1f} %, a checkpoint every {}\n",
                     format_count(p.gpu_hours_with_failures), 100 * p.goodput.share,
                     format_duration(p.goodput.checkpoint_interval));
  out += fmt::format("  energy             {:>10} kWh      GPUs at {:.0f} W\n", format_count(p.energy_kwh),
                     plan.fleet.gpu.watts);
  return out;
}

}  // namespace octet::plan
