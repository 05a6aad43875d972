#include "octet/infer/sampler.h"

#include <algorithm>
#include <cmath>

#include "octet/base/error.h"
#include "octet/base/random.h"
#include "octet/kernels/table.h"

namespace octet::infer {

namespace {

constexpr float never = -std::numeric_limits<float>::infinity();

void forbid(std::vector<float>& x, std::span<const uint32_t> allowed) {
  check(allowed.size() * 32 >= x.size(), "a token mask is shorter than the vocabulary");
  for (size_t word = 0; word * 32 < x.size(); ++word) {
    uint32_t bits = allowed[word];
    if (bits == UINT32_MAX) continue;
    size_t end = std::min(x.size(), word * 32 + 32);
    for (size_t i = word * 32; i < end; ++i, bits >>= 1)
      if (!(bits & 1)) x[i] = never;
  }
}

[[noreturn]] void refuse_logits() {
  throw Error(ErrorKind::file,
              "the model's logits are not finite numbers: its weights are damaged, or too large for "
              "the type that it computes in",
              "fetch the model's files again, or try --dtype float32");
}

// The largest number of each block of kernels::row_block.
void find_tops(std::span<const float> x, std::vector<float>& tops) {
  tops.resize((x.size() + kernels::row_block - 1) / kernels::row_block);
  kernels::best<float>().rows.block_tops(x.data(), static_cast<int64_t>(x.size()), tops.data());
}

// The first of the largest; 0 if none is a number.
size_t best_of(std::span<const float> x, std::vector<float>& tops) {
  find_tops(x, tops);
  auto top = std::max_element(tops.begin(), tops.end());
  auto block = x.subspan(static_cast<size_t>(top - tops.begin()) * kernels::row_block);
  auto at = std::find(block.begin(), block.end(), *top);
  return at == block.end() ? 0 : static_cast<size_t>(&*at - x.data());
}

}  // namespace

Sampler::Sampler(const Sampling& sampling, std::span<const int64_t> prompt)
    : sampling_(sampling),
      remembers_(sampling.repetition_penalty != 1 || sampling.presence_penalty != 0 ||
                 sampling.frequency_penalty != 0) {
  if (sampling_.repetition_penalty != 1)
    for (int64_t t : prompt) seen_[t];
}

void Sampler::push(int64_t token) {
  ++answered_;
  if (remembers_) ++seen_[token];
}

std::span<const float> Sampler::adjusted(std::span<const float> logits, std::span<const uint32_t> allowed,
                                         SamplerRoom& room) const {
  const Sampling& s = sampling_;
  if (seen_.empty() && s.logit_bias.empty() && allowed.empty()) return logits;
  std::vector<float>& x = room.adjusted;
  x.assign(logits.begin(), logits.end());
  auto known = [&](int64_t t) { return t >= 0 && t < static_cast<int64_t>(x.size()); };
  auto penalty = static_cast<float>(s.repetition_penalty);
  for (auto [token, times] : seen_) {
    if (!known(token)) continue;
    float& logit = x[static_cast<size_t>(token)];
    if (penalty != 1) logit *= logit > 0 ? 1 / penalty : penalty;
    if (times > 0) logit -= static_cast<float>(s.presence_penalty + s.frequency_penalty * static_cast<double>(times));
  }
  for (auto [token, bias] : s.logit_bias)
    if (known(token)) x[static_cast<size_t>(token)] += static_cast<float>(bias);
  if (!allowed.empty()) forbid(x, allowed);
  return x;
}

// The tokens by e^((x - best) / temperature), and how many of them remain after top-k, top-p and min-p.
Ranking::Cut Sampler::rank(std::span<const float> x, size_t best, SamplerRoom& room) const {
  const Sampling& s = sampling_;
  room.ranking.reset(x, x[best], static_cast<float>(std::min(1 / s.temperature, 1e30)));
  Ranking::Cut cut = room.ranking.all();
  if (!std::isfinite(cut.mass)) refuse_logits();
  if (s.top_k > 0) cut = room.ranking.first(static_cast<size_t>(s.top_k));
  if (s.top_p < 1) {
    Ranking::Cut p = room.ranking.shortest(s.top_p * cut.mass);
    if (p.count < cut.count) cut = p;
  }
  if (s.min_p > 0) {
    size_t count = room.ranking.at_least(static_cast<float>(s.min_p));
    if (count < cut.count) cut = room.ranking.first(count);
  }
  return cut;
}

namespace {

size_t checked_best(std::span<const float> x, std::span<const float> logits, SamplerRoom& room) {
  check(!logits.empty(), "a row of logits is empty");
  size_t best = best_of(x, room.tops);
  if (!std::isfinite(x[best])) {
    if (!std::isfinite(logits[best_of(logits, room.tops)])) refuse_logits();
    throw Error(ErrorKind::request, "no token of the vocabulary may come next", "check the grammar that was asked for");
  }
  return best;
}

}  // namespace

int64_t Sampler::draw(std::span<const float> logits, std::span<const uint32_t> allowed, SamplerRoom& room) const {
  std::span<const float> x = adjusted(logits, allowed, room);
  size_t best = checked_best(x, logits, room);
  if (sampling_.temperature == 0) return static_cast<int64_t>(best);
  Ranking::Cut cut = rank(x, best, room);
  double u = Random(sampling_.seed, 0x73616d706c6572 /* "sampler" */, answered_ * 4).uniform();
  return room.ranking.token_at(u * cut.mass, cut);
}

std::vector<Candidate> Sampler::distribution(std::span<const float> logits, std::span<const uint32_t> allowed,
                                             SamplerRoom& room) const {
  std::span<const float> x = adjusted(logits, allowed, room);
  size_t best = checked_best(x, logits, room);
  if (sampling_.temperature == 0) return {{static_cast<int64_t>(best), 1.0}};
  Ranking::Cut cut = rank(x, best, room);
  std::vector<Candidate> list;
  size_t count = cut.count == Ranking::everything ? room.ranking.size() : cut.count;
  double mass = 0;
  for (size_t rank = 0; rank < count; ++rank) {
    int64_t token = room.ranking.token(rank);
    list.push_back({token, static_cast<double>(room.ranking.weight(token))});
    mass += list.back().probability;
  }
  for (Candidate& candidate : list) candidate.probability /= mass;
  return list;
}

double log_sum_exp(std::span<const float> logits) {
  kernels::SumExp<float> state{-std::numeric_limits<float>::infinity(), 0};
  kernels::best<float>().rows.sum_exp(logits.data(), static_cast<int64_t>(logits.size()), &state);
  return static_cast<double>(state.max) + std::log(static_cast<double>(state.sum));
}

std::vector<Choice> most_probable(std::span<const float> logits, double log_sum, int count) {
  std::vector<int32_t> best;  // descending
  auto before = [&](int32_t a, int32_t b) {
    float x = logits[static_cast<size_t>(a)], y = logits[static_cast<size_t>(b)];
    return x != y ? x > y : a < b;
  };
  auto room = static_cast<size_t>(count);
  std::vector<float> tops;
  if (room > 0) find_tops(logits, tops);
  for (size_t block = 0; block < tops.size(); ++block) {
    if (best.size() == room && tops[block] <= logits[static_cast<size_t>(best.back())]) continue;
    size_t begin = block * kernels::row_block, end = std::min(begin + kernels::row_block, logits.size());
    for (size_t t = begin; t < end; ++t) {
      auto token = static_cast<int32_t>(t);
      if (best.size() == room && !before(token, best.back())) continue;
      if (best.size() == room) best.pop_back();
      best.insert(std::upper_bound(best.begin(), best.end(), token, before), token);
    }
  }
  std::vector<Choice> list;
  for (int32_t t : best)
    list.push_back({t, static_cast<float>(static_cast<double>(logits[static_cast<size_t>(t)]) - log_sum)});
  return list;
}

}  // namespace octet::infer
