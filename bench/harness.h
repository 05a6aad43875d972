// A plain harness: groups of measurements by name, medians of repeats, printed as a table. What is compared is measured
// in turn (a, b, a, b, ...), so that a machine that slows down slows both.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace octet::bench {

struct Side {
  std::string name;
  std::function<void()> work;
};

// Median seconds of each side, over `repeats` rounds after one for warming up.
std::vector<double> compare(const std::vector<Side>& sides, int repeats = 9);

// Runs when octet_bench is asked for `name` (or for all). Used as: static Group group("gemm", [] { ... });
struct Group {
  Group(std::string name, std::function<void()> body);
};

// One row: name, milliseconds of each side, the ratio of the last to the first, GFLOP/s of the first if flops > 0.
void print_row(const std::string& name, const std::vector<double>& seconds, double flops = 0);

}  // namespace octet::bench
