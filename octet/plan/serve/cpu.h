// Serving on one machine without GPUs, from what octet's own model code was measured to do on it.
//
// A pass over T tokens of B sequences takes
//
//   layers x (seconds besides) + weights touched x bytes / reading + FLOPs x T / rate
//
// with the rate of many tokens in prefill and that of few in decode: the weights of routed experts are read as far as
// the tokens touch them, those of everything else once. Nothing is fitted to the model that is asked about: the speeds
// come from models of other shapes (CpuSpeeds says which).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "octet/arch/config.h"
#include "octet/base/json.h"
#include "octet/plan/page.h"
#include "octet/plan/serve/day.h"

namespace octet::plan {

// One model's own speeds, measured to stand beside their prediction.
struct CpuMeasured {
  std::string model;
  double prompt = 0, context = 0;  // tokens of the prompt; held by each sequence
  double sequences = 1;            // that decode together
  double prefill = 0, decode = 0;  // tokens a second, all sequences together
};

struct CpuRates {
  double products = 0;      // FLOP/s of matrix products over many tokens: a prompt
  double few_products = 0;  // FLOP/s of those over few: each further sequence of a decoding step
  double attending = 0;     // FLOP/s of attention's inner products
  double reading = 0;       // bytes a second of weights read for few tokens
};

struct CpuSpeeds {
  std::string processor;
  int64_t threads = 1;
  double memory = 0;                                   // bytes that may be taken
  double number_bytes = 2;                             // of a weight and of a cached number: 2 bfloat16, 4 float32
  CpuRates narrow, wide;                               // of models of up to narrow_width, and of wide_width and more
  double dense_layer = 0, expert_layer = 0, pass = 0;  // seconds besides: of a layer, of a whole pass
  std::vector<CpuMeasured> measured;

  CpuRates rates(double hidden) const;  // between the two by the logarithm of the width
};
constexpr double narrow_width = 256, wide_width = 1024;

// A file of speeds, as speeds_toml writes it. Error{file} or Error{config}.
CpuSpeeds read_speeds(const std::string& path);
std::string speeds_toml(const CpuSpeeds& speeds);

struct CpuWorkload {
  double prompt = 512, context = 512;  // tokens of a prompt; held by each sequence that decodes
  double sequences = 1;                // of a decoding step
};

// How octet's model code is timed: plan knows no kernels, so the program gives this. A model of random weights and of
// this shape: seconds of one prompt, and of one decoding step.
struct CpuTimes {
  double prompt_seconds = 0, step_seconds = 0;
};
using TimeModel = std::function<CpuTimes(const arch::Config& config, const CpuWorkload& workload)>;

// Times models of random weights (thin ones for what a layer takes besides its work, narrow and wide ones for the
// rates) and solves for the speeds. Processor, threads and memory are the caller's to fill in.
CpuSpeeds measure_speeds(const TimeModel& time, double number_bytes);

struct CpuServePlan {
  std::string model;
  arch::Config config;
  CpuSpeeds speeds;
  CpuWorkload workload;
  double price = 0.1;  // dollars an hour of the machine
};

struct CpuServing {
  CpuServePlan plan;
  double weights = 0, cache = 0;           // bytes
  double prompt_seconds = 0;               // to the first token, without waiting
  double step_seconds = 0;                 // a decoding step: TPOT
  double prefill = 0, decode = 0;          // tokens a second
  double dollars_in = 0, dollars_out = 0;  // a million tokens, at full load
  bool fits = true;
  Interval factor;  // 80 %: times these seconds
  std::string interval_from;
  std::optional<CpuMeasured> measured;  // of this model at this workload, if the speeds hold it
  double bytes() const { return weights + cache; }
};

// Error{usage} for a workload out of range, Error{unsupported} for attention that octet does not run.
CpuServing predict_cpu_serving(const CpuServePlan& plan);

// Sequences that decode together: as many as meet `tpot` seconds and fit, at most 64; 0 if one does not.
double most_sequences(CpuServePlan plan, double tpot);

Json to_json(const CpuServing& serving);
std::string report(const CpuServing& serving);
std::string to_html(const CpuServing& serving);
std::vector<Explained> explain(const CpuServing& serving);

}  // namespace octet::plan
