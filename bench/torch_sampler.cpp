// One draw of the sampler, on octet-mini's vocabulary and on DeepSeek-V3's, against the definition: all tokens sorted.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/harness.h"
#include "octet/base/random.h"
#include "octet/infer/sampler.h"

namespace octet::bench {

namespace {

// A crowd with twenty tokens well above it, as a model's logits are.
std::vector<float> logits_of(size_t vocabulary) {
  Random random(1);
  std::vector<float> x(vocabulary);
  for (float& value : x) value = static_cast<float>(2 * random.normal());
  for (int i = 0; i < 20; ++i) x[random.below(vocabulary)] = 10 + 0.4f * static_cast<float>(i);
  return x;
}

int64_t draw_sorted(const std::vector<float>& x, const infer::Sampling& s, double u) {
  std::vector<int64_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  auto at = [&](int64_t t) { return x[static_cast<size_t>(t)]; };
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return at(a) != at(b) ? at(a) > at(b) : a < b; });
  if (s.top_k > 0) order.resize(std::min(order.size(), static_cast<size_t>(s.top_k)));
  std::vector<double> sums(order.size());
  double sum = 0, top = static_cast<double>(at(order[0]));
  for (size_t i = 0; i < order.size(); ++i)
    sums[i] = sum += std::exp((static_cast<double>(at(order[i])) - top) / s.temperature);
  double wanted = u * std::min(s.top_p, 1.0) * sum;
  size_t found = static_cast<size_t>(std::upper_bound(sums.begin(), sums.end(), wanted) - sums.begin());
  return order[std::min(found, order.size() - 1)];
}

const Group sampler("sampler", [] {
  for (size_t vocabulary : {2048, 129280}) {
    auto x = logits_of(vocabulary);
    for (auto [temperature, top_p, top_k] :
         {std::tuple{0.0, 1.0, 0}, {0.6, 1.0, 0}, {0.6, 0.95, 0}, {1.0, 0.9, 50}, {2.5, 1.0, 0}}) {
      infer::Sampling s;
      s.temperature = temperature;
      s.top_p = top_p;
      s.top_k = top_k;
      constexpr int draws = 20;
      infer::SamplerRoom room;
      infer::Sampler ours(s, {});
      volatile int64_t token = 0;
      auto draw = [&] {
        for (int i = 0; i < draws; ++i) {
          token = ours.draw(x, {}, room);
          ours.push(token);
        }
      };
      auto greedy = [&] {
        for (int i = 0; i < draws; ++i) token = std::max_element(x.begin(), x.end()) - x.begin();
      };
      auto sorted = [&] {
        for (int i = 0; i < draws; ++i) token = draw_sorted(x, s, (i + 0.5) / draws);
      };
      std::vector<Side> sides{{"octet", draw}, {"definition", sorted}};
      if (temperature == 0) sides[1] = {"largest", greedy};
      print_row(fmt::format("{} draws of {}: temperature {}, top-p {}, top-k {}", draws, vocabulary, temperature, top_p,
                            top_k),
                compare(sides));
    }
  }
});

}  // namespace

}  // namespace octet::bench
