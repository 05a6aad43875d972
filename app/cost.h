// The parts of `octet cost`: each prints its answer and returns the exit code.
#pragma once
#include <string>
#include <vector>

#include "app/explained_output.h"
#include "octet/plan/serve/predict.h"

namespace octet::app {

struct CostFlags : ExplainedOutput {
  std::vector<std::string> books, sets;
  std::string svg, claim, gpu_hours, gpus, time, price = "2 $/GPU-hour";
  std::string model, fleet, layout, schedule, precision = "bf16", tokens, bandwidth = "50 GB/s";
  int64_t batch = 0, seq = 0;
  plan::ExchangeLoad exchange{32, 9, 7000, 3, 61};
};

int cost_deepseek_v3(const CostFlags& flags);
int cost_deepseek_r1(const CostFlags& flags);
int cost_run(const CostFlags& flags);
int cost_tco(const CostFlags& flags);
int cost_organisation(const CostFlags& flags);
int cost_serving_day(const CostFlags& flags);
int cost_published(const CostFlags& flags);
int cost_exchange_bound(const CostFlags& flags);
int cost_books(const CostFlags& flags);
int cost_audit(const CostFlags& flags);

}  // namespace octet::app
