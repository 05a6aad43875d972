#include "octet/plan/schedule/schedule.h"

#include <algorithm>

#include "octet/base/error.h"

namespace octet::plan {

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names = {"1f1b", "interleaved", "zb1p", "dualpipe", "dualpipev"};
  return names;
}

Schedule make_schedule(const std::string& name, int ranks, int vp, int micro_batches) {
  if (vp > 1 && name != "interleaved")
    throw Error(ErrorKind::usage, fmt::format("--schedule {}: expected vp=1, found vp={}", name, vp),
                "only interleaved has virtual stages");
  if (name == "1f1b") return one_f_one_b(ranks, micro_batches);
  if (name == "interleaved") return interleaved(ranks, vp, micro_batches);
  if (name == "zb1p") return zb1p(ranks, micro_batches);
  if (name == "dualpipe") return dualpipe(ranks, micro_batches);
  if (name == "dualpipev") return dualpipev(ranks, micro_batches);
  throw Error(ErrorKind::usage, fmt::format("--schedule: unknown schedule '{}'", printable(name)),
              unknown_name_hint(name, schedule_names()));
}

int period(const Schedule& schedule) {
  if (schedule.name == "interleaved") return schedule.ranks;
  return schedule.paths;
}

std::vector<int> peak_live(const Schedule& schedule) {
  std::vector<int> peaks;
  for (const auto& order : schedule.order) {
    int live = 0, peak = 0;
    for (const Op& op : order) {
      bool opens = op.kind == Kind::forward || op.kind == Kind::overlapped;
      bool closes = op.kind == Kind::backward || op.kind == Kind::overlapped || op.kind == Kind::weight;
      live += opens;
      peak = std::max(peak, live);
      live -= closes;
    }
    peaks.push_back(peak);
  }
  return peaks;
}

}  // namespace octet::plan
