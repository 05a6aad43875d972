// A plan that cannot be: one sentence, a hint how to mend it, exit code 2.
#pragma once
#include <string>
#include <utility>

#include "octet/base/error.h"

namespace octet::plan {

[[noreturn]] inline void refuse(std::string sentence, std::string hint = "") {
  throw Error(ErrorKind::usage, std::move(sentence), std::move(hint));
}

}  // namespace octet::plan
