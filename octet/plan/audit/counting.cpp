// What is counted twice, and well-known names in the wrong unit.
#include <algorithm>
#include <set>

#include "octet/base/error.h"
#include "octet/plan/audit/check.h"

namespace octet::plan {

namespace {

struct KnownRole {
  const char* name;
  const char* unit;
};

// Names that checkers know, with the unit that each must have.
constexpr KnownRole roles[] = {{"cost", "$"},
                               {"price", "$/GPU-hour"},
                               {"gpu_hours", "GPU-hours"},
                               {"gpus", "GPUs"},
                               {"nodes", "nodes"},
                               {"gpus_per_node", "GPUs/node"},
                               {"duration", "s"},
                               {"tokens", "tokens"},
                               {"tokens_per_second", "tokens/s"},
                               {"context", "tokens"},
                               {"tokens_per_second_per_gpu", "tokens/s/GPU"},
                               {"tokens_per_second_per_user", "tokens/s"},
                               {"total_flops", "FLOP"},
                               {"flops_per_token", "FLOP/token"},
                               {"flops_per_gpu", "FLOP/s/GPU"},
                               {"mfu", "%"},
                               {"peak_flops", "FLOP/s/GPU"},
                               {"cache_per_token", "bytes/token"},
                               {"weights", "bytes"},
                               {"memory_per_gpu", "bytes/GPU"},
                               {"sequences", "x"},
                               {"parameters", "x"},
                               {"active_parameters", "x"},
                               {"bytes_per_parameter", "bytes"},
                               {"memory_bandwidth", "bytes/s/GPU"},
                               {"nvlink_bandwidth", "bytes/s/GPU"},
                               {"network_bandwidth", "bytes/s/GPU"},
                               {"batch_per_gpu", "sequences/GPU"},
                               {"revenue", "$"},
                               {"margin", "%"}};

// What may also stand: a cost or revenue by the day, the hour or the token; a price of tokens.
bool tolerated(std::string_view role, Dimension given) {
  auto is = [&](const char* unit) { return given == parse_unit(unit, "unit").dimension; };
  if (role == "cost" || role == "revenue") return is("$/day") || is("$/GPU-hour") || is("$/token");
  return role == "price" && is("$/token");
}

void count_twice(const Claim& claim, const Relation& relation, std::set<std::string>& said, Verdict& verdict) {
  auto add = [&](std::string sentence) {
    if (said.insert(sentence).second)
      verdict.findings.push_back({"double_counting", std::move(sentence), Weight::wrong});
  };
  auto terms = relation.computed.addends();
  for (size_t i = 0; i < terms.size(); ++i)
    for (size_t j = 0; j < terms.size(); ++j) {
      if (i == j) continue;
      for (const auto& a : terms[i])
        for (const auto& b : terms[j]) {
          const Figure *x = claim.find(a), *y = claim.find(b);
          if (!x || !y) continue;
          if (x->part_of == y->name)
            add(fmt::format("{} adds {} to {}, which contains it already", relation.claimed, a, b));
          if (i >= j) continue;
          if (terms[i] == terms[j]) add(fmt::format("{} adds {} twice", relation.claimed, a));
          for (const auto& item : x->covers)
            if (a != b && std::find(y->covers.begin(), y->covers.end(), item) != y->covers.end())
              add(fmt::format("{} adds {} and {}, and both hold {}", relation.claimed, a, b, item));
        }
    }
}

}  // namespace

void check_roles(const Claim& claim, Verdict& verdict) {
  for (const auto& figure : claim.figures)
    for (const auto& role : roles) {
      Dimension given = figure.written.quantity.dimension;
      if (figure.name != role.name || given == parse_unit(role.unit, role.name).dimension ||
          tolerated(role.name, given))
        continue;
      verdict.findings.push_back({"unit",
                                  fmt::format("{} is given as {}: that is {}, where {} is measured in {}", figure.name,
                                              figure.written.text, name(given), figure.name, role.unit),
                                  Weight::wrong});
    }
}

void check_counting(const Claim& claim, Verdict& verdict) {
  std::set<std::string> said;
  for (const auto& relation : claim.relations) count_twice(claim, relation, said, verdict);
}

}  // namespace octet::plan
