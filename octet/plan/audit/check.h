// The checkers: each looks at one way in which a claim can fail and adds what it finds.
#pragma once
#include <map>
#include <optional>

#include "octet/plan/audit/audit.h"

namespace octet::plan {

// What checkers may know beyond the file: figures that octet derives from the model and the GPU that the claim names,
// as "model.parameters" and "gpu.peak_bf16".
struct Context {
  std::map<std::string, Quantity> derived;
  std::optional<Quantity> find(const Claim& claim, const std::string& name) const;  // a figure, else a derived one
};

Context derive(const Claim& claim, const std::filesystem::path& home);

void check_roles(const Claim& claim, Verdict& verdict);  // unit: a well-known name in the wrong unit
void check_relations(const Claim& claim, const Context& context,
                     Verdict& verdict);                     // sum, rounding, unit, contradiction
void check_counting(const Claim& claim, Verdict& verdict);  // double_counting
void check_layout(const Claim& claim, const Context& context, Verdict& verdict);
void check_utilisation(const Claim& claim, const Context& context, Verdict& verdict);  // peak
void check_throughput(const Claim& claim, const Context& context, Verdict& verdict);   // hardware
void check_memory(const Claim& claim, const Context& context, Verdict& verdict);       // hardware
void check_scope(const Claim& claim, Verdict& verdict);                                // scope, period

// Relations that follow from figures' names: cost = gpu_hours * price where all three are there.
std::vector<Relation> implied_relations(const Claim& claim);

// "2.788M GPU-hours", in the unit that the figure was written in.
std::string shown(const Figure& figure);

}  // namespace octet::plan
