// How long numbers are.
#pragma once

namespace octet::plan {

constexpr double bf16_bytes = 2, fp32_bytes = 4;

}  // namespace octet::plan
