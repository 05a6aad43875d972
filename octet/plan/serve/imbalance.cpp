#include "octet/plan/serve/imbalance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <vector>

#include "octet/base/random.h"

namespace octet::plan {

namespace {

constexpr int draws = 6;  // layers, whose busiest ranks are averaged

// The normal quantile (Acklam's rational approximation, relative error 1e-9).
double normal_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                          -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  if (p > 0.97575) return -normal_quantile(1 - p);
  if (p < 0.02425) {
    double q = std::sqrt(-2 * std::log(p));
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
  }
  double q = p - 0.5, r = q * q;
  return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
         (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

std::vector<double> lognormal(int64_t n, double sigma, Random& random) {
  std::vector<double> out(static_cast<size_t>(n));
  double sum = 0;
  for (size_t i = 0; i < out.size(); ++i)
    sum += out[i] = std::exp(sigma * normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(n)));
  for (double& x : out) x *= static_cast<double>(n) / sum;
  random.shuffle(out);
  return out;
}

// Copies of each expert: every redundant slot goes to the expert whose copies carry most.
std::vector<int64_t> copies_of(const std::vector<double>& popularity, int64_t redundant) {
  std::vector<int64_t> copies(popularity.size(), 1);
  std::priority_queue<std::pair<double, size_t>> busiest;
  for (size_t e = 0; e < popularity.size(); ++e) busiest.emplace(popularity[e], e);
  for (int64_t i = 0; i < redundant; ++i) {
    size_t e = busiest.top().second;
    busiest.pop();
    ++copies[e];
    busiest.emplace(popularity[e] / static_cast<double>(copies[e]), e);
  }
  return copies;
}

// Slots packed on ranks of equal room, the largest first, each on the least loaded rank with room.
double packed(const std::vector<double>& known, const std::vector<double>& actual, const ExpertLoad& load) {
  auto copies = copies_of(known, load.redundant);
  std::vector<size_t> slots;
  for (size_t e = 0; e < known.size(); ++e) slots.insert(slots.end(), static_cast<size_t>(copies[e]), e);
  auto part = [&](const std::vector<double>& of, size_t e) { return of[e] / static_cast<double>(copies[e]); };
  std::stable_sort(slots.begin(), slots.end(), [&](size_t a, size_t b) { return part(known, a) > part(known, b); });
  auto ranks = static_cast<size_t>(load.ranks);
  size_t room = (slots.size() + ranks - 1) / ranks;
  using Rank = std::pair<double, size_t>;
  std::priority_queue<Rank, std::vector<Rank>, std::greater<>> idlest;
  for (size_t r = 0; r < ranks; ++r) idlest.emplace(0.0, r);
  std::vector<size_t> held(ranks, 0);
  std::vector<double> real(ranks, 0);
  for (size_t e : slots) {
    auto [carried, r] = idlest.top();
    idlest.pop();
    real[r] += part(actual, e);
    if (++held[r] < room) idlest.emplace(carried + part(known, e), r);
  }
  return *std::max_element(real.begin(), real.end()) * static_cast<double>(ranks) / static_cast<double>(known.size());
}

double in_order(const std::vector<double>& actual, int64_t ranks) {
  std::vector<double> real(static_cast<size_t>(ranks), 0);
  for (size_t e = 0; e < actual.size(); ++e) real[e * real.size() / actual.size()] += actual[e];
  return *std::max_element(real.begin(), real.end()) * static_cast<double>(ranks) / static_cast<double>(actual.size());
}

// Tokens of one prompt that lie further apart than this are taken to choose independently: a text changes its subject.
constexpr double stretch = 4096;

// Standard deviation of the log of what an expert gets beyond what was known: drift, and multinomial noise of
// sequences x tokens choices of which those of one stretch are correlated.
double surprise(const ExpertLoad& load, const ExpertSkew& skew) {
  double alone = static_cast<double>(load.experts) / static_cast<double>(load.top_k);
  double tokens = load.sequences * load.tokens_per_sequence, together = std::min(load.tokens_per_sequence, stretch);
  double noise = alone * (1 + skew.agreement * std::max(0.0, together - 1)) / tokens;
  return std::sqrt(skew.drift * skew.drift + std::log1p(noise));
}

}  // namespace

Imbalance expert_imbalance(const ExpertLoad& load, const ExpertSkew& skew) {
  if (load.ranks <= 1 || load.experts <= 1) return {};
  double sigma = surprise(load, skew);
  Imbalance out{0, 0};
  for (int i = 0; i < draws; ++i) {
    Random random(0x6f63746574, static_cast<uint64_t>(i));
    auto known = lognormal(load.experts, skew.popularity, random), change = lognormal(load.experts, sigma, random);
    std::vector<double> actual(known.size());
    double sum = 0;
    for (size_t e = 0; e < known.size(); ++e) sum += actual[e] = known[e] * change[e];
    for (double& x : actual) x *= static_cast<double>(load.experts) / sum;
    out.placed += packed(known, actual, load) / draws;
    out.in_order += in_order(actual, load.ranks) / draws;
  }
  // No rank can get more than every token's every choice on it, nor do more than all ranks' work.
  double most = static_cast<double>(load.ranks);
  return {std::clamp(out.placed, 1.0, most), std::clamp(out.in_order, 1.0, most)};
}

}  // namespace octet::plan
