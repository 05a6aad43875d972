// A claim about cost, speed or size, written down so that it can be recomputed. docs/cost.md describes the file for its
// writers; in short:
//
//   statement = "DeepSeek-V3 was trained for $6M on 2048 GPUs"        # required: the words, as published
//   source = "…"   kind = "cost"                                      # required
//   date, model, gpu, precision, peak, convention                     # optional context
//   [claimed]   cost = "$6M"   gpus = "2048 GPUs"                     # figures the statement gives, each with its unit
//   [evidence]  price = { value = "2 $/GPU-hour", source = "…" }      # figures known from elsewhere
//   [[relation]] claimed = "cost"   computed = "gpu_hours * price"    # what holds; is = "equal", "at least", "at most"
//   [layout]    tp = 1   pp = 16   ep = 64                            # parallel degrees
//   [scope]     headline = "model"   covers = ["pretraining", …]      # what the words suggest, what the figure holds
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/plan/cost/expression.h"
#include "octet/plan/cost/quantity.h"

namespace octet::plan {

struct Figure {
  std::string name;
  Written written;
  std::string source;
  std::string part_of;              // another figure that already contains this one
  std::vector<std::string> covers;  // scope items inside this figure
  bool claimed = false;
};

struct Relation {
  std::string claimed;
  Expression computed;
  Bound is = Bound::equal;  // at_least: the claimed figure is at least the formula
  bool implied = false;     // octet's own, from the figures' names
};

Bound relation_of(Bound written);  // what a figure written "more than …" or "less than …" must be to its formula

struct Scope {
  std::vector<std::string> headline;  // items the words suggest
  std::string headline_name;          // "model", "company" …; empty for a list of the claim's own
  std::vector<std::string> covers;
  std::optional<Written> period, headline_period;
};

enum class ClaimKind { cost, sum, time, utilisation, throughput, memory, layout, comparison, economics };
std::vector<std::string> claim_kinds();

struct Claim {
  std::string where, statement, source, date, model, gpu, precision, peak, convention, phase;
  ClaimKind kind = ClaimKind::sum;
  std::vector<Figure> figures;  // in the file's order, claimed ones first
  std::vector<Relation> relations;
  std::map<std::string, int64_t> layout;  // tp, pp, ep … as given
  std::optional<Scope> scope;

  const Figure* find(const std::string& name) const;
  bool claims(const std::string& name) const;
};

// Error{config} with the place: an unknown key (with the nearest known), a figure without its unit, a formula that
// names nothing known.
Claim read_claim(const std::filesystem::path& path);
Claim parse_claim(std::string_view toml, const std::string& where);

// The words for what a cost may hold, and the headlines that stand for several of them.
std::vector<std::string> scope_items();
std::string scope_item(std::string words);  // an item in any spelling people use; unknown words as they are
std::vector<std::string> headline_items(const std::string& headline);
std::vector<std::string> headline_names();

}  // namespace octet::plan
