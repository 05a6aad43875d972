// The many ways in which people say which way a list is to be ordered.
#pragma once
#include <string>

#include "octet/base/random.h"
#include "octet/tasks/ordering.h"

namespace octet::tasks {

// A phrase that asks for the order: "lowest first", "so that they grow", "with the cheapest one on the left". It fits
// behind a verb and its object ("Sort 3, 1, 2 …"), and may be empty where the order is the usual one (ascending).
std::string direction_phrase(Order order, Random& random);

}  // namespace octet::tasks
