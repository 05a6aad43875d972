#include <algorithm>
#include <cmath>
#include <numbers>

#include "octet/arch/config.h"

namespace octet::arch {

namespace {

// YaRN's blend of frequencies that are kept and such that are divided by the factor (tests/golden/README.md).
void apply_yarn(const Yarn& yarn, double theta, int64_t dim, std::vector<double>& f) {
  auto d = static_cast<double>(dim);
  auto length = static_cast<double>(yarn.original_max_position_embeddings);
  // The pair that turns r times within the original length.
  auto pair_of = [&](double r) { return d * std::log(length / (2 * std::numbers::pi * r)) / (2 * std::log(theta)); };
  double low = std::max(std::floor(pair_of(yarn.beta_fast)), 0.0);
  double high = std::min(std::ceil(pair_of(yarn.beta_slow)), d - 1);
  if (low == high) high += 0.001;
  for (size_t i = 0; i < f.size(); ++i) {
    double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    f[i] = f[i] / yarn.factor * ramp + f[i] * (1 - ramp);
  }
}

void apply_llama3(const Llama3Rope& rope, std::vector<double>& f) {
  for (double& x : f) {
    double turns = static_cast<double>(rope.original_max_position_embeddings) * x / (2 * std::numbers::pi);
    double keep = std::clamp((turns - rope.low_freq_factor) / (rope.high_freq_factor - rope.low_freq_factor), 0.0, 1.0);
    x = x / rope.factor * (1 - keep) + x * keep;
  }
}

}  // namespace

std::vector<double> rope_frequencies(const Rope& rope, int64_t dim) {
  std::vector<double> f(static_cast<size_t>(dim / 2));
  for (size_t i = 0; i < f.size(); ++i)
    f[i] = std::pow(rope.theta, -2.0 * static_cast<double>(i) / static_cast<double>(dim));
  if (rope.yarn) apply_yarn(*rope.yarn, rope.theta, dim, f);
  if (rope.llama3) apply_llama3(*rope.llama3, f);
  return f;
}

double softmax_scale(const Mla& mla, const Rope& rope) {
  double scale = 1 / std::sqrt(static_cast<double>(mla.qk_head_dim()));
  if (!rope.yarn) return scale;
  double m = 0.1 * rope.yarn->mscale_all_dim * std::log(rope.yarn->factor) + 1;  // factor is at least 1
  return scale * m * m;
}

}  // namespace octet::arch
