#include "octet/base/units.h"
#include "octet/plan/train/report.h"

namespace octet::plan {

namespace {

void explain_machine(const Prediction& p, std::vector<Explained>& out) {
  for (const auto& fact : gpu_facts())
    if (fact.gpu == p.plan.fleet.gpu.name)
      out.push_back({fact.gpu + "." + fact.key, fmt::format("{:g}", fact.value), "stated", fact.source});
  const Calibration& c = p.plan.fleet.gpu.measured;
  const std::string from = "calibration.toml, fitted by octet calibrate-hardware to H800 and H100 figures";
  auto constant = [&](const char* name, double value, const char* formula) {
    out.push_back({name, fmt::format("{:.4g}", value), formula, from});
  };
  constant("gemm_bf16", c.gemm_bf16, "share of the bf16 peak in large products");
  constant("gemm_fp8", c.gemm_fp8, "share of the fp8 peak in large products");
  constant("gemm_fp8_weight", c.gemm_fp8_weight, "share of the fp8 peak in products for weights' gradients");
  constant("attention", c.attention, "share of the bf16 peak in attention's inner products, forward");
  constant("hbm", c.hbm, "share of the memory bandwidth");
  constant("nvlink", c.nvlink, "share of the NVLink bandwidth");
  constant("nic", c.nic, "share of the network bandwidth");
  constant("kernel_us", c.kernel_seconds * 1e6, "a kernel's cost besides its work; an all-to-all's is twice that");
}

void explain_step(const Prediction& p, std::vector<Explained>& out) {
  const TrainPlan& plan = p.plan;
  const std::string model = "octet/plan/train/layer_cost.h", schedule = "octet/plan/schedule: " + plan.schedule;
  auto add = [&](const char* name, std::string value, std::string formula, std::string source) {
    out.push_back({name, std::move(value), std::move(formula), std::move(source)});
  };
  add("micro_batches", fmt::format("{}", p.micro_batches),
      fmt::format("ceil(batch {} / dp {} / micro-batch {})", plan.batch, plan.layout.dp, plan.micro_batch), "the plan");
  add("compute", fmt::format("{:.3f} s", p.step.compute),
      "sum over products of flops / (peak x share) + bytes / (bandwidth x share), and passes over memory between them",
      model);
  add("exposed all-to-all", fmt::format("{:.3f} s", p.step.exposed_exchange),
      "max(network bytes / (NIC x share), NVLink bytes / (NVLink x share)) where no arithmetic runs beside it",
      "octet/plan/machine/network.h, DeepEP's kernels");
  add("exposed collectives", fmt::format("{:.3f} s", p.step.exposed_collective),
      "tensor parallel: 4 gathers or scatters of tokens x hidden x 2 bytes a layer forward, 6 backward",
      "Korthikanti et al. 2022");
  add("pipeline traffic", fmt::format("{:.3f} s", p.step.pipeline),
      "the step less the same step with handing over in no time; micro-batch x hidden x 2 bytes a message", schedule);
  add("data parallel traffic", fmt::format("{:.3f} s", p.step.data_parallel),
      "gradients scattered in fp32 and weights gathered in bf16, over the ranks that share them", "ZeRO-1");
  for (const auto& [label, seconds] : step_rows(p.step))
    out.push_back({label, fmt::format("{:.3f} s", seconds),
                   "mean over pipeline ranks of the schedule run against its stages' times", schedule});
  add("step_seconds", fmt::format("{:.3f} s", p.step.step()), "sum of the rows", schedule);
  add("80 % interval", fmt::format("{:.3f} to {:.3f} s", p.interval(p.step.step()).low, p.interval(p.step.step()).high),
      p.spread_from, "octet/plan/train/predict.cpp");
}

}  // namespace

std::vector<Explained> explain(const Prediction& p) {
  std::vector<Explained> out;
  explain_machine(p, out);
  explain_step(p, out);
  const char* formulas[] = {"2 bytes a weight of this rank",
                            "1 byte a weight that is multiplied in FP8",
                            "4 bytes a weight",
                            "4 bytes a weight of this rank's part (ZeRO-1)",
                            "two of 2 (FP8 run) or 4 bytes a weight of the part",
                            "bytes kept a layer x micro-batches under way at the schedule's peak",
                            "the layer or logits at work",
                            "exchange, collectives, driver"};
  size_t i = 0;
  for (const auto& [label, bytes] : memory_rows(p.memory))
    out.push_back({label, fmt::format("{:.2f} GiB", bytes / gib), formulas[i++], "octet/plan/train/memory.h"});
  auto add = [&](const char* name, std::string value, std::string formula, std::string source) {
    out.push_back({name, std::move(value), std::move(formula), std::move(source)});
  };
  const std::string inventory = "octet/arch/inventory.h";
  add("training_flops_per_token", format_flops(p.flops_causal), "6 x matrices used + 6 L H (qk + v) seq / 2",
      inventory);
  add("tokens_per_second_per_gpu", fmt::format("{:.1f}", p.tokens_per_second_per_gpu), "batch x seq / step / GPUs",
      "the plan");
  for (const auto& [label, share] : mfu_rows(p))
    if (share > 0)
      out.push_back({"MFU, " + label, fmt::format("{:.4f}", share), "tokens/s a GPU x FLOPs a token / the peak",
                     "the convention that it names"});
  add("model_tflops_per_gpu", fmt::format("{:.1f}", p.model_tflops_per_gpu),
      "tokens/s a GPU x training FLOPs a token, causal, without MTP", inventory);
  add("gpu_hours", fmt::format("{:.1f}", p.gpu_hours),
      fmt::format("{:.6g} steps x step x {} GPUs / 3600", p.steps, p.plan.fleet.gpus), "the plan");
  add("dollars", fmt::format("{:.2f}", p.dollars), fmt::format("GPU hours x {:g}", p.plan.price), "--price");
  add("gpu_hours_with_failures", fmt::format("{:.1f}", p.gpu_hours_with_failures), "GPU hours / goodput",
      "the row below");
  add("energy_kwh", fmt::format("{:.1f}", p.energy_kwh),
      fmt::format("GPU hours x {:g} W, without the rest of the server and the building", p.plan.fleet.gpu.watts),
      "the board's limit; octet cost counts servers and PUE");
  add("goodput", fmt::format("{:.4f}", p.goodput.share),
      "interval / (MTBF e^(restart/MTBF) (e^((interval + pause)/MTBF) - 1)), at the best interval",
      "Daly 2006; failure rate: Llama 3 report, section 3.3.4");
  return out;
}

}  // namespace octet::plan
