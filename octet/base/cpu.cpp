#include "octet/base/cpu.h"

#include <cpuid.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "octet/base/error.h"

namespace octet {

namespace {

struct Leaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Leaf cpuid(unsigned leaf, unsigned sub) {
  Leaf l;
  __get_cpuid_count(leaf, sub, &l.eax, &l.ebx, &l.ecx, &l.edx);
  return l;
}

bool bit(unsigned value, int i) { return value >> i & 1; }

// Linux hands out AMX's 8 KiB of tile state only to who asks (arch_prctl ARCH_REQ_XCOMP_PERM, feature 18).
bool amx_permitted() {
  constexpr long req_xcomp_perm = 0x1023, xtile_data = 18;
  return ::syscall(SYS_arch_prctl, req_xcomp_perm, xtile_data) == 0;
}

Isa detect() {
  Leaf basic = cpuid(1, 0), extended = cpuid(7, 0);
  if (!bit(basic.ecx, 27)) return Isa::scalar;  // OSXSAVE
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  bool ymm = (low & 0x06) == 0x06, zmm = (low & 0xE6) == 0xE6, tiles = (low & 0x60000) == 0x60000;
  bool avx2 = ymm && bit(basic.ecx, 12) && bit(basic.ecx, 29) && bit(extended.ebx, 5);
  if (!avx2) return Isa::scalar;
  bool avx512 = zmm && bit(extended.ebx, 16) && bit(extended.ebx, 17) && bit(extended.ebx, 30) && bit(extended.ebx, 31);
  if (!avx512) return Isa::avx2;
  bool amx = tiles && bit(extended.edx, 22) && bit(extended.edx, 24) && bit(extended.edx, 25) && amx_permitted();
  return amx ? Isa::amx : Isa::avx512;
}

std::string first_line(const char* path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

// Bytes from a cgroup file that holds a number or "max".
uint64_t cgroup_bytes(const char* path) {
  std::string line = first_line(path);
  return line.empty() || line[0] < '0' || line[0] > '9' ? UINT64_MAX : std::strtoull(line.c_str(), nullptr, 10);
}

}  // namespace

const char* name(Isa isa) {
  constexpr const char* names[] = {"scalar", "avx2", "avx512", "amx"};
  return names[static_cast<int>(isa)];
}

Isa best_isa() {
  static const Isa found = [] {
    Isa best = detect();
    const char* wish = std::getenv("OCTET_ISA");
    if (!wish || !*wish) return best;
    std::vector<std::string> known = {"scalar", "avx2", "avx512", "amx"};
    for (size_t i = 0; i < known.size(); ++i)
      if (known[i] == wish) return std::min(best, static_cast<Isa>(i));
    throw Error(ErrorKind::usage, fmt::format("OCTET_ISA: unknown instruction set '{}'", printable(wish)),
                unknown_name_hint(wish, known));
  }();
  return found;
}

bool multiplies_bf16() {
  static const bool found =
      best_isa() >= Isa::avx512 && bit(cpuid(7, 1).eax, 5);  // asking can trap in a virtual machine
  return found;
}

int available_threads() {
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) threads = std::max(1, CPU_COUNT(&set));
  std::istringstream quota(first_line("/sys/fs/cgroup/cpu.max"));  // "max 100000" or "200000 100000"
  double allowed = 0, period = 0;
  if (quota >> allowed >> period && period > 0)
    threads = std::min(threads, std::max(1, static_cast<int>(std::ceil(allowed / period))));
  return threads;
}

uint64_t available_memory() {
  std::ifstream info("/proc/meminfo");
  uint64_t available = UINT64_MAX;
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("MemAvailable:")) available = std::strtoull(line.c_str() + 13, nullptr, 10) * 1024;
  uint64_t limit = cgroup_bytes("/sys/fs/cgroup/memory.max"), used = cgroup_bytes("/sys/fs/cgroup/memory.current");
  if (limit != UINT64_MAX && used != UINT64_MAX) available = std::min(available, limit > used ? limit - used : 0);
  return available;
}

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name"))
      if (auto colon = line.find(": "); colon != line.npos) return line.substr(colon + 2);
  return "unknown processor";
}

}  // namespace octet
