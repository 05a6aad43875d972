// octet_bench [GROUP ...]: prints the named groups of measurements, or all.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "bench/harness.h"
#include "octet/base/cpu.h"

namespace octet::bench {

namespace {

std::vector<std::pair<std::string, std::function<void()>>>& groups() {
  static std::vector<std::pair<std::string, std::function<void()>>> all;
  return all;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

Group::Group(std::string name, std::function<void()> body) { groups().emplace_back(std::move(name), std::move(body)); }

std::vector<double> compare(const std::vector<Side>& sides, int repeats) {
  std::vector<std::vector<double>> seconds(sides.size());
  for (int round = 0; round <= repeats; ++round)
    for (size_t s = 0; s < sides.size(); ++s) {
      double start = now();
      sides[s].work();
      if (round > 0) seconds[s].push_back(now() - start);
    }
  std::vector<double> medians;
  for (auto& list : seconds) {
    std::nth_element(list.begin(), list.begin() + list.size() / 2, list.end());
    medians.push_back(list[list.size() / 2]);
  }
  return medians;
}

void print_row(const std::string& name, const std::vector<double>& seconds, double flops) {
  std::printf("  %-58s", name.c_str());
  for (double s : seconds) std::printf(" %10.3f ms", s * 1e3);
  if (seconds.size() > 1) std::printf("  %6.2f x", seconds.back() / seconds.front());
  if (flops > 0) std::printf("  %7.1f GFLOP/s", flops / seconds.front() * 1e-9);
  std::printf("\n");
  std::fflush(stdout);
}

int run(const std::vector<std::string>& wanted) {
  std::printf("%s, %d threads, %s\n", processor_name().c_str(), available_threads(), name(best_isa()));
  auto all = groups();
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.first < b.first; });
  for (auto& [name, body] : all) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    std::printf("%s\n", name.c_str());
    body();
  }
  return 0;
}

}  // namespace octet::bench

int main(int argc, char** argv) { return octet::bench::run({argv + 1, argv + argc}); }
