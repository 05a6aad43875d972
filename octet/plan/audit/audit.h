// The auditor: recomputes a claim and says what is wrong with it, and what it leaves out.
//
//   wrong       a figure does not follow from its own inputs, cannot be, or contradicts another
//   misleading  the figures hold, but not for what the words suggest
//   holds       neither
#pragma once
#include <string>
#include <vector>

#include "octet/base/json.h"
#include "octet/plan/audit/claim.h"

namespace octet::plan {

enum class Weight { note, misleading, wrong };

struct Finding {
  std::string kind;  // sum, rounding, unit, double_counting, contradiction, layout, peak, hardware, scope, period
  std::string sentence;
  Weight weight = Weight::wrong;
};

struct Verdict {
  Claim claim;
  std::vector<Finding> findings;  // faults only, the gravest first
  std::vector<Finding> notes;     // what was recomputed and found right, and what could not be
  std::vector<std::string> included, excluded;
  Weight worst() const;
};

const char* verdict_name(Weight worst);  // holds, misleading, wrong

// `home` is where models and presets are looked up.
Verdict audit(Claim claim, const std::filesystem::path& home);

// {verdict, statement, findings: [{kind, sentence, weight}], scope: {headline, included, excluded}, notes, …}.
Json to_json(const Verdict& verdict);

enum class Detail { findings, explained };
std::string report(const Verdict& verdict, Detail detail);

}  // namespace octet::plan
