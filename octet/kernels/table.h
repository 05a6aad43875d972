// The kernels of one instruction set, chosen once at start; others are reachable for tests and comparisons.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "octet/base/cpu.h"
#include "octet/kernels/attention.h"
#include "octet/kernels/gemm.h"
#include "octet/kernels/gemv.h"
#include "octet/kernels/latent.h"
#include "octet/kernels/rows.h"

namespace octet::kernels {

template <class T>
struct Table {
  const GemmKernels<T>& gemm;
  const AttentionKernels<T>& attention;
  const RowKernels<T>& rows;
  const GemvKernels<T>& gemv;
  const LatentKernels<T>& latent;
};

// For float, of the given set or of the next lower one that has the kernel; for double there is one, the plain one.
template <class T>
const Table<T>& table_for(Isa isa);
template <>
const Table<float>& table_for<float>(Isa isa);
template <>
const Table<double>& table_for<double>(Isa isa);

template <class T>
const Table<T>& best() {
  static const Table<T>& table = table_for<T>(best_isa());
  return table;
}

// Each kernel and the instruction set it runs on here, for `octet inspect`.
std::vector<std::pair<std::string, std::string>> table();

}  // namespace octet::kernels
