// Every instruction set that this machine has against the plain kernels, and the plain product against its definition.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "octet/kernels/table.h"

namespace octet::kernels {

namespace {

using Numbers = std::vector<float>;

Numbers random_numbers(int64_t n, float scale = 1) {
  static std::mt19937 generator(5);
  std::normal_distribution<float> normal(0, scale);
  Numbers x(static_cast<size_t>(n));
  for (float& v : x) v = normal(generator);
  return x;
}

std::vector<Bf16> rounded(const Numbers& x) {
  std::vector<Bf16> y;
  for (float v : x) {
    uint32_t bits;
    memcpy(&bits, &v, 4);
    y.push_back({static_cast<uint16_t>(bits >> 16)});
  }
  return y;
}

void expect_close(const Numbers& a, const Numbers& b, float tolerance, const std::string& what) {
  ASSERT_EQ(a.size(), b.size());
  float largest = 1;
  for (float v : b) largest = std::max(largest, std::fabs(v));
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance * largest) << what << " at " << i;
}

class EveryIsa : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (GetParam() > best_isa()) GTEST_SKIP() << "this processor has no " << name(GetParam());
  }
  const Table<float>& mine() { return table_for<float>(GetParam()); }
  const Table<float>& plain() { return table_for<float>(Isa::scalar); }
};

struct Shape {
  int64_t m, n, k;
};
const std::vector<Shape> shapes{{1, 1, 1},     {5, 3, 2},   {6, 16, 9},   {7, 17, 8},    {13, 33, 40},
                                {97, 31, 257}, {12, 32, 0}, {100, 50, 1}, {25, 771, 30}, {192, 96, 530}};

struct Multiplied {
  Numbers mine, plain;
};

Multiplied multiply(const Table<float>& mine, const Table<float>& plain, const Shape& s, const Matrix& a,
                    const Matrix& b, Into into) {
  Numbers scratch(gemm_scratch + 16), c = random_numbers(s.m * (s.n + 3)), d = c;
  plain.gemm.multiply({s.m, s.n, s.k, a, b, c.data(), s.n + 3, into, scratch.data()});
  mine.gemm.multiply({s.m, s.n, s.k, a, b, d.data(), s.n + 3, into, scratch.data()});
  return {d, c};
}

TEST_P(EveryIsa, Product) {
  for (const Shape& s : shapes)
    for (int form = 0; form < 8; ++form) {
      Numbers a = random_numbers(s.m * s.k), b = random_numbers(s.k * s.n);
      std::vector<Bf16> half = rounded(b);
      Matrix left = form & 1 ? Matrix{a.data(), 1, s.m} : Matrix{a.data(), s.k, 1};
      Matrix right = form & 2 ? Matrix{b.data(), 1, s.k} : Matrix{b.data(), s.n, 1};
      if (form & 4) right.data = half.data(), right.element = Element::bf16;
      for (Into into : {Into::overwrite, Into::add}) {
        Multiplied c = multiply(mine(), plain(), s, left, right, into);
        expect_close(c.mine, c.plain, 1e-5f, "form " + std::to_string(form) + " m " + std::to_string(s.m));
      }
    }
}

TEST(Plain, ProductIsItsDefinition) {
  for (const Shape& s : shapes) {
    Numbers a = random_numbers(s.m * s.k), b = random_numbers(s.k * s.n), c(s.m * s.n, 9), expected(s.m * s.n);
    for (int64_t i = 0; i < s.m; ++i)
      for (int64_t j = 0; j < s.n; ++j) {
        double sum = 0;
        for (int64_t p = 0; p < s.k; ++p) sum += static_cast<double>(a[i * s.k + p]) * b[p * s.n + j];
        expected[i * s.n + j] = static_cast<float>(sum);
      }
    Numbers scratch(gemm_scratch + 16);
    table_for<float>(Isa::scalar)
        .gemm.multiply(
            {s.m, s.n, s.k, {a.data(), s.k, 1}, {b.data(), s.n, 1}, c.data(), s.n, Into::overwrite, scratch.data()});
    expect_close(c, expected, 1e-5f, "m " + std::to_string(s.m));
  }
}

TEST_P(EveryIsa, FewRows) {
  for (int64_t batch = 1; batch <= gemv_batch; ++batch)
    for (int64_t n : {1, 4, 7, 50})
      for (int64_t d : {1, 8, 17, 192, 301}) {
        Numbers x = random_numbers(batch * d), w = random_numbers(n * d), y(batch * n), z(batch * n);
        std::vector<Bf16> half = rounded(w);
        for (Element element : {Element::native, Element::bf16}) {
          const void* data = element == Element::bf16 ? static_cast<const void*>(half.data()) : w.data();
          plain().gemv.multiply({batch, n, d, x.data(), d, data, d, element, y.data(), n});
          mine().gemv.multiply({batch, n, d, x.data(), d, data, d, element, z.data(), n});
          expect_close(z, y, 1e-5f, "batch " + std::to_string(batch) + " d " + std::to_string(d));
        }
      }
}

// A sum runs in one order whatever the batch.
TEST_P(EveryIsa, FewRowsDoNotDependOnTheirNumber) {
  int64_t n = 13, d = 83;
  Numbers x = random_numbers(gemv_batch * d), w = random_numbers(n * d), all(gemv_batch * n), one(n);
  mine().gemv.multiply({gemv_batch, n, d, x.data(), d, w.data(), d, Element::native, all.data(), n});
  for (int64_t b = 0; b < gemv_batch; ++b) {
    mine().gemv.multiply({1, n, d, x.data() + b * d, d, w.data(), d, Element::native, one.data(), n});
    for (int64_t i = 0; i < n; ++i) ASSERT_EQ(one[i], all[b * n + i]);
  }
}

struct Attended {
  Numbers out, lse, dq, dk, dv;
};

Attended attend(const AttentionKernels<float>& kernel, int64_t length, int64_t q_width, int64_t v_width,
                const Numbers& q, const Numbers& k, const Numbers& v, const Numbers& d_out) {
  Attended r{Numbers(length * v_width), Numbers(length), Numbers(length * q_width), Numbers(length * q_width),
             Numbers(length * v_width)};
  Numbers scratch(
      std::max(kernel.forward_scratch(length, q_width, v_width), kernel.backward_scratch(length, q_width, v_width)));
  Rows<float> q_rows{q.data(), q_width, q_width}, k_rows{k.data(), q_width, q_width},
      v_rows{v.data(), v_width, v_width};
  kernel.forward({length, 0.3f, q_rows, k_rows, v_rows, {r.out.data(), v_width}, {r.lse.data(), 1}, scratch.data()});
  kernel.backward({length,
                   0.3f,
                   q_rows,
                   k_rows,
                   v_rows,
                   {r.out.data(), v_width, v_width},
                   {d_out.data(), v_width, v_width},
                   {r.lse.data(), 1, 1},
                   {r.dq.data(), q_width},
                   {r.dk.data(), q_width},
                   {r.dv.data(), v_width},
                   scratch.data()});
  return r;
}

TEST_P(EveryIsa, Attention) {
  for (int64_t length : {1, 2, 17, 48, 49, 97, 200})
    for (int64_t q_width : {1, 24, 48, 57}) {
      int64_t v_width = q_width * 2 / 3 + 1;
      Numbers q = random_numbers(length * q_width), k = random_numbers(length * q_width);
      Numbers v = random_numbers(length * v_width), d_out = random_numbers(length * v_width);
      Attended a = attend(mine().attention, length, q_width, v_width, q, k, v, d_out);
      Attended b = attend(plain().attention, length, q_width, v_width, q, k, v, d_out);
      std::string what = "length " + std::to_string(length) + " width " + std::to_string(q_width);
      expect_close(a.out, b.out, 1e-5f, what);
      expect_close(a.lse, b.lse, 1e-5f, what);
      expect_close(a.dq, b.dq, 2e-5f, what);
      expect_close(a.dk, b.dk, 2e-5f, what);
      expect_close(a.dv, b.dv, 2e-5f, what);
    }
}

// out, max and sum of a call, joined into what attention returns.
Numbers latent(const LatentKernels<float>& kernel, int64_t heads, int64_t width, int64_t latent, const Numbers& q,
               const void* cache, Element element, const std::vector<int64_t>& rows) {
  int64_t stride = kernel.out_stride(latent);
  Numbers out(heads * stride), max(heads), sum(heads), scratch(kernel.scratch(heads, width)), y;
  kernel.attend({heads, width, latent, q.data(), width, cache, width, element, rows.data(),
                 static_cast<int64_t>(rows.size()), 0.2f, out.data(), max.data(), sum.data(), scratch.data()});
  for (int64_t h = 0; h < heads; ++h)
    for (int64_t i = 0; i < latent; ++i) y.push_back(out[h * stride + i] / sum[h]);
  return y;
}

TEST_P(EveryIsa, LatentAttention) {
  for (int64_t heads : {1, 4, 7, 16})
    for (int64_t count : {1, 5, 48, 131}) {
      int64_t width = 43, latent_width = 31, slots = 200;
      Numbers q = random_numbers(heads * width), cache = random_numbers(slots * width);
      std::vector<Bf16> half = rounded(cache);
      std::vector<int64_t> rows;
      for (int64_t i = 0; i < count; ++i) rows.push_back(i * 37 % slots);
      for (Element element : {Element::native, Element::bf16}) {
        const void* data = element == Element::bf16 ? static_cast<const void*>(half.data()) : cache.data();
        expect_close(latent(mine().latent, heads, width, latent_width, q, data, element, rows),
                     latent(plain().latent, heads, width, latent_width, q, data, element, rows), 1e-5f,
                     "heads " + std::to_string(heads) + " rows " + std::to_string(count));
      }
    }
}

TEST_P(EveryIsa, NormAndGates) {
  for (int64_t width : {1, 7, 16, 48, 67}) {
    int64_t rows = 5, stride = 2 * width + 3;
    Numbers x = random_numbers(rows * stride, 3), w = random_numbers(width), dy = random_numbers(rows * width);
    Numbers scale = random_numbers(rows);
    auto all = [&](const RowKernels<float>& kernel) {
      Numbers y(rows * width), r(rows), dx(rows * width), dw(width), g(rows * width), dg(rows * 2 * width), ds(rows);
      kernel.rms_norm({rows, width, x.data(), stride, w.data(), 1e-6f, y.data(), r.data()});
      kernel.rms_norm_backward({rows, width, x.data(), stride, w.data(), r.data(), dy.data(), dx.data(), dw.data()});
      kernel.swiglu({rows, width, x.data(), stride, scale.data(), g.data()});
      kernel.swiglu_backward({rows, width, x.data(), stride, scale.data(), dy.data(), dg.data(), ds.data()});
      Numbers joined;
      for (const Numbers* part : {&y, &r, &dx, &dw, &g, &dg, &ds})
        joined.insert(joined.end(), part->begin(), part->end());
      return joined;
    };
    expect_close(all(mine().rows), all(plain().rows), 1e-5f, "width " + std::to_string(width));
  }
}

TEST_P(EveryIsa, SoftmaxAndSums) {
  for (int64_t n : {1, 8, 19, 300}) {
    Numbers x = random_numbers(n, 20), y = random_numbers(n);
    auto all = [&](const RowKernels<float>& kernel) {
      SumExp<float> state{-INFINITY, 0};
      kernel.sum_exp(x.data(), n, &state);
      kernel.sum_exp(y.data(), n, &state);
      Numbers gradient = x, sum = y;
      kernel.softmax_gradient(gradient.data(), n, state.max + std::log(state.sum), 0.7f);
      kernel.add_scaled(sum.data(), x.data(), -0.3f, n);
      gradient.insert(gradient.end(), sum.begin(), sum.end());
      gradient.push_back(state.max);
      gradient.push_back(state.sum);
      return gradient;
    };
    expect_close(all(mine().rows), all(plain().rows), 1e-5f, "n " + std::to_string(n));
  }
}

TEST_P(EveryIsa, BlocksOfRows) {
  for (int64_t n : {1, 7, 63, 64, 65, 300}) {
    Numbers x = random_numbers(n, 5);
    int64_t blocks = (n + row_block - 1) / row_block;
    if (n > 10) x[9] = -INFINITY, x[4] = NAN;
    Numbers tops(blocks), expected(blocks, -INFINITY);
    mine().rows.block_tops(x.data(), n, tops.data());
    for (int64_t i = 0; i < n; ++i)
      if (x[i] > expected[i / row_block]) expected[i / row_block] = x[i];
    EXPECT_EQ(tops, expected) << n;

    if (n > 10) x[4] = 0;
    float top = *std::max_element(x.begin(), x.end());
    auto all = [&](const RowKernels<float>& kernel) {
      Numbers w(n), largest(blocks), sums(blocks);
      kernel.weigh({n, x.data(), top, 0.7f, w.data(), largest.data(), sums.data()});
      for (const Numbers* part : {&largest, &sums}) w.insert(w.end(), part->begin(), part->end());
      return w;
    };
    expect_close(all(mine().rows), all(plain().rows), 1e-5f, "n " + std::to_string(n));
    Numbers w = all(mine().rows);
    for (int64_t i = 0; i < n; ++i) {
      EXPECT_NEAR(w[i], std::exp(0.7 * (x[i] - top)), 1e-6) << n << " " << i;
      EXPECT_LE(w[i], w[n + i / row_block]);
    }
  }
}

TEST_P(EveryIsa, RopeAndAdamW) {
  int64_t n = 53, heads = 3, width = 10;
  Numbers x = random_numbers(heads * 12), cos = random_numbers(width / 2), sin = random_numbers(width / 2);
  Numbers w = random_numbers(n), g = random_numbers(n), m = random_numbers(n), v = random_numbers(n);
  for (float& value : v) value *= value;
  auto all = [&](const RowKernels<float>& kernel) {
    Numbers y(heads * width), a = w, b = m, c = v;
    kernel.rope({heads, width, x.data(), 12, cos.data(), sin.data(), -1, y.data()});
    kernel.adamw({n, a.data(), g.data(), b.data(), c.data(), 0.5f, 1e-2f, 0.9f, 0.95f, 1e-8f, 0.1f, 0.4f, 0.3f});
    for (const Numbers* part : {&a, &b, &c}) y.insert(y.end(), part->begin(), part->end());
    return y;
  };
  expect_close(all(mine().rows), all(plain().rows), 1e-5f, "rope and adamw");
}

// AdamW as its paper writes it, in float64.
TEST(Plain, AdamWIsItsDefinition) {
  double w = 0.7, m = 0.02, v = 0.003, g = -0.4, rate = 0.01, beta1 = 0.9, beta2 = 0.95, eps = 1e-8, decay = 0.1;
  double c1 = 1 - std::pow(beta1, 3), c2 = 1 - std::pow(beta2, 3);
  double new_m = beta1 * m + (1 - beta1) * g, new_v = beta2 * v + (1 - beta2) * g * g;
  double expected = w - rate * decay * w - rate * (new_m / c1) / (std::sqrt(new_v / c2) + eps);
  double twice = 2 * g;
  table_for<double>(Isa::scalar).rows.adamw({1, &w, &twice, &m, &v, 0.5, rate, beta1, beta2, eps, decay, c1, c2});
  EXPECT_NEAR(w, expected, 1e-15);
  EXPECT_NEAR(m, new_m, 1e-16);
  EXPECT_NEAR(v, new_v, 1e-16);
}

INSTANTIATE_TEST_SUITE_P(Kernels, EveryIsa, testing::Values(Isa::avx2, Isa::avx512),
                         [](const auto& info) { return std::string(name(info.param)); });

}  // namespace

}  // namespace octet::kernels
