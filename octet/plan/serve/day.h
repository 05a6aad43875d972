// A day of serving: how many nodes a load needs hour by hour under an objective, and what a million tokens cost.
//
// Prefill. A unit (ep GPUs) runs one batch after another; what arrives during a batch is the next one. At the largest
// batch b whose time T(b) keeps a prompt that waits nine tenths of a batch within the objective, 1.9 T(b) + the cache's
// way to the decoding node, a GPU takes in b / T(b) tokens a second.
// Decode. The largest batch whose step keeps within the objective and whose cache fits.
// Both pools are given `headroom` of that rate: load moves within the hour, too. Nodes follow the load by the hour, in
// whole units.
#pragma once
#include <array>
#include <optional>

#include "octet/plan/machine/fleet.h"
#include "octet/plan/serve/predict.h"

namespace octet::plan {

struct DailyLoad {
  double input = 0, output = 0;    // tokens a day, hits included
  double hit = 0;                  // share of the input found in the prefix cache
  double prompt = 0;               // tokens of one prompt, hits included
  double context = 0;              // tokens of cache that an output token sees, on average
  std::array<double, 24> curve{};  // by hour, mean 1
};

// "input=608B,output=168B,hit=56.3%,context=4989,peak=1.23", or a TOML file with the same keys and perhaps curve = [24
// numbers]. Left out: hit 0, peak 1, and of prompt and context whichever follows from the other: half of the answer is
// there when an output token is made. Error{usage} or Error{config}.
DailyLoad read_load(const std::string& text);

struct Objective {
  double ttft = 2, tpot = 0.05;  // seconds
};
Objective parse_objective(const std::string& text);  // "ttft=2s,tpot=50ms"

struct DayPlan {
  std::string model;
  arch::Config config;
  Fleet fleet;
  DailyLoad load;
  Objective objective;
  Precision precision = Precision::fp8;
  std::optional<double> mtp_accept;
  std::optional<int64_t> prefill_ep, decode_ep;  // none: searched
  std::optional<int64_t> redundant_experts;  // none: as many as fill every GPU alike, about an eighth of the experts
  double price = 2;                          // dollars a GPU hour
  double headroom = 0.95;                    // assumed
};

struct Pool {
  ServePrediction at;  // the operating point, before headroom
  double rate = 0;     // tokens a second and node that it takes in (prefill, hits included) or puts out
  int64_t unit_nodes = 1;
  double busy = 1;     // share of the nodes' GPUs that work: 20 GPUs take three nodes of 8
  double latency = 0;  // seconds: TTFT (90th percentile) or TPOT
  std::array<int64_t, 24> nodes{};
  double mean_nodes = 0;
  int64_t peak_nodes = 0;
};

struct Day {
  DayPlan plan;
  std::optional<Pool> prefill, decode;  // none: no batch meets the objective
  bool fits = true;                     // one sequence fits a GPU
  bool meets = false;                   // objectives met within the fleet
  std::string missed;                   // why not
  double mean_nodes = 0, dollars = 0;   // of the day
  int64_t peak_nodes = 0;
  double hit_share = 0;  // of prefill's time that goes into attending to what was cached
  double dollars_miss = 0, dollars_hit = 0, dollars_output = 0;  // a million tokens
  Interval nodes_interval;                                       // 80 %, of mean_nodes
};

Day plan_day(const DayPlan& plan);

// The same load on machines whose speeds were measured, such as one CPU machine running octet: each does both.
struct Machine {
  double prefill = 0, decode = 0;  // tokens a second
  double price = 0;                // dollars an hour
};
Machine read_machine(const std::string& text);  // "prefill=900,decode=45,price=0.1"

struct MachineDay {
  DailyLoad load;
  Machine machine;
  double machines = 0, peak_machines = 0, dollars = 0;  // whole machines by the hour, averaged; of the day
  double dollars_miss = 0, dollars_output = 0;          // a million tokens
};
MachineDay plan_machines(const DailyLoad& load, const Machine& machine);

Json to_json(const MachineDay& day);
std::string report(const MachineDay& day, const std::string& model);
std::string to_html(const MachineDay& day, const std::string& model);
std::vector<Explained> explain(const MachineDay& day);

Json to_json(const Day& day);
std::string report(const Day& day);
std::string to_html(const Day& day);
std::vector<Explained> explain(const Day& day);

}  // namespace octet::plan
