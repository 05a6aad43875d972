#include "octet/plan/train/stages.h"

#include <cmath>
#include <limits>

namespace octet::plan {

namespace {

Item layer_item(const ModelWork& model, int kind, const Share& share) {
  const LayerWork& work = model.kinds[static_cast<size_t>(kind)];
  Item out{
      .what = Item::What::layer, .kind = kind, .seconds = layer_seconds(work, share), .kept = kept_bytes(work, share)};
  out.shared_weights =
      (work.attention.weights + work.ffn.weights) / share.tp + work.router.weights + work.small_weights;
  out.expert_weights = work.routed.weights / share.ep;
  out.fp8_weights = (work.attention.weights + work.ffn.weights) / share.tp + out.expert_weights;
  return out;
}

std::vector<Item> items_of(const ModelWork& model, const Share& share) {
  std::vector<Item> out;
  double table = model.hidden * model.vocab / share.tp;
  out.push_back({.what = Item::What::embedding, .seconds = embedding_seconds(model, share), .shared_weights = table});
  std::vector<Item> kinds;
  for (size_t kind = 0; kind < model.kinds.size(); ++kind)
    kinds.push_back(layer_item(model, static_cast<int>(kind), share));
  for (int kind : model.layers) out.push_back(kinds[static_cast<size_t>(kind)]);
  for (int kind : model.mtp_layers) {
    Item item = kinds[static_cast<size_t>(kind)];
    item.what = Item::What::mtp;
    item.seconds = mtp_seconds(model, model.kinds[static_cast<size_t>(kind)], share);
    item.kept += 2 * 3 * model.hidden * share.tokens / share.tp;  // the pair that the projection joins, and its result
    item.shared_weights += model.mtp_projection.weights / share.tp + 3 * model.hidden;
    item.fp8_weights += model.mtp_projection.weights / share.tp;
    out.push_back(item);
  }
  Item head{.what = Item::What::head, .seconds = head_seconds(model, share)};
  head.kept = 2 * 2 * model.hidden * share.tokens / share.tp;
  head.shared_weights = table;  // tied: the last stage keeps a copy of its own
  out.push_back(head);
  return out;
}

double time_of(const Seconds& s) {
  return s.forward + s.backward_input + s.weight + s.collective_forward + s.collective_backward;
}

// first[i]: where stage i begins; by dynamic programming over (stages, items).
std::vector<size_t> cut(const std::vector<double>& times, size_t stages) {
  size_t n = times.size();
  std::vector<double> before(n + 1, 0);
  for (size_t i = 0; i < n; ++i) before[i + 1] = before[i] + times[i];
  double mean = before[n] / static_cast<double>(stages), longest = *std::max_element(times.begin(), times.end());
  double most = 2 * std::max(mean, longest) + 1e-300;  // no good split has a longer stage
  constexpr double never = std::numeric_limits<double>::infinity();
  auto badness = [&](double time) {
    double square = time / most * (time / most), fourth = square * square;
    return fourth * fourth;
  };
  std::vector<std::vector<uint32_t>> from(stages + 1, std::vector<uint32_t>(n + 1, 0));
  std::vector<double> best(n + 1, never), next(n + 1);
  best[0] = 0;
  for (size_t s = 1; s <= stages; ++s) {
    for (size_t end = 0; end <= n; ++end) {
      next[end] = never;
      for (size_t begin = end + 1; begin-- > 0 && before[end] - before[begin] <= most;) {
        double total = best[begin] + badness(before[end] - before[begin]);
        if (total < next[end]) next[end] = total, from[s][end] = static_cast<uint32_t>(begin);
      }
    }
    best.swap(next);
  }
  std::vector<size_t> first(stages + 1, n);
  for (size_t s = stages, end = n; s > 0; --s) first[s - 1] = end = from[s][end];
  return first;
}

}  // namespace

Stages split_into_stages(const ModelWork& model, const Share& share, int64_t stages) {
  Stages out;
  out.items = items_of(model, share);
  std::vector<double> times;
  for (const Item& item : out.items) times.push_back(time_of(item.seconds));
  auto first = cut(times, static_cast<size_t>(stages));
  for (size_t s = 0; s + 1 < first.size(); ++s) {
    Stage& stage = out.stages.emplace_back();
    for (size_t i = first[s]; i < first[s + 1]; ++i) {
      const Item& item = out.items[i];
      stage.items.push_back(static_cast<int>(i));
      stage.seconds += item.seconds;
      stage.kept += item.kept, stage.shared_weights += item.shared_weights;
      stage.expert_weights += item.expert_weights, stage.fp8_weights += item.fp8_weights;
      stage.layers += item.what == Item::What::layer;
    }
  }
  return out;
}

std::string Stages::describe() const {
  std::string out;
  for (const Stage& stage : stages) {
    std::string ends;
    for (int i : stage.items) {
      auto what = items[static_cast<size_t>(i)].what;
      if (what == Item::What::embedding) ends += "+E";
      if (what == Item::What::mtp) ends += "+M";
      if (what == Item::What::head) ends += "+H";
    }
    out += fmt::format("{}{}{}", out.empty() ? "" : " ", stage.layers, ends);
  }
  return out;
}

}  // namespace octet::plan
