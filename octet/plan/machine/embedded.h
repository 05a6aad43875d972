// The TOML tables beside this file, compiled into the library (octet/plan/CMakeLists.txt makes the definition).
#pragma once
#include <source_location>
#include <string_view>

#include "octet/base/error.h"

namespace octet::plan {

std::string_view machine_file(std::string_view name);  // "gpus", "microbenchmarks"; Bug for any other

}  // namespace octet::plan
