#include "octet/tasks/suite.h"

#include <set>

#include "octet/base/error.h"

namespace octet::tasks {

std::vector<std::string> suite_names() {
  std::vector<std::string> names = families();
  names.push_back("mini");
  return names;
}

std::vector<Problem> suite(std::string_view name, int64_t n, uint64_t seed, Split split) {
  std::vector<std::string> members = families();
  if (name != "mini") {
    auto all = suite_names();
    if (std::find(all.begin(), all.end(), name) == all.end())
      throw Error(ErrorKind::usage, fmt::format("there is no suite '{}'", printable(name)),
                  unknown_name_hint(name, all));
    members = {std::string(name)};
  }
  std::vector<Problem> problems;
  std::set<std::string> asked;
  for (int64_t i = 0; i < n; ++i) {
    const std::string& task = members[static_cast<size_t>(i) % members.size()];
    Random random = Random::named(seed, "suite " + task, static_cast<uint64_t>(i));
    Problem problem = make(task, random, split);
    for (int tries = 0; tries < 50 && asked.contains(problem.question); ++tries) problem = make(task, random, split);
    asked.insert(problem.question);
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace octet::tasks
