#include "octet/plan/audit/audit.h"

#include <algorithm>

#include "octet/base/error.h"
#include "octet/plan/audit/check.h"

namespace octet::plan {

Weight Verdict::worst() const {
  Weight worst = Weight::note;
  for (const auto& finding : findings) worst = std::max(worst, finding.weight);
  return worst;
}

const char* verdict_name(Weight worst) {
  return worst == Weight::wrong ? "wrong" : worst == Weight::misleading ? "misleading" : "holds";
}

Verdict audit(Claim claim, const std::filesystem::path& home) {
  Context context = derive(claim, home);
  Verdict all;
  check_roles(claim, all);
  check_relations(claim, context, all);
  check_counting(claim, all);
  check_layout(claim, context, all);
  check_utilisation(claim, context, all);
  check_throughput(claim, context, all);
  check_memory(claim, context, all);
  check_scope(claim, all);
  if (all.findings.empty() && all.included.empty())
    throw Error(ErrorKind::config,
                claim.where + ": nothing that could be recomputed: no formula, no figure of a known name, no scope",
                "add a [[relation]] such as claimed = \"cost\", computed = \"gpu_hours * price\"");
  Verdict out;
  out.claim = std::move(claim);
  out.included = std::move(all.included), out.excluded = std::move(all.excluded);
  for (auto& finding : all.findings)
    (finding.weight == Weight::note ? out.notes : out.findings).push_back(std::move(finding));
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.weight > b.weight; });
  return out;
}

Json to_json(const Verdict& verdict) {
  auto list = [](const std::vector<Finding>& findings) {
    Json out = Json::array();
    for (const auto& f : findings)
      out.push_back({{"kind", f.kind},
                     {"sentence", f.sentence},
                     {"weight", f.weight == Weight::note ? "note" : verdict_name(f.weight)}});
    return out;
  };
  const Claim& claim = verdict.claim;
  Json figures = Json::array();
  for (const auto& figure : claim.figures)
    figures.push_back({{"name", figure.name},
                       {"written", figure.written.text},
                       {"claimed", figure.claimed},
                       {"value", figure.written.quantity.value},
                       {"base_unit", name(figure.written.quantity.dimension)},
                       {"source", figure.source}});
  return {{"verdict", verdict_name(verdict.worst())},
          {"statement", claim.statement},
          {"source", claim.source},
          {"kind", claim_kinds()[static_cast<size_t>(claim.kind)]},
          {"findings", list(verdict.findings)},
          {"scope",
           {{"headline", claim.scope ? claim.scope->headline_name : ""},
            {"included", verdict.included},
            {"excluded", verdict.excluded}}},
          {"notes", list(verdict.notes)},
          {"figures", figures}};
}

std::string report(const Verdict& verdict, Detail detail) {
  std::string out =
      fmt::format("{}: \"{}\"\n  {}\n", verdict_name(verdict.worst()), verdict.claim.statement, verdict.claim.source);
  for (const auto& f : verdict.findings)
    out += fmt::format("  - {} ({}): {}\n", f.kind, verdict_name(f.weight), f.sentence);
  for (const auto& f : verdict.notes) out += fmt::format("  - {}: {}\n", f.kind, f.sentence);
  if (!verdict.included.empty()) out += fmt::format("  it counts:    {}\n", fmt::join(verdict.included, ", "));
  if (!verdict.excluded.empty()) out += fmt::format("  it leaves out: {}\n", fmt::join(verdict.excluded, ", "));
  if (detail == Detail::findings) return out;
  out += "  figures:\n";
  for (const auto& figure : verdict.claim.figures)
    out += fmt::format("    {} = {}{}{}\n", figure.name, figure.written.text,
                       figure.claimed ? "  claimed" : "  evidence", figure.source.empty() ? "" : ": " + figure.source);
  for (const auto& relation : verdict.claim.relations)
    out += fmt::format("    {} must be {}\n", relation.claimed, relation.computed.text());
  return out;
}

}  // namespace octet::plan
