// Octet's own trainer on one machine, before it runs: time follows from the FLOPs a token, the machine's measured
// matrix peak and the share of it that training reaches.
#pragma once
#include "octet/arch/config.h"
#include "octet/plan/explained.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

struct CpuPlan {
  std::string name, machine;  // for printing: the recipe's file, the processor
  arch::Config config;
  int64_t seq = 1024;
  double peak = 0;                 // FLOP/s of the whole machine in large products, measured
  std::string peak_from;           // who measured it
  double share = 0.25;             // of it, that a training step reaches
  double share_sigma = 0.25;       // doubt about the share: standard deviation of its logarithm (an assumption)
  double tokens = 0, seconds = 0;  // of the run: one of the two is given, the other follows
  double dollars_per_hour = 0.1;   // of the machine
};

struct CpuPrediction {
  double flops_per_token = 0;  // training, causal, with MTP
  double tokens_per_second = 0;
  double tokens = 0, seconds = 0, dollars = 0;
  double memory_bytes = 0;           // weights, gradients and Adam's moments in fp32
  Interval tokens_per_second_range;  // 80 %
};

// Error{usage} unless peak and share are positive and exactly one of tokens and seconds is given.
CpuPrediction predict_cpu_training(const CpuPlan& plan);

// What a recipe of `octet train` says of it: model, sequence length, length of the run, expected share and price. Keys
// that only the trainer needs are left to it. `peak` stays 0. Error{config}.
CpuPlan read_recipe(const Json& recipe, const std::string& where, const std::string& home);

Json to_json(const CpuPlan& plan, const CpuPrediction& prediction);
std::string report(const CpuPlan& plan, const CpuPrediction& prediction);
std::string to_html(const CpuPlan& plan, const CpuPrediction& prediction);
std::vector<Explained> explain(const CpuPlan& plan, const CpuPrediction& prediction);

}  // namespace octet::plan
