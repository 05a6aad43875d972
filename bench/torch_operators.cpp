// Operators, forward and backward, at octet-mini's shapes: kernels, then the reference (a composition of ATen calls).
#include <ATen/Parallel.h>

#include "bench/harness.h"
#include "octet/base/cpu.h"
#include "octet/ops/ops.h"

namespace octet::bench {

namespace {

using ops::Path;
using ops::UsePath;

constexpr int64_t tokens = 8192, hidden = 192, heads = 4, q_width = 48, v_width = 32, experts = 32, chosen = 8,
                  expert_width = 48, words = 4096;

at::Tensor leaf(at::IntArrayRef sizes) { return (at::randn(sizes) * 0.3).requires_grad_(true); }

// Documents of `shortest` to `longest` tokens, packed.
at::Tensor documents(int64_t shortest, int64_t longest) {
  std::vector<int64_t> bounds{0};
  for (int64_t i = 0; bounds.back() < tokens; ++i)
    bounds.push_back(std::min(tokens, bounds.back() + shortest + i * 7919 % (longest - shortest + 1)));
  return at::tensor(bounds, at::kLong);
}

void measure(const std::string& name, double flops, const std::function<at::Tensor()>& call) {
  auto side = [&](Path path) {
    return [&call, path] {
      UsePath use(path);
      at::Tensor y = call();
      y.backward(at::ones_like(y));
    };
  };
  print_row(name, compare({{"kernels", side(Path::kernels)}, {"reference", side(Path::reference)}}, 7), flops);
}

void measure_attention(const std::string& name, const at::Tensor& bounds) {
  at::Tensor q = leaf({tokens, heads, q_width}), k = leaf({tokens, heads, q_width}), v = leaf({tokens, heads, v_width});
  double pairs = 0;
  for (int64_t s = 0; s + 1 < bounds.size(0); ++s) {
    double length = static_cast<double>((bounds[s + 1] - bounds[s]).item<int64_t>());
    pairs += length * (length + 1) / 2;
  }
  // Products: q k and p v forward; again q k, dout v, p dout, ds k, ds q backward.
  measure(name, 2 * pairs * heads * (5 * q_width - q_width + 3 * v_width),
          [=] { return ops::attention(q, k, v, bounds, 0.14); });
}

Group operators("operators", [] {
  at::set_num_threads(available_threads());
  at::manual_seed(1);
  at::Tensor x = leaf({tokens, hidden}), w = leaf({hidden, hidden}), norm = leaf({hidden});
  measure("rms_norm [8192, 192]", 0, [=] { return ops::rms_norm(x, norm, 1e-6); });
  measure("linear [8192, 192] x [192, 192]", 6.0 * tokens * hidden * hidden,
          [=] { return ops::linear(x, ops::Weight{w}); });
  at::Tensor gate_up = leaf({tokens, 2 * expert_width});
  measure("swiglu [8192, 96]", 0, [=] { return ops::swiglu(gate_up); });
  at::Tensor table = ops::rope_table({1, .5, .25, .125, .06, .03, .01, .005}, tokens);
  at::Tensor q = leaf({tokens, heads, q_width}), positions = at::arange(tokens, at::kLong);
  measure("rope [8192, 4, 16 of 48]", 0, [=] { return ops::rope(q.slice(2, 32), positions, table); });
  measure_attention("attention, documents of 30 to 200", documents(30, 200));
  measure_attention("attention, documents of 1024", documents(1024, 1024));
  at::Tensor indices = at::rand({tokens, experts}).argsort(true, 1).slice(1, 0, chosen).contiguous();
  at::Tensor weights = at::rand({tokens, chosen}).requires_grad_(true);
  at::Tensor up = leaf({experts, 2 * expert_width, hidden}), down = leaf({experts, hidden, expert_width});
  measure("experts, 8 of 32, width 48", 18.0 * tokens * chosen * hidden * expert_width,
          [=] { return ops::experts(x, indices, weights, up, down); });
  at::Tensor head = leaf({words, hidden}), targets = at::randint(words, {tokens}, at::kLong);
  measure("cross_entropy, 4096 words", 6.0 * tokens * hidden * words,
          [=] { return ops::cross_entropy(x, ops::Weight{head}, targets); });
});

}  // namespace

}  // namespace octet::bench
