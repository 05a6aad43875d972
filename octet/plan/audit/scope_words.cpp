// The words for what a cost may hold.
#include <algorithm>
#include <map>

#include "octet/plan/audit/claim.h"

namespace octet::plan {

std::string scope_item(std::string item) {
  for (char& c : item) c = c == '_' || c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  static const std::map<std::string, std::string> same = {{"pre-training", "pretraining"},
                                                          {"posttraining", "post-training"},
                                                          {"fine-tuning", "post-training"},
                                                          {"long-context", "context-extension"},
                                                          {"salaries", "staff"},
                                                          {"people", "staff"},
                                                          {"labour", "staff"},
                                                          {"labor", "staff"},
                                                          {"electricity", "power"},
                                                          {"energy", "power"},
                                                          {"networking", "network"},
                                                          {"server", "servers"},
                                                          {"hardware", "servers"},
                                                          {"data-center", "colocation"},
                                                          {"datacenter", "colocation"},
                                                          {"failures", "failed-runs"},
                                                          {"failed-experiments", "failed-runs"},
                                                          {"experiments", "ablations"},
                                                          {"prior-research", "research"},
                                                          {"r&d", "research"},
                                                          {"operations", "operation"},
                                                          {"opex", "operation"},
                                                          {"serving", "inference"},
                                                          {"pue", "cooling"}};
  auto it = same.find(item);
  return it == same.end() ? item : it->second;
}

std::vector<std::string> scope_items() {
  return {"pretraining", "context-extension", "post-training", "failed-runs", "ablations", "research",
          "data",        "evaluation",        "staff",         "gpus",        "servers",   "network",
          "storage",     "installation",      "software",      "interest",    "power",     "cooling",
          "colocation",  "operation",         "idle",          "inference",   "free-use",  "discounts"};
}

std::vector<std::string> headline_items(const std::string& headline) {
  std::vector<std::string> run = {"pretraining", "context-extension", "post-training"}, out = run;
  auto more = [&](std::initializer_list<const char*> items) { out.insert(out.end(), items.begin(), items.end()); };
  if (headline == "run") return run;
  if (headline == "post-training") return {"post-training", "data"};
  if (headline == "model" || headline == "company")
    more({"failed-runs", "ablations", "research", "data", "evaluation", "staff"});
  if (headline == "model") return out;
  if (headline == "company") {
    more({"servers", "network", "storage", "power", "cooling", "colocation", "operation", "idle", "inference"});
    return out;
  }
  if (headline == "fleet") return {"gpus", "servers", "network", "storage", "installation"};
  if (headline == "gpu-hour")
    return {"servers",  "network", "storage", "installation", "software",
            "interest", "power",   "cooling", "colocation",   "operation"};
  if (headline == "profit") return {"inference", "free-use", "discounts", "research", "staff", "pretraining"};
  return {};
}

std::vector<std::string> headline_names() {
  return {"run", "post-training", "model", "company", "fleet", "gpu-hour", "profit"};
}

}  // namespace octet::plan
