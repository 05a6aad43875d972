// One round of reinforcement learning by group-relative policy optimisation on one fleet: all GPUs write answers, then
// all learn from them, then the new weights go out (DeepSeek-R1, Nature 2025: rollouts of 8,192 answers, 16 updates
// each).
//
// Rollout. Answers' lengths are lognormal, cut at the most that is allowed. Every GPU starts with its share of the
// round; as answers end, its batch thins out, and the round ends with the longest. Time is the sum over token positions
// of the decoding step at the batch and context then alive (serve/step.h): the long tail runs at small, slow batches.
// Learning. One training step (train/predict.h) an update over the round's tokens, and forward passes for the old and
// the reference policy, a third of a training step each. Refresh. The weights cross the network once into each
// inference group.
#pragma once
#include <string>

#include "octet/plan/machine/fleet.h"
#include "octet/plan/serve/predict.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

constexpr int rollout_stretches = 48;  // of token positions over which a rollout's time is summed

struct RlPlan {
  std::string model;
  arch::Config config;
  Fleet fleet;
  double answers = 8192;                                        // a round, all GPUs together
  int64_t updates = 16;                                         // a round
  double rounds = 1;                                            // of the run
  double prompt = 512;                                          // tokens
  double mean_length = 8192, max_length = 32768, spread = 0.8;  // of answers; spread: sigma of log length
  int64_t serve_tp = 1, serve_ep = 32, redundant_experts = 0;
  Layout train_layout;
  std::string schedule;
  Precision precision = Precision::fp8;
  double extra_forwards = 2;   // old and reference policy
  double reward_seconds = 10;  // a round, beyond what overlaps: checking answers
  double price = 2;            // dollars a GPU hour
};

struct RlPrediction {
  RlPlan plan;
  double rollout = 0, learning = 0, refresh = 0, reward = 0;  // seconds a round
  double tail = 0;                                            // of rollout: after nine answers of ten have ended
  double longest = 0;                                         // tokens of the longest answer
  double tokens = 0;                                          // written a round
  double rollout_batch = 0;                                   // sequences a GPU at the start
  double round() const { return rollout + learning + refresh + reward; }
  double gpu_hours = 0, dollars = 0, dollars_per_update = 0;
  bool fits = true;                             // rollout and learning, each by itself
  double rollout_memory = 0, train_memory = 0;  // bytes a GPU
  Interval round_interval;                      // 80 %, seconds
  std::string from;
};

RlPrediction predict_rl(const RlPlan& plan);

Json to_json(const RlPrediction& prediction);
std::string report(const RlPrediction& prediction);
std::string to_html(const RlPrediction& prediction);
std::vector<Explained> explain(const RlPrediction& prediction);

// Lengths: lognormal with the given mean before the cut. The share of answers longer than `tokens`.
double longer_than(const RlPlan& plan, double tokens);

}  // namespace octet::plan
