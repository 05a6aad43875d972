#include "octet/infer/sampler.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "octet/base/error.h"
#include "octet/base/random.h"

namespace octet::infer {
namespace {

std::vector<float> random_logits(uint64_t seed, int64_t count, double spread) {
  Random random(seed);
  std::vector<float> x;
  for (int64_t i = 0; i < count; ++i) x.push_back(static_cast<float>(spread * random.normal()));
  return x;
}

// The definition: everything sorted, in double precision.
std::vector<Candidate> plain(const std::vector<float>& logits, const Sampling& s) {
  std::vector<int64_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
  });
  if (s.top_k > 0) order.resize(std::min(order.size(), static_cast<size_t>(s.top_k)));
  double top = static_cast<double>(logits[static_cast<size_t>(order[0])]), sum = 0;
  std::vector<Candidate> list;
  for (int64_t t : order) {
    list.push_back({t, std::exp((static_cast<double>(logits[static_cast<size_t>(t)]) - top) / s.temperature)});
    sum += list.back().probability;
  }
  double reached = 0;
  size_t n = 0;
  while (n < list.size() && (n == 0 || (reached < s.top_p * sum && list[n].probability >= s.min_p)))
    reached += list[n++].probability;
  list.resize(n);
  for (auto& c : list) c.probability /= reached;
  return list;
}

RC_GTEST_PROP(Sampler, DistributionIsTheDefinitions, (uint64_t seed)) {
  Sampling s;
  s.temperature = *rc::gen::element(0.1, 0.6, 1.0, 2.5);
  s.top_k = *rc::gen::element(0, 1, 3, 40, 5000);
  s.top_p = *rc::gen::element(1.0, 0.95, 0.5, 0.01);
  s.min_p = *rc::gen::element(0.0, 0.0, 0.05, 0.5);
  int64_t count = *rc::gen::element(*rc::gen::inRange(1, 300), 3000);
  auto logits = random_logits(seed, count, *rc::gen::element(0.3, 1.0, 8.0));
  SamplerRoom room;
  auto ours = Sampler(s, {}).distribution(logits, {}, room);
  auto theirs = plain(logits, s);
  std::vector<double> a(logits.size(), 0), b(logits.size(), 0);
  double total = 0;
  for (auto& c : ours) a[static_cast<size_t>(c.token)] = c.probability, total += c.probability;
  for (auto& c : theirs) b[static_cast<size_t>(c.token)] = c.probability;
  RC_ASSERT(std::abs(total - 1) < 1e-9);
  // A token more or less where a limit lies within rounding; then the others' shares move with it.
  int64_t apart = 0;
  for (size_t i = 0; i < a.size(); ++i) apart += (a[i] > 1e-6) != (b[i] > 1e-6);
  RC_ASSERT(apart <= 1);
  for (size_t i = 0; i < a.size() && apart == 0; ++i) RC_ASSERT(std::abs(a[i] - b[i]) < 1e-4);
}

// A draw is the token at which the distribution, summed from the best on, passes the random number.
RC_GTEST_PROP(Sampler, DrawsFromItsDistribution, (uint64_t seed)) {
  Sampling s;
  s.seed = seed;
  s.temperature = *rc::gen::element(0.3, 1.0, 3.0);
  s.top_p = *rc::gen::element(1.0, 0.9, 0.3);
  s.top_k = *rc::gen::element(0, 5);
  auto logits = random_logits(seed, *rc::gen::element(200, 3000), *rc::gen::element(0.5, 2.0, 8.0));
  Sampler sampler(s, {});
  SamplerRoom room;
  for (int i = 0; i < 8; ++i) {
    auto list = sampler.distribution(logits, {}, room);
    int64_t token = sampler.draw(logits, {}, room);
    double u = Random(s.seed, 0x73616d706c6572, sampler.answered() * 4).uniform(), sum = 0;
    size_t k = 0;
    while (k + 1 < list.size() && (sum += list[k].probability) <= u - 1e-12) ++k;
    bool here = list[k].token == token, beside = k + 1 < list.size() && list[k + 1].token == token;
    RC_ASSERT(here || (beside && std::abs(sum - u) < 1e-9));
    sampler.push(token);
  }
}

TEST(Sampler, FrequenciesAreTheProbabilities) {
  std::vector<float> logits{0, 1, 2, -1, 0.5f};
  Sampling s;
  s.temperature = 1;
  SamplerRoom room;
  std::vector<double> count(logits.size(), 0);
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    s.seed = static_cast<uint64_t>(i);
    ++count[static_cast<size_t>(Sampler(s, {}).draw(logits, {}, room))];
  }
  for (const Candidate& c : Sampler(s, {}).distribution(logits, {}, room))
    EXPECT_NEAR(count[static_cast<size_t>(c.token)] / draws, c.probability, 0.015);
}

// One token in front of a crowd of improbable ones, which together weigh more.
TEST(Sampler, TheCrowdIsDrawnFromToo) {
  std::vector<float> logits(50'000, -10);
  logits[777] = 0;
  Sampling s;
  s.temperature = 1;
  SamplerRoom room;
  int leader = 0, first_half = 0;
  constexpr int draws = 3000;
  for (s.seed = 0; s.seed < draws; ++s.seed) {
    int64_t token = Sampler(s, {}).draw(logits, {}, room);
    leader += token == 777;
    first_half += token != 777 && token < 25'000;
  }
  double crowd = 49'999 * std::exp(-10.0);
  EXPECT_NEAR(leader / double{draws}, 1 / (1 + crowd), 0.03);
  EXPECT_NEAR(first_half / double{draws}, 0.5 * crowd / (1 + crowd), 0.03);
  s.top_k = 3;  // equal ones rank by token
  auto list = Sampler(s, {}).distribution(logits, {}, room);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[1].token, 0);
  EXPECT_EQ(list[2].token, 1);
}

// A draw so near 1 that rounding carries it past the last token.
TEST(Ranking, WhatLiesBeyondTheLastTokenIsTheLastToken) {
  Ranking ranking;
  for (float low : {-3.0f, -40.0f, -200.0f}) {
    std::vector<float> x(500, low);
    x[3] = 0;
    ranking.reset(x, 0, 1);
    int64_t last = low > -100 ? 499 : 3;  // what weighs nothing is no part of the ranking
    EXPECT_EQ(ranking.token_at(1.001 * ranking.all().mass, ranking.all()), last) << low;
    ranking.reset(x, 0, 1);
    EXPECT_EQ(ranking.token_at(2 * ranking.all().mass, ranking.first(1)), 3);
    EXPECT_EQ(ranking.size(), low > -100 ? 500u : 1u);
    EXPECT_EQ(ranking.shortest(2 * ranking.all().mass).count, Ranking::everything);
  }
}

TEST(Sampler, ZeroTemperatureTakesTheFirstOfTheBest) {
  std::vector<float> logits{1, 3, 3, 2};
  Sampling s;
  s.temperature = 0;
  SamplerRoom room;
  EXPECT_EQ(Sampler(s, {}).draw(logits, {}, room), 1);
  std::vector<float> many(1000, 0);
  many[999] = many[640] = many[639] = 2;
  EXPECT_EQ(Sampler(s, {}).draw(many, {}, room), 639);
  s.temperature = 1e-300;
  EXPECT_LE(Sampler(s, {}).draw(logits, {}, room), 2);
}

TEST(Sampler, PenaltiesSeePromptAndAnswerAsTheyShould) {
  std::vector<float> logits{2, 1.9f, -1, 0};
  Sampling s;
  s.temperature = 0;
  SamplerRoom room;
  s.repetition_penalty = 2;
  EXPECT_EQ(Sampler(s, std::vector<int64_t>{0}).draw(logits, {}, room), 1);
  s.repetition_penalty = 1;
  s.presence_penalty = 1;
  EXPECT_EQ(Sampler(s, std::vector<int64_t>{0}).draw(logits, {}, room), 0);  // the prompt is not penalised
  Sampler sampler(s, {});
  sampler.push(0);
  EXPECT_EQ(sampler.draw(logits, {}, room), 1);
  s.presence_penalty = 0;
  s.frequency_penalty = 0.06;
  Sampler often(s, {});
  often.push(0);
  EXPECT_EQ(often.draw(logits, {}, room), 0);
  often.push(0);
  EXPECT_EQ(often.draw(logits, {}, room), 1);
  s.logit_bias = {{3, 10}, {-5, 1}, {99, 1}};
  EXPECT_EQ(Sampler(s, {}).draw(logits, {}, room), 3);
}

TEST(Sampler, MaskedTokensNeverCome) {
  auto logits = random_logits(1, 100, 1);
  std::vector<uint32_t> allowed(4, 0);
  for (int64_t t : {5, 37, 99}) allowed[static_cast<size_t>(t / 32)] |= 1u << (t % 32);
  Sampling s;
  s.temperature = 100;
  SamplerRoom room;
  std::map<int64_t, int> seen;
  for (s.seed = 0; s.seed < 300; ++s.seed) ++seen[Sampler(s, {}).draw(logits, allowed, room)];
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_GT(seen[5] * seen[37] * seen[99], 0);
  std::fill(allowed.begin(), allowed.end(), 0);
  EXPECT_THROW(Sampler(s, {}).draw(logits, allowed, room), Error);
}

TEST(Sampler, LogitsThatAreNotFiniteAreTheModelsFault) {
  std::vector<float> logits(8, std::numeric_limits<float>::quiet_NaN());
  SamplerRoom room;
  EXPECT_THROW(Sampler({}, {}).draw(logits, {}, room), Error);
}

TEST(Sampler, LogprobsAndAlternativesAreTheSoftmax) {
  auto logits = random_logits(3, 500, 3);
  double sum = 0;
  for (float x : logits) sum += std::exp(static_cast<double>(x));
  double lse = log_sum_exp(logits);
  EXPECT_NEAR(lse, std::log(sum), 1e-4);
  auto best = most_probable(logits, lse, 7);
  ASSERT_EQ(best.size(), 7u);
  auto sorted = logits;
  std::sort(sorted.rbegin(), sorted.rend());
  for (size_t i = 0; i < best.size(); ++i) {
    EXPECT_EQ(logits[static_cast<size_t>(best[i].token)], sorted[i]);
    EXPECT_NEAR(best[i].logprob, static_cast<double>(sorted[i]) - std::log(sum), 1e-4);
  }
  EXPECT_EQ(most_probable(logits, lse, 0).size(), 0u);
}

}  // namespace
}  // namespace octet::infer
