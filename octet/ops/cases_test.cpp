#include "octet/ops/cases_test.h"

namespace octet::ops::test {

namespace {

at::Tensor integers(const std::vector<int64_t>& values) { return at::tensor(values, at::kLong); }

// What a case holds besides its inputs, on their device.
at::Tensor beside(const at::Tensor& input, const at::Tensor& held) { return held.to(input.device()); }

Case norm_case(std::vector<int64_t> sizes, at::ScalarType type) {
  int64_t width = sizes.back();
  return {
      "rms_norm", {random(sizes, type), random({width}, type)}, [](auto& in) { return rms_norm(in[0], in[1], 1e-6); }};
}

// The part of a wider row that a projection to [c_kv | k_pe] leaves: strided.
Case strided_norm_case(int64_t rows, int64_t width, int64_t wider, at::ScalarType type) {
  return {"rms_norm of a slice", {random({rows, wider}, type), random({width}, type)}, [width](auto& in) {
            return rms_norm(in[0].slice(1, 0, width), in[1], 1e-6);
          }};
}

Case linear_case(std::vector<int64_t> sizes, int64_t n, at::ScalarType type) {
  int64_t width = sizes.back();
  return {"linear", {random(sizes, type), random({n, width}, type)}, [](auto& in) {
            return ops::linear(in[0], Weight{in[1]});
          }};
}

Case swiglu_case(std::vector<int64_t> sizes, at::ScalarType type) {
  return {"swiglu", {random(sizes, type)}, [](auto& in) { return swiglu(in[0]); }};
}

// On the last `turned` numbers of each head, as multi-head latent attention does.
Case rope_case(int64_t tokens, int64_t heads, int64_t width, int64_t turned, at::ScalarType type) {
  std::vector<double> frequencies;
  for (int64_t i = 0; i < turned / 2; ++i) frequencies.push_back(std::pow(100.0, -2.0 * i / turned));
  at::Tensor table = rope_table(frequencies, 64), positions = at::arange(tokens, at::kLong).remainder(64).flip(0);
  std::vector<int64_t> sizes{tokens, heads, width};
  if (heads == 0) sizes.erase(sizes.begin() + 1);
  return {"rope", {random(sizes, type)}, [=](auto& in) {
            return rope(in[0].slice(-1, width - turned), beside(in[0], positions), beside(in[0], table));
          }};
}

Case attention_case(std::vector<int64_t> bounds, int64_t heads, int64_t q, int64_t v, at::ScalarType type) {
  int64_t tokens = bounds.back();
  at::Tensor cu_seqlens = integers(bounds);
  return {"attention of " + std::to_string(tokens) + " tokens",
          {random({tokens, heads, q}, type), random({tokens, heads, q}, type), random({tokens, heads, v}, type)},
          [=](auto& in) { return attention(in[0], in[1], in[2], cu_seqlens, 0.3); }};
}

// q, k and v as parts of one tensor, as a joint projection leaves them.
Case strided_attention_case(at::ScalarType type) {
  at::Tensor cu_seqlens = integers({0, 5, 19});
  return {"attention on slices", {random({19, 3, 26}, type)}, [=](auto& in) {
            return attention(in[0].slice(2, 0, 9), in[0].slice(2, 9, 18), in[0].slice(2, 18), cu_seqlens, 0.5);
          }};
}

Case experts_case(int64_t tokens, int64_t width, int64_t experts_all, int64_t used, int64_t chosen, int64_t f,
                  at::ScalarType type) {
  at::Tensor indices = at::rand({tokens, used}).argsort(true, 1).slice(1, 0, chosen);
  return {"experts of " + std::to_string(tokens) + " tokens",
          {random({tokens, width}, type), at::rand({tokens, chosen}, at::kDouble).to(type),
           random({experts_all, 2 * f, width}, type), random({experts_all, width, f}, type)},
          [=](auto& in) { return experts(in[0], beside(in[0], indices), in[1], in[2], in[3]); }};
}

Case loss_case(int64_t tokens, int64_t width, int64_t words, at::ScalarType type) {
  at::Tensor targets = at::randint(-1, words, {tokens}, at::kLong);
  return {"cross_entropy of " + std::to_string(tokens) + " tokens",
          {random({tokens, width}, type), random({words, width}, type)},
          [=](auto& in) { return cross_entropy(in[0], Weight{in[1]}, beside(in[0], targets)); }};
}

Case summed_loss_case(int64_t tokens, int64_t width, int64_t words, at::ScalarType type) {
  at::Tensor targets = at::randint(-1, words, {tokens}, at::kLong);
  return {"cross_entropy_sum of " + std::to_string(tokens) + " tokens",
          {random({tokens, width}, type), random({words, width}, type)},
          [=](auto& in) { return cross_entropy_sum(in[0], Weight{in[1]}, beside(in[0], targets)); }};
}

}  // namespace

std::vector<Case> small_cases(at::ScalarType type) {
  at::manual_seed(7);
  return {norm_case({1, 5}, type),
          norm_case({3, 2, 17}, type),
          strided_norm_case(4, 9, 13, type),
          linear_case({1, 3}, 2, type),
          linear_case({2, 3, 7}, 5, type),
          swiglu_case({3, 10}, type),
          swiglu_case({2, 2, 6}, type),
          rope_case(3, 2, 8, 4, type),
          rope_case(5, 0, 6, 6, type),
          attention_case({0, 1}, 1, 3, 2, type),
          attention_case({0, 1, 1, 6, 9}, 2, 5, 3, type),
          strided_attention_case(type),
          experts_case(1, 3, 4, 4, 2, 2, type),
          experts_case(7, 5, 4, 3, 2, 3, type),
          loss_case(1, 3, 5, type),
          loss_case(6, 4, 9, type),
          summed_loss_case(7, 3, 10, type)};
}

std::vector<Case> large_cases(at::ScalarType type) {
  at::manual_seed(8);
  std::vector<int64_t> singles(41);
  for (size_t i = 0; i < singles.size(); ++i) singles[i] = static_cast<int64_t>(i);
  return {norm_case({300, 192}, type),
          norm_case({1, 7}, type),
          linear_case({301, 67}, 45, type),
          linear_case({1, 300}, 513, type),
          linear_case({17, 1}, 1, type),
          linear_case({700, 530}, 97, type),
          swiglu_case({517, 2 * 51}, type),
          rope_case(301, 3, 48, 16, type),
          attention_case(singles, 2, 48, 32, type),
          attention_case({0, 17, 18, 18, 113, 307, 420}, 3, 48, 32, type),
          attention_case({0, 97, 290}, 2, 33, 47, type),
          attention_case({0, 650}, 1, 20, 64, type),
          experts_case(1, 33, 16, 16, 8, 10, type),
          experts_case(17, 192, 32, 32, 8, 48, type),
          experts_case(1300, 40, 8, 5, 2, 24, type),
          experts_case(530, 19, 3, 3, 3, 7, type),
          loss_case(17, 24, 100, type),
          loss_case(801, 30, 410, type),
          summed_loss_case(1, 5, 20, type),
          summed_loss_case(801, 30, 410, type)};
}

Result run(const Case& c, Path path) {
  UsePath use(path);
  Case mine = c;
  for (at::Tensor& x : mine.inputs) x = x.detach().clone().requires_grad_(true);
  at::Tensor y = mine.call(mine.inputs);
  at::Tensor weight = at::cos(at::arange(y.numel(), y.options()) * 1.7).view(y.sizes());
  at::Tensor loss = (y * weight).sum();
  loss.backward();
  Result result{y.detach(), {}};
  for (const at::Tensor& x : mine.inputs) result.gradients.push_back(x.grad());
  return result;
}

void expect_close(const at::Tensor& a, const at::Tensor& b, double tolerance, const std::string& what) {
  ASSERT_TRUE(a.defined() && b.defined()) << what;
  ASSERT_EQ(a.sizes(), b.sizes()) << what;
  ASSERT_EQ(a.scalar_type(), b.scalar_type()) << what;
  if (a.numel() == 0) return;
  double difference = (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
  double largest = b.to(at::kDouble).abs().max().item<double>();
  EXPECT_LE(difference, tolerance * (1 + largest)) << what;
}

}  // namespace octet::ops::test
