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

template <class T>
void gather(const Layer<T>& a, const Routing& r, int64_t place, int64_t rows, T* to) {
  for (int64_t i = 0; i < rows; ++i) std::copy_n(a.x(r.token(place + i)), a.D, to + i * a.D);
}

// out [pairs, D] = each pair's answer, in the order of Routing: an expert is a unit of work, from its rows of x to its
// answers.
template <class T>
void answer_by_expert(const Layer<T>& a, const Routing& r, const std::vector<int64_t>& experts, int64_t work, T* out) {
  int64_t D = a.D, F = a.F;
  parallel(static_cast<int64_t>(experts.size()), work, [&](int64_t unit) {
    int64_t e = experts[unit], place = r.begin(0, e), rows = r.end(0, e) - place;
    T *x = scratch<T>(rows * (D + 3 * F)), *h = x + rows * D, *g = h + rows * 2 * F;
    gather(a, r, place, rows, x);
    small_product_here(SmallProduct<T>{rows, 2 * F, D, x, D, a.gate_up(e), h, 2 * F});
    kernels::best<T>().rows.swiglu({rows, F, h, 2 * F, nullptr, g});
    small_product_here(SmallProduct<T>{rows, D, F, g, F, a.down(e), out + place * D, D});
  });
}

// to [pairs, n] = from [pairs, d] w_e^T for every pair, e its expert: units are slices of the experts' rows.
template <class T, class WeightOf>
void each_slice(const Routing& r, const std::vector<int64_t>& experts, const T* from, int64_t d, int64_t n,
                int64_t slices, T* to, WeightOf&& weight_of) {
  int64_t work = r.tokens * r.chosen * n * d;
  slices = std::min(slices, n);
  parallel(static_cast<int64_t>(experts.size()) * slices, work, [&](int64_t unit) {
    int64_t e = experts[unit / slices], slice = unit % slices;
    int64_t first = n * slice / slices, last = n * (slice + 1) / slices, place = r.begin(0, e);
    kernels::Matrix w = weight_of(e);
    int64_t size = w.element == kernels::Element::bf16 ? 2 : static_cast<int64_t>(sizeof(T));
    w.data = static_cast<const char*>(w.data) + first * w.row * size;
    small_product_here(
        SmallProduct<T>{r.end(0, e) - place, last - first, d, from + place * d, d, w, to + place * n + first, n});
  });
}

// The same where there are more threads than experts to share out.
template <class T>
void answer_by_slice(const Layer<T>& a, const Routing& r, const std::vector<int64_t>& experts, int64_t slices, T* out) {
  int64_t pairs = r.tokens * r.chosen, D = a.D, F = a.F;
  std::vector<T> room(pairs * (D + 3 * F));
  T *x = room.data(), *h = x + pairs * D, *g = h + pairs * 2 * F;
  gather(a, r, 0, pairs, x);
  each_slice(r, experts, x, D, 2 * F, slices, h, [&](int64_t e) { return a.gate_up(e); });
  kernels::best<T>().rows.swiglu({pairs, F, h, 2 * F, nullptr, g});
  each_slice(r, experts, g, F, D, slices, out, [&](int64_t e) { return a.down(e); });
}

// y[t] = sum over k of weight[t, k] answer[t, k], in the order of the token's choices.
template <class T>
void join(const Layer<T>& a, const Routing& r, const T* out, T* y) {
  int64_t pairs = r.tokens * r.chosen, D = a.D;
  std::vector<int64_t> place(pairs);
  for (int64_t p = 0; p < pairs; ++p) place[r.pair[p]] = p;
  constexpr int64_t tokens = 16;  // of a unit
  parallel((r.tokens + tokens - 1) / tokens, pairs * D, [&](int64_t unit) {
    int64_t end = std::min(r.tokens, (unit + 1) * tokens) * r.chosen;
    for (int64_t pair = unit * tokens * r.chosen; pair < end; ++pair)
      kernels::best<T>().rows.add_scaled(y + pair / r.chosen * D, out + place[pair] * D, a.weight(pair), D);
  });
}

}  // namespace

template <class T>
at::Tensor few_experts(const Layer<T>& a, const Routing& r) {
  at::Tensor y_TD = at::zeros({r.tokens, a.D}, a.x_TD.options());
  int64_t pairs = r.tokens * r.chosen, work = 3 * pairs * a.D * a.F;
  if (pairs == 0) return y_TD;
  std::vector<int64_t> experts = used(r);
  at::Tensor out_PD = at::empty({pairs, a.D}, a.x_TD.options());
  T* out = out_PD.template mutable_data_ptr<T>();
  int64_t units = std::min(2 * threads(), work / little_work), count = static_cast<int64_t>(experts.size());
  if (units <= count)
    answer_by_expert(a, r, experts, work, out);
  else
    answer_by_slice(a, r, experts, (units + count - 1) / count, out);
  join(a, r, out, y_TD.template mutable_data_ptr<T>());
  return y_TD;
}

template at::Tensor few_experts(const Layer<float>&, const Routing&);
template at::Tensor few_experts(const Layer<double>&, const Routing&);

}  // namespace octet::ops
