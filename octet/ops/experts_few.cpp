#include "octet/kernels/table.h"
#include "octet/ops/experts_layer.h"
#include "octet/ops/parallel.h"
#include "octet/ops/product.h"

namespace octet::ops {

namespace {

// The experts that a token chose, in order.
std::vector<int64_t> used(const Routing& r) {
  std::vector<int64_t> experts;
  for (int64_t e = 0; e < r.experts && r.chunks; ++e)
    if (r.begin(0, e) < r.end(0, e)) experts.push_back(e);
  return experts;
}

// to [pairs, n] = from [pairs, d] w_e^T for every pair, e its expert: units are slices of the experts' rows.
template <class T, class WeightOf>
void each_expert(const Routing& r, const std::vector<int64_t>& experts, const T* from, int64_t d, int64_t n, T* to,
                 WeightOf&& weight_of) {
  int64_t pairs = r.tokens * r.chosen, work = pairs * n * d, count = static_cast<int64_t>(experts.size());
  int64_t units = std::min(2 * threads(), work / little_work);
  int64_t slices = std::max<int64_t>(1, std::min((units + count - 1) / count, n / 16));
  parallel(count * slices, work, [&](int64_t unit) {
    int64_t e = experts[unit / slices], slice = unit % slices;
    int64_t first = n * slice / slices, last = n * (slice + 1) / slices, place = r.begin(0, e);
    kernels::Matrix w = weight_of(e);
    int64_t size = w.element == kernels::Element::bf16 ? 2 : static_cast<int64_t>(sizeof(T));
    w.data = static_cast<const char*>(w.data) + first * w.row * size;
    small_product_here(
        SmallProduct<T>{r.end(0, e) - place, last - first, d, from + place * d, d, w, to + place * n + first, n});
  });
}

}  // namespace

template <class T>
at::Tensor few_experts(const Layer<T>& a, const Routing& r) {
  const auto& kernel = kernels::best<T>().rows;
  int64_t pairs = r.tokens * r.chosen, D = a.D, F = a.F;
  at::Tensor y_TD = at::zeros({r.tokens, D}, a.x_TD.options());
  if (pairs == 0) return y_TD;
  std::vector<int64_t> experts = used(r);
  std::vector<T> room(pairs * (2 * D + 3 * F));
  T *x = room.data(), *out = x + pairs * D, *h = out + pairs * D, *g = h + pairs * 2 * F;
  for (int64_t p = 0; p < pairs; ++p) std::copy_n(a.x(r.token(p)), D, x + p * D);
  each_expert(r, experts, x, D, 2 * F, h, [&](int64_t e) { return a.gate_up(e); });
  kernel.swiglu({pairs, F, h, 2 * F, nullptr, g});
  each_expert(r, experts, g, F, D, out, [&](int64_t e) { return a.down(e); });
  std::vector<int64_t> place(pairs);
  for (int64_t p = 0; p < pairs; ++p) place[r.pair[p]] = p;
  T* y = y_TD.template mutable_data_ptr<T>();
  for (int64_t pair = 0; pair < pairs; ++pair)
    kernel.add_scaled(y + pair / r.chosen * D, out + place[pair] * D, a.weight(pair), D);
  return y_TD;
}

template at::Tensor few_experts(const Layer<float>&, const Routing&);
template at::Tensor few_experts(const Layer<double>&, const Routing&);

}  // namespace octet::ops
