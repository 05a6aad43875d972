// Lists of numbers (and words) as questions hold them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "octet/base/random.h"

namespace octet::tasks {

std::vector<int64_t> draw_list(Random& random);  // mostly three to five numbers of two digits, few of them twice

// "sort 7 19 42": the same for every order of the list.
std::string canonical_list(std::string_view what, std::vector<int64_t> numbers);

// As people write it: "7, 19 and 42", "7 19 42", "7,19,42". At least two items.
std::string write_list(const std::vector<std::string>& items, Random& random);
std::string write_list(const std::vector<int64_t>& numbers, Random& random);

}  // namespace octet::tasks
