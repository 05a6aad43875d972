// Checks, then the choice between reference and kernel. A wrong shape here is octet's own mistake.
#include "octet/ops/ops.h"

#include <cmath>

#include "octet/base/error.h"
#include "octet/ops/library.h"
#include "octet/ops/reference.h"

namespace octet::ops {

namespace {

thread_local Path chosen = Path::kernels;

bool references() { return chosen == Path::reference; }

bool is_index(const at::Tensor& x, int64_t dims) { return x.dim() == dims && x.scalar_type() == at::kLong; }

void check_loss(const at::Tensor& x_TD, const Weight& head, const at::Tensor& targets_T) {
  check(x_TD.dim() == 2 && head.defined() && head.data.dim() == 2 && head.data.size(1) == x_TD.size(1),
        "cross_entropy: x [T, D] needs a head [N, D]");
  check(is_index(targets_T, 1) && targets_T.size(0) == x_TD.size(0), "cross_entropy: targets must be int64 [T]");
}

}  // namespace

UsePath::UsePath(Path path) : before_(chosen) { chosen = path; }
UsePath::~UsePath() { chosen = before_; }
Path path() { return chosen; }

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& w_D, double eps) {
  check(x.dim() >= 1 && w_D.dim() == 1 && w_D.size(0) == x.size(-1), "rms_norm: x [.., D] needs a weight [D]");
  return references() ? reference::rms_norm(x, w_D, eps) : library::rms_norm(x, w_D, eps);
}

at::Tensor linear(const at::Tensor& x, const Weight& w) {
  check(w.defined() && w.data.dim() == 2 && x.dim() >= 1, "linear: x [.., D] needs a weight [N, D]");
  check(w.data.size(1) == x.size(-1), "linear: x's last dimension differs from the weight's");
  return references() ? reference::linear(x, w.data) : library::linear(x, w.data);
}

at::Tensor swiglu(const at::Tensor& gate_up) {
  check(gate_up.dim() >= 1 && gate_up.size(-1) % 2 == 0, "swiglu: gate_up [.., 2F] has an odd width");
  return references() ? reference::swiglu(gate_up) : library::swiglu(gate_up);
}

at::Tensor rope(const at::Tensor& x, const at::Tensor& positions_T, const at::Tensor& cos_sin_PR) {
  check(x.dim() >= 2 && is_index(positions_T, 1) && positions_T.size(0) == x.size(0),
        "rope: x [T, .., R] needs int64 positions [T]");
  check(cos_sin_PR.dim() == 2 && cos_sin_PR.size(1) == x.size(-1) && x.size(-1) % 2 == 0,
        "rope: x [T, .., R] needs a table [P, R], R even");
  return references() ? reference::rope(x, positions_T, cos_sin_PR) : library::rope(x, positions_T, cos_sin_PR);
}

at::Tensor rope_table(const std::vector<double>& frequencies, int64_t positions) {
  int64_t n = static_cast<int64_t>(frequencies.size());
  at::Tensor table = at::empty({positions, 2 * n}, at::kFloat);
  float* row = table.mutable_data_ptr<float>();
  for (int64_t p = 0; p < positions; ++p, row += 2 * n)
    for (int64_t i = 0; i < n; ++i) {
      double angle = static_cast<double>(p) * frequencies[i];
      row[i] = static_cast<float>(std::cos(angle));
      row[n + i] = static_cast<float>(std::sin(angle));
    }
  return table;
}

at::Tensor attention(const at::Tensor& q_THQ, const at::Tensor& k_THQ, const at::Tensor& v_THV,
                     const at::Tensor& cu_seqlens_S1, double scale) {
  check(q_THQ.dim() == 3 && k_THQ.sizes() == q_THQ.sizes(), "attention: q and k must both be [T, H, Q]");
  check(v_THV.dim() == 3 && v_THV.size(0) == q_THQ.size(0) && v_THV.size(1) == q_THQ.size(1),
        "attention: v must be [T, H, V]");
  check(is_index(cu_seqlens_S1, 1) && cu_seqlens_S1.is_cpu() && cu_seqlens_S1.size(0) >= 1,
        "attention: cu_seqlens must be int64 [S+1] on the CPU");
  at::Tensor bounds = cu_seqlens_S1.contiguous();
  const int64_t* bound = bounds.const_data_ptr<int64_t>();
  int64_t sequences = bounds.size(0) - 1;
  check(bound[0] == 0 && bound[sequences] == q_THQ.size(0), "attention: cu_seqlens must go from 0 to T");
  for (int64_t s = 0; s < sequences; ++s) check(bound[s] <= bound[s + 1], "attention: cu_seqlens must not fall");
  return references() ? reference::attention(q_THQ, k_THQ, v_THV, bounds, scale)
                      : library::attention(q_THQ, k_THQ, v_THV, bounds, scale);
}

at::Tensor latent_attention(const at::Tensor& q_THCR, const at::Tensor& cache, const at::Tensor& rows,
                            const at::Tensor& row_start_T, const at::Tensor& row_count_T, int64_t latent,
                            double scale) {
  check(q_THCR.dim() == 3 && cache.dim() == 2 && cache.size(1) == q_THCR.size(2),
        "latent_attention: q [T, H, C+R] needs a cache [slots, C+R]");
  check(latent > 0 && latent <= cache.size(1), "latent_attention: the latent width exceeds the cache's");
  check(is_index(rows, 1) && is_index(row_start_T, 1) && is_index(row_count_T, 1) &&
            row_start_T.size(0) == q_THCR.size(0) && row_count_T.size(0) == q_THCR.size(0),
        "latent_attention: rows, row_start [T] and row_count [T] must be int64");
  return references() ? reference::latent_attention(q_THCR, cache, rows, row_start_T, row_count_T, latent, scale)
                      : library::latent_attention(q_THCR, cache, rows, row_start_T, row_count_T, latent, scale);
}

at::Tensor experts(const at::Tensor& x_TD, const at::Tensor& indices_TK, const at::Tensor& weights_TK,
                   const at::Tensor& gate_up_E2FD, const at::Tensor& down_EDF) {
  check(x_TD.dim() == 2 && is_index(indices_TK, 2) && indices_TK.size(0) == x_TD.size(0),
        "experts: x [T, D] needs int64 indices [T, K]");
  check(weights_TK.sizes() == indices_TK.sizes(), "experts: weights must be [T, K] like the indices");
  check(gate_up_E2FD.dim() == 3 && down_EDF.dim() == 3 && gate_up_E2FD.size(2) == x_TD.size(1) &&
            down_EDF.size(1) == x_TD.size(1) && gate_up_E2FD.size(0) == down_EDF.size(0) &&
            gate_up_E2FD.size(1) == 2 * down_EDF.size(2),
        "experts: gate_up must be [E, 2F, D] and down [E, D, F]");
  return references() ? reference::experts(x_TD, indices_TK, weights_TK, gate_up_E2FD, down_EDF)
                      : library::experts(x_TD, indices_TK, weights_TK, gate_up_E2FD, down_EDF);
}

at::Tensor cross_entropy(const at::Tensor& x_TD, const Weight& head, const at::Tensor& targets_T) {
  check_loss(x_TD, head, targets_T);
  return references() ? reference::cross_entropy(x_TD, head.data, targets_T)
                      : library::cross_entropy(x_TD, head.data, targets_T);
}

at::Tensor cross_entropy_sum(const at::Tensor& x_TD, const Weight& head, const at::Tensor& targets_T) {
  check_loss(x_TD, head, targets_T);
  return references() ? reference::cross_entropy_sum(x_TD, head.data, targets_T)
                      : library::cross_entropy_sum(x_TD, head.data, targets_T);
}

}  // namespace octet::ops
