// Numbers with units, read strictly and printed for people. Decimal K M B T count things; KiB MiB GiB count bytes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace octet {

constexpr double gib = 1024.0 * 1024 * 1024;  // bytes

// "14.8T", "500M", "3K", "2B" or a plain integer. "14.8" alone is refused: a count without its unit is a slip.
// Error{usage} naming `what` ("--tokens").
double parse_count(std::string_view text, std::string_view what);

// "24GiB", "500MB", "16G" (= GiB, as memory is sold to programs), or plain bytes. Error{usage} naming `what`.
uint64_t parse_bytes(std::string_view text, std::string_view what);

std::string format_count(double n);           // 671.03B, 37.5M, 1,234
std::string format_bytes(double bytes);       // 23.4 MiB
std::string format_duration(double seconds);  // 0.52 s, 12 s, 3m04s, 2h05m, 3.7 d
std::string format_thousands(int64_t n);      // 14,800,000
std::string format_flops(double flops);       // 250.4 GFLOP

}  // namespace octet
