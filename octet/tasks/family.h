// The families, one function each: a problem of the split, drawn from `random`. Each lives in the file of its topic
// with its wordings; problem.cpp lists them.
#pragma once
#include "octet/tasks/problem.h"

namespace octet::tasks {

Problem make_add(Random& random, Split split);
Problem make_subtract(Random& random, Split split);
Problem make_multiply(Random& random, Split split);
Problem make_compare(Random& random, Split split);
Problem make_sort(Random& random, Split split);
Problem make_extreme(Random& random, Split split);
Problem make_count(Random& random, Split split);
Problem make_calendar(Random& random, Split split);
Problem make_units(Random& random, Split split);
Problem make_strings(Random& random, Split split);
Problem make_repeat(Random& random, Split split);
Problem make_about(Random& random, Split split);
Problem make_facts(Random& random, Split split);
Problem make_talk(Random& random, Split split);
Problem make_unknown(Random& random, Split split);

}  // namespace octet::tasks
