#include "octet/infer/sampling.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "octet/base/error.h"
#include "octet/base/random.h"

namespace octet::infer {

namespace {

void require(bool holds, const char* name, double value, const char* expected) {
  if (!holds)
    throw Error(ErrorKind::usage, fmt::format("{}: expected {}, found {}", name, expected, value));
}

// Logits with penalties and biases, before the temperature.
std::vector<float> adjusted(std::span<const float> logits, const Sampling& s, const History& history) {
  std::vector<float> x(logits.begin(), logits.end());
  auto known = [&](int64_t t) { return t >= 0 && t < static_cast<int64_t>(x.size()); };
  if (s.repetition_penalty != 1.0) {
    std::set<int64_t> seen(history.prompt.begin(), history.prompt.end());
    seen.insert(history.answer.begin(), history.answer.end());
    auto penalty = static_cast<float>(s.repetition_penalty);
    for (int64_t t : seen)
      if (known(t)) x[static_cast<size_t>(t)] *= x[static_cast<size_t>(t)] > 0 ? 1 / penalty : penalty;
  }
  if (s.presence_penalty != 0 || s.frequency_penalty != 0) {
    std::map<int64_t, int64_t> counts;
    for (int64_t t : history.answer) ++counts[t];
    for (auto [t, n] : counts)
      if (known(t))
        x[static_cast<size_t>(t)] -=
            static_cast<float>(s.presence_penalty + s.frequency_penalty * static_cast<double>(n));
  }
  for (auto [t, bias] : s.logit_bias)
    if (known(t)) x[static_cast<size_t>(t)] += static_cast<float>(bias);
  return x;
}

size_t best_of(const std::vector<float>& x) {
  return static_cast<size_t>(std::max_element(x.begin(), x.end()) - x.begin());  // the first of equals
}

float logprob_of(std::span<const float> logits, size_t token) {
  float top = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float l : logits) sum += std::exp(static_cast<double>(l - top));
  return static_cast<float>(logits[token] - top - std::log(sum));
}

}  // namespace

void validate(const Sampling& s) {
  require(s.temperature >= 0 && s.temperature <= 100, "temperature", s.temperature, "a number from 0 to 100");
  require(s.top_p > 0 && s.top_p <= 1, "top-p", s.top_p, "a number above 0 and up to 1");
  require(s.top_k >= 0, "top-k", static_cast<double>(s.top_k), "0 (all) or more");
  require(s.min_p >= 0 && s.min_p <= 1, "min-p", s.min_p, "a number from 0 to 1");
  require(s.repetition_penalty > 0 && s.repetition_penalty <= 10, "repetition-penalty", s.repetition_penalty,
          "a number above 0 and up to 10");
}

std::vector<Candidate> distribution(std::span<const float> logits, const Sampling& s, const History& history) {
  check(!logits.empty(), "a row of logits is empty");
  std::vector<float> x = adjusted(logits, s, history);
  if (s.temperature == 0) return {{static_cast<int64_t>(best_of(x)), 1.0}};
  std::vector<int64_t> order(x.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int64_t>(i);
  auto before = [&](int64_t a, int64_t b) {
    float la = x[static_cast<size_t>(a)], lb = x[static_cast<size_t>(b)];
    return la != lb ? la > lb : a < b;
  };
  size_t keep = s.top_k > 0 ? std::min(order.size(), static_cast<size_t>(s.top_k)) : order.size();
  std::partial_sort(order.begin(), order.begin() + static_cast<long>(keep), order.end(), before);
  order.resize(keep);
  std::vector<Candidate> list;
  double sum = 0, top = x[static_cast<size_t>(order[0])];
  for (int64_t t : order) {
    double p = std::exp((x[static_cast<size_t>(t)] - top) / s.temperature);
    list.push_back({t, p});
    sum += p;
  }
  double reached = 0;
  size_t n = 0;
  while (n < list.size() && (n == 0 || (reached < s.top_p * sum && list[n].probability >= s.min_p)))
    reached += list[n++].probability;
  list.resize(n);
  for (auto& c : list) c.probability /= reached;
  return list;
}

Choice sample(std::span<const float> logits, const Sampling& s, const History& history, uint64_t index) {
  auto list = distribution(logits, s, history);
  size_t chosen = 0;
  if (list.size() > 1) {
    double u = Random(s.seed, 0x73616d706c6572 /* "sampler" */, index * 4).uniform();
    for (double sum = list[0].probability; chosen + 1 < list.size() && u >= sum; sum += list[++chosen].probability) {
    }
  }
  auto token = static_cast<size_t>(list[chosen].token);
  return {list[chosen].token, logprob_of(logits, token)};
}

}  // namespace octet::infer
