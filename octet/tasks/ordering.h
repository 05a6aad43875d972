// Written-out comparing and sorting, digit by digit on numbers padded to one width (see arithmetic.h for why).
//
//   larger: 345 354    710<342?      smallest first          largest
//   3=3                7>3           042                     042
//   4<5                Answer: no    007: 007 042            007: 042
//   Answer: 354                      019: 007 019 042        088: 088
//                                    Answer: 7, 19, 42       Answer: 88
// The first line says what is asked, once, so that no later line depends on the wording. Comparing goes from the front
// to the first difference. Sorting inserts one number a line into the line before; the greatest (or least) is found by
// carrying the best so far.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace octet::tasks {

enum class Order { ascending, descending };

std::string larger_steps(int64_t a, int64_t b);  // two different numbers
std::string smaller_steps(int64_t a, int64_t b);
std::string whether_steps(int64_t a, char sign, int64_t b);  // '<' or '>': yes or no
std::string sort_steps(const std::vector<int64_t>& numbers, Order order);
std::string extreme_steps(const std::vector<int64_t>& numbers, Order order);  // ascending: the least
std::string sort_word_steps(const std::vector<std::string>& words);

}  // namespace octet::tasks
