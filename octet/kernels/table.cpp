#include "octet/kernels/table.h"

#include <algorithm>

namespace octet::kernels {

namespace {

const Table<float> scalar{gemm_scalar, attention_scalar, rows_scalar, gemv_scalar, latent_scalar};
const Table<float> avx2{gemm_avx2, attention_avx2, rows_avx2, gemv_avx2, latent_avx2};
const Table<float> avx512{gemm_avx512, attention_avx512, rows_avx512, gemv_avx512, latent_avx512};
const Table<double> scalar_f64{gemm_scalar_f64, attention_scalar_f64, rows_scalar_f64, gemv_scalar_f64,
                               latent_scalar_f64};

}  // namespace

template <>
const Table<float>& table_for<float>(Isa isa) {
  if (isa >= Isa::avx512) return avx512;
  return isa == Isa::avx2 ? avx2 : scalar;
}

template <>
const Table<double>& table_for<double>(Isa) {
  return scalar_f64;
}

std::vector<std::pair<std::string, std::string>> table() {
  std::string isa = name(std::min(best_isa(), Isa::avx512));
  std::vector<std::pair<std::string, std::string>> rows;
  for (const char* kernel :
       {"gemm", "gemv", "attention", "latent_attention", "rms_norm", "swiglu", "rope", "softmax", "adamw"})
    rows.emplace_back(kernel, isa);
  return rows;
}

}  // namespace octet::kernels
