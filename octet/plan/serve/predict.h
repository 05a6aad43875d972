// From a serving pool to numbers: rates, times, memory, and how sure they are.
#pragma once
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/plan/page.h"
#include "octet/plan/serve/step.h"
#include "octet/plan/train/predict.h"

namespace octet::plan {

struct ServeMemory {  // bytes a GPU
  double weights = 0, cache = 0, activations = 0, buffers = 0;
  double total() const { return weights + cache + activations + buffers; }
};

// What makes a prediction unsure: one assumption, and the step's time at its low and its high end.
struct Doubt {
  std::string assumption;
  double low = 0, high = 0;  // seconds
};

struct ServePrediction {
  ServePlan plan;
  ServeStep step;
  ServeMemory memory;
  bool fits = true;
  double tokens_per_second_per_gpu = 0, tokens_per_second_per_node = 0;  // a node is 8 GPUs
  double computed_per_second_per_node = 0;                               // of prefill's input, what was not cached
  double seconds_per_token = 0;                                          // decode: TPOT
  double seconds_to_first = 0;                                           // prefill: TTFT without waiting
  double bound_rate = 0;      // of tokens_per_second_per_node with an exchange that takes no time
  std::vector<Doubt> doubts;  // widest first
  Interval step_interval;     // 80 %, of step.seconds
};

enum class Doubts { no, yes };
ServePrediction predict_serving(const ServeModel& model, const ServePlan& plan, Doubts doubts = Doubts::yes);

ServeMemory serve_memory(const ModelWork& work, const ServePlan& plan);

Json to_json(const ServePrediction& prediction);
std::string report(const ServePrediction& prediction);
std::string to_html(const ServePrediction& prediction);
std::vector<Explained> explain(const ServePrediction& prediction);

// Tables and pictures of one pool on a page that may hold others.
void add_pool(const ServePrediction& prediction, Page& page);

// Expert parallel decode bound by its exchange alone (Insights into DeepSeek-V3, ISCA 2025, section 2.3.2): two
// exchanges a layer, dispatch and combine together `bytes` a number, nothing else taking time.
struct ExchangeBound {
  double exchange = 0, step = 0, tokens_per_second = 0;  // seconds, seconds, of one sequence
};
struct ExchangeLoad {
  double tokens = 0, copies = 0, hidden = 0, bytes = 0, layers = 0;
};
ExchangeBound exchange_bound(const ExchangeLoad& load, double bandwidth);

}  // namespace octet::plan
