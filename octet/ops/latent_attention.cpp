// Absorbed attention on the latent cache, on the kernels. A unit of work is a group of heads of one token over a part
// of its context; parts are joined in order, and their size does not depend on the batch or the threads.
#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/kernels/table.h"
#include "octet/ops/kernel.h"
#include "octet/ops/parallel.h"
#include "octet/ops/reference.h"

namespace octet::ops {

namespace {

constexpr int64_t part_rows = 768, group_heads = 16;

template <class T>
struct Parts {  // of one (token, group of heads): out [parts, heads, stride], max and sum [parts, heads]
  T *out, *max, *sum;
  int64_t parts, heads, stride;

  // out[h] = sum_p e^(max_p - m) out_p / sum_p e^(max_p - m) sum_p
  void join(int64_t h, int64_t latent, T* to) const {
    T most = max[h], total = 0;
    for (int64_t p = 1; p < parts; ++p) most = std::max(most, max[p * heads + h]);
    std::fill_n(to, latent, T(0));
    const auto& kernel = kernels::best<T>().rows;
    for (int64_t p = 0; p < parts; ++p) total += std::exp(max[p * heads + h] - most) * sum[p * heads + h];
    for (int64_t p = 0; p < parts; ++p)
      kernel.add_scaled(to, out + (p * heads + h) * stride, std::exp(max[p * heads + h] - most) / total, latent);
  }
};

struct Context {  // what a token sees
  const int64_t *rows, *start, *count;
};

template <class T>
at::Tensor attend(const at::Tensor& q, const at::Tensor& cache, const Context& seen, int64_t latent, double scale) {
  const auto& kernel = kernels::best<T>().latent;
  int64_t tokens = q.size(0), heads = q.size(1), width = q.size(2), stride = kernel.out_stride(latent);
  int64_t groups = (heads + group_heads - 1) / group_heads, work = 0;
  std::vector<int64_t> first_part(tokens + 1, 0);  // of each token, in parts of all tokens
  for (int64_t t = 0; t < tokens; ++t) {
    first_part[t + 1] = first_part[t] + (seen.count[t] + part_rows - 1) / part_rows;
    work += seen.count[t] * heads * (width + latent);
  }
  int64_t parts = first_part[tokens];
  bool bf16 = cache.scalar_type() == at::kBFloat16;
  std::vector<T> out(parts * heads * stride), max(parts * heads), sum(parts * heads);
  auto part_of = [&](int64_t t, int64_t group) {  // parts of a token lie group by group
    int64_t n = first_part[t + 1] - first_part[t], h0 = group * group_heads;
    int64_t at = first_part[t] * heads + n * h0;
    return Parts<T>{out.data() + at * stride,          max.data() + at, sum.data() + at, n,
                    std::min(group_heads, heads - h0), stride};
  };
  parallel(parts * groups, work, [&](int64_t unit) {
    int64_t part = unit / groups, group = unit % groups;
    int64_t t = std::upper_bound(first_part.begin(), first_part.end(), part) - first_part.begin() - 1;
    int64_t p = part - first_part[t], from = p * part_rows;
    Parts<T> to = part_of(t, group);
    kernel.attend({to.heads, width, latent, q.const_data_ptr<T>() + t * q.stride(0) + group * group_heads * q.stride(1),
                   q.stride(1), cache.const_data_ptr(), cache.stride(0),
                   bf16 ? kernels::Element::bf16 : kernels::Element::native, seen.rows + seen.start[t] + from,
                   std::min(part_rows, seen.count[t] - from), static_cast<T>(scale), to.out + p * to.heads * stride,
                   to.max + p * to.heads, to.sum + p * to.heads, scratch<T>(kernel.scratch(to.heads, width))});
  });
  at::Tensor y = at::empty({tokens, heads, latent}, q.options());
  T* y_data = y.mutable_data_ptr<T>();
  for (int64_t t = 0; t < tokens; ++t)
    for (int64_t h = 0; h < heads; ++h)
      part_of(t, h / group_heads).join(h % group_heads, latent, y_data + (t * heads + h) * latent);
  return y;
}

// Every row a token sees must be in the cache, and every token must see one.
void check_context(const Context& seen, int64_t tokens, int64_t listed, int64_t slots) {
  for (int64_t t = 0; t < tokens; ++t) {
    int64_t start = seen.start[t], count = seen.count[t];
    check(start >= 0 && count >= 1 && start <= listed - count, "latent_attention: a token's rows are not in the list");
    for (int64_t i = start; i < start + count; ++i)
      check(seen.rows[i] >= 0 && seen.rows[i] < slots, "latent_attention: a row that the cache does not have");
  }
}

}  // namespace

at::Tensor latent_attention_cpu(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                                const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent,
                                double scale) {
  at::ScalarType type = compute_type(q);
  at::Tensor queries = adjacent(q.to(type));
  at::Tensor stored = adjacent(type == at::kFloat && cache.scalar_type() == at::kBFloat16 ? cache : cache.to(type));
  at::Tensor list = rows.contiguous(), start = row_start.contiguous(), count = row_count.contiguous();
  Context seen{list.const_data_ptr<int64_t>(), start.const_data_ptr<int64_t>(), count.const_data_ptr<int64_t>()};
  check_context(seen, q.size(0), list.size(0), cache.size(0));
  at::Tensor y = with_type(type, [&](auto t) { return attend<decltype(t)>(queries, stored, seen, latent, scale); });
  return y.to(q.scalar_type());
}

// Decoding wants no gradient; who does gets the reference's.
at::Tensor latent_attention_autograd(const at::Tensor& q, const at::Tensor& cache, const at::Tensor& rows,
                                     const at::Tensor& row_start, const at::Tensor& row_count, int64_t latent,
                                     double scale) {
  if (wants_gradient(q, cache)) return reference::latent_attention(q, cache, rows, row_start, row_count, latent, scale);
  at::AutoDispatchBelowADInplaceOrView below;
  return latent_attention_cpu(q, cache, rows, row_start, row_count, latent, scale);
}

}  // namespace octet::ops
