// What the processor and the operating system allow, and how many threads this process may use.
#pragma once
#include <cstdint>
#include <string>

namespace octet {

// In rising order; each includes those before it. avx512 means F, BW, DQ and VL, as every server processor with AVX-512
// has; amx adds tiles for bf16 and int8, with the kernel's permission to use them.
enum class Isa { scalar, avx2, avx512, amx };

const char* name(Isa isa);

// The best set that both processor and system allow, asked once. OCTET_ISA=scalar|avx2|avx512|amx lowers it (a wish for
// more than there is has no effect); any other value is Error{usage}.
Isa best_isa();

// Whether products of bfloat16 are faster here than those of float32: AVX-512 BF16, within what best_isa() allows.
bool multiplies_bf16();

// Cores that the affinity mask and the cgroup's quota allow, at least 1.
int available_threads();

// Bytes of memory that this process can still take: the least of what the system has available and what the cgroup
// leaves.
uint64_t available_memory();

std::string processor_name();

}  // namespace octet
