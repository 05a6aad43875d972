// Does the figure cover what the words make a reader believe? And for how long does it hold?
#include <algorithm>

#include "octet/plan/audit/check.h"

namespace octet::plan {

namespace {

bool contains_any(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return text.find(w) != std::string::npos; });
}

// What a cost's words suggest where the file does not say. Words that narrow win over words that widen.
std::string headline_of(const std::string& statement) {
  std::string s;
  for (char c : statement) s += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (contains_any(s, {"gpu hour", "gpu-hour", "gpu time", "rental", "final run", "official training", "exclud",
                       "pretraining run", "pre-training run", "compute alone"}))
    return "run";
  if (contains_any(s, {"compan", "in all", "altogether", "invested", "all in", "in total", "spent"})) return "company";
  if (contains_any(s, {"train", "build", "built", "develop", "create", "cost", "made"})) return "model";
  return "";
}

// GPU hours times a price are the run's hours and nothing else.
std::vector<std::string> covers_of(const Claim& claim) {
  bool hours_and_price = claim.find("gpu_hours") && claim.find("price");
  for (const auto& relation : claim.relations) {
    auto names = relation.computed.names();
    bool hours = std::any_of(names.begin(), names.end(),
                             [](const std::string& n) { return n.find("hours") != std::string::npos; });
    bool price = std::any_of(names.begin(), names.end(),
                             [](const std::string& n) { return n.find("price") != std::string::npos; });
    hours_and_price = hours_and_price || (hours && price);
  }
  return hours_and_price ? headline_items("run") : std::vector<std::string>{};
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& these) {
  std::vector<std::string> out;
  for (const auto& item : all)
    if (std::find(these.begin(), these.end(), item) == these.end()) out.push_back(item);
  return out;
}

std::string listed(const std::vector<std::string>& items) { return fmt::format("{}", fmt::join(items, ", ")); }

std::string words_of(const std::string& headline) {
  if (headline == "run") return "the final run";
  if (headline == "post-training") return "post-training with its data";
  if (headline == "model") return "all that making the model took";
  if (headline == "company") return "all that the company spends";
  if (headline == "fleet") return "the whole fleet";
  if (headline == "gpu-hour") return "all that an owned GPU hour costs";
  return "what the business earns";
}

// A comparison of figures that hold different things.
void check_comparison(const Claim& claim, Verdict& verdict) {
  if (claim.kind != ClaimKind::comparison) return;
  std::vector<const Figure*> sides;
  for (const auto& figure : claim.figures)
    if (figure.claimed && !figure.covers.empty()) sides.push_back(&figure);
  for (size_t i = 0; i < sides.size(); ++i)
    for (size_t j = i + 1; j < sides.size(); ++j) {
      const Figure &a = *sides[i], &b = *sides[j];
      if (a.written.quantity.dimension != b.written.quantity.dimension) continue;
      auto only_a = without(a.covers, b.covers), only_b = without(b.covers, a.covers);
      if (only_a.empty() && only_b.empty()) {
        verdict.findings.push_back(
            {"scope", fmt::format("{} and {} hold the same: {}", a.name, b.name, listed(a.covers)), Weight::note});
        continue;
      }
      auto difference = only_b.empty() ? only_a : only_b;
      verdict.findings.push_back(
          {"scope",
           fmt::format("{} ({}) and {} ({}) are set side by side, but only {} holds {}", a.name, a.written.text, b.name,
                       b.written.text, only_b.empty() ? a.name : b.name, listed(difference)),
           Weight::misleading});
    }
}

void check_period(const Scope& scope, Verdict& verdict) {
  if (!scope.period) return;
  if (!scope.headline_period) {
    verdict.findings.push_back({"period",
                                fmt::format("the figure is for {}, which the words do not say", scope.period->text),
                                Weight::misleading});
  } else if (std::abs(scope.period->quantity.value / scope.headline_period->quantity.value - 1) > 0.01) {
    verdict.findings.push_back(
        {"period",
         fmt::format("the figure is for {}, the words suggest {}", scope.period->text, scope.headline_period->text),
         Weight::misleading});
  }
}

}  // namespace

void check_scope(const Claim& claim, Verdict& verdict) {
  check_comparison(claim, verdict);
  Scope scope = claim.scope.value_or(Scope{});
  if (scope.headline.empty() && claim.kind == ClaimKind::cost) {
    scope.headline_name = headline_of(claim.statement);
    scope.headline = headline_items(scope.headline_name);
  }
  if (scope.covers.empty() && claim.kind == ClaimKind::cost) scope.covers = covers_of(claim);
  check_period(scope, verdict);
  verdict.included = scope.covers;
  if (scope.covers.empty() || scope.headline.empty()) return;
  verdict.excluded = without(scope.headline, scope.covers);
  if (verdict.excluded.empty()) {
    // What nobody was led to expect is still worth listing.
    if (scope.headline_name == "run" || scope.headline_name == "post-training")
      verdict.excluded = without(headline_items("model"), scope.covers);
    return;
  }
  std::string suggested = scope.headline_name.empty() ? listed(scope.headline) : words_of(scope.headline_name);
  verdict.findings.push_back({"scope",
                              fmt::format("the words suggest {}, but the figure holds {} alone: it leaves out {}",
                                          suggested, listed(scope.covers), listed(verdict.excluded)),
                              Weight::misleading});
}

}  // namespace octet::plan
