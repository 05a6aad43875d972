#include "octet/tasks/problem.h"

#include "octet/base/error.h"
#include "octet/tasks/family.h"

namespace octet::tasks {
namespace {

struct Family {
  std::string name;
  Problem (*make)(Random&, Split);
};

const std::vector<Family>& table() {
  static const std::vector<Family> all = {
      {"add", make_add},     {"subtract", make_subtract}, {"multiply", make_multiply}, {"compare", make_compare},
      {"sort", make_sort},   {"extreme", make_extreme},   {"count", make_count},       {"calendar", make_calendar},
      {"units", make_units}, {"strings", make_strings},   {"repeat", make_repeat},     {"about", make_about},
      {"facts", make_facts}, {"talk", make_talk},         {"unknown", make_unknown},
  };
  return all;
}

}  // namespace

const std::vector<std::string>& families() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& family : table()) list.push_back(family.name);
    return list;
  }();
  return names;
}

Problem make(std::string_view task, Random& random, Split split) {
  for (const auto& family : table()) {
    if (family.name != task) continue;
    Problem problem = family.make(random, split);
    problem.task = family.name;
    return problem;
  }
  throw Error(ErrorKind::usage, fmt::format("there is no task '{}'", printable(task)),
              unknown_name_hint(task, families()));
}

}  // namespace octet::tasks
