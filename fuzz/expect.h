// What must hold of every input: a fuzz target that finds otherwise ends as if it had crashed, so that its input is
// kept.
#pragma once
#include <cstdlib>

inline void expect(bool condition) {
  if (!condition) std::abort();
}
