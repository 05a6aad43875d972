// bfloat16 as two bytes: the upper half of a float32.
#pragma once
#include <stdint.h>
#include <string.h>

namespace octet::kernels {

struct Bf16 {
  uint16_t bits;
};

namespace {

[[maybe_unused]] float to_float(Bf16 x) {
  uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
  float f;
  memcpy(&f, &bits, sizeof f);
  return f;
}

}  // namespace
}  // namespace octet::kernels
