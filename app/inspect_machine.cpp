#include "app/inspect_machine.h"

#include <chrono>
#include <memory>

#include "octet/base/cpu.h"
#include "octet/base/parallel.h"
#include "octet/base/units.h"
#include "octet/kernels/table.h"

namespace octet::app {

namespace {

// Eight sums side by side, so that the additions do not wait for each other.
uint64_t sum(const uint64_t* data, size_t n) {
  uint64_t s[8] = {};
  for (size_t i = 0; i + 8 <= n; i += 8)
    for (size_t j = 0; j < 8; ++j) s[j] += data[i + j];
  return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7];
}

}  // namespace

double memory_bandwidth(int threads) {
  const uint64_t bytes = std::min<uint64_t>(uint64_t{512} << 20, available_memory() / 4);
  const size_t pieces = static_cast<size_t>(threads) * 4, piece = bytes / 8 / pieces;
  auto buffer = std::make_unique_for_overwrite<uint64_t[]>(piece * pieces);
  parallel_for(pieces, threads, [&](size_t i) { std::fill_n(buffer.get() + i * piece, piece, i); });
  std::vector<double> rates;
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::atomic<uint64_t> total{0};
    auto start = std::chrono::steady_clock::now();
    parallel_for(pieces, threads, [&](size_t i) { total += sum(buffer.get() + i * piece, piece); });
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    check(total == piece / 8 * 8 * (pieces * (pieces - 1) / 2), "the sum of the buffer");  // and nothing is left out
    rates.push_back(static_cast<double>(piece * pieces * 8) / seconds.count());
  }
  std::nth_element(rates.begin(), rates.begin() + 2, rates.end());
  return rates[2];
}

Json machine() {
  Json kernels = Json::object();
  for (const auto& [kernel, isa] : kernels::table()) kernels[kernel] = isa;
  int threads = available_threads();
  return {{"processor", processor_name()},
          {"isa", name(best_isa())},
          {"kernels", kernels},
          {"threads", threads},
          {"memory_bytes", available_memory()},
          {"bandwidth_bytes_per_second", memory_bandwidth(threads)}};
}

void print_machine(const Json& m) {
  fmt::print("processor   {}\n", m["processor"].get<std::string>());
  fmt::print("threads     {}\n", m["threads"].get<int>());
  fmt::print("memory      {} free\n", format_bytes(m["memory_bytes"].get<double>()));
  fmt::print("bandwidth   {:.1f} GB/s, reading with all threads\n",
             m["bandwidth_bytes_per_second"].get<double>() / 1e9);
  fmt::print("isa         {} (OCTET_ISA lowers it)\n", m["isa"].get<std::string>());
  for (const auto& [kernel, isa] : m["kernels"].items()) fmt::print("  {:<20} {}\n", kernel, isa.get<std::string>());
}

}  // namespace octet::app
