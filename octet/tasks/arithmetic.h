// Written-out arithmetic: the steps that octet-mini learns to write.
//
// A small model learns what is local. So the operands are first copied from the question, padded to the same width;
// then each column is a line of constant length, from the units upward, which holds everything that it depends on;
// then the digits of the result are read off. For 347 + 85, 512 - 348, 85 - 347 and 7 x 36:
//
//   347+085       512-348               085-347<0             36*7
//   7+5+0=12      2-8-0+10=4            347-085               6*7+0=42
//   4+8+1=13      1-4-1+10=6            7-5-0+00=2            3*7+4=25
//   3+0+1=04      5-3-1+00=1            4-8-0+10=6            Answer: 252
//   Answer: 432   Answer: 164           3-0-1+00=2
//                                       Answer: -262
// The third operand of a column is what the column before carried or borrowed.
#pragma once
#include <cstdint>
#include <string>

namespace octet::tasks {

std::string add_steps(int64_t a, int64_t b);           // both >= 0
std::string subtract_steps(int64_t a, int64_t b);      // a - b; both >= 0
std::string multiply_steps(int64_t a, int64_t digit);  // a >= 0; 0 <= digit <= 9

}  // namespace octet::tasks
