// The reference data in tests/golden decides what is correct; its README gives the tolerances.
#include <gtest/gtest.h>
#include <unistd.h>

#include "octet/model/testing.h"

namespace octet::model {
namespace {

using testing::tolerance;

class Golden : public testing::GoldenFolder {
 protected:
  Golden() : GoldenFolder(at::kCPU) {}

  bool has(const std::string& name) { return expected.tensors().contains(name); }
  std::vector<std::string> prompts() {
    std::vector<std::string> list;
    for (int p = 0; has(fmt::format("tokens.{}", p)); ++p) list.push_back(std::to_string(p));
    return list;
  }
  void expect_routing(const Routing& routing, const std::string& prefix) {
    at::Tensor indices = tensor(prefix + ".indices"), weights = tensor(prefix + ".weights");
    auto order = [](const at::Tensor& i, const at::Tensor& w) {
      auto [sorted, by] = i.sort(1);
      return std::pair(sorted, w.gather(1, by));
    };
    auto [ours, our_weights] = order(routing.indices_TK, routing.weights_TK);
    auto [theirs, their_weights] = order(indices, weights);
    EXPECT_TRUE(at::equal(ours, theirs)) << prefix;
    EXPECT_LE(distance(our_weights, their_weights), 1e-5) << prefix;
  }
};

TEST_P(Golden, PrefillGivesTheLogitsOfEveryPosition) {
  for (const auto& p : prompts()) {
    Batch batch = make_batch({integers("tokens." + p)});
    at::Tensor logits = model.logits(model.forward(batch).hidden_TD);
    EXPECT_LE(distance(logits, tensor("logits." + p)), tolerance) << "prompt " << p;
  }
}

TEST_P(Golden, PackedSequencesAreAsIfAlone) {
  std::vector<std::vector<int64_t>> sequences;
  for (const auto& p : prompts()) sequences.push_back(integers("tokens." + p));
  Batch batch = make_batch(sequences);
  at::Tensor logits = model.logits(model.forward(batch).hidden_TD);
  for (size_t p = 0; p < sequences.size(); ++p) {
    int64_t begin = batch.cu_seqlens_S1[static_cast<int64_t>(p)].item<int64_t>();
    at::Tensor own = logits.narrow(0, begin, static_cast<int64_t>(sequences[p].size()));
    EXPECT_LE(distance(own, tensor(fmt::format("logits.{}", p))), tolerance);
  }
}

TEST_P(Golden, ResidualStreamAndRouterOfPromptOne) {
  std::vector<at::Tensor> residuals;
  Forward out = model.forward(make_batch({integers("tokens.1")}), &residuals);
  EXPECT_LE(distance(residuals[0], tensor("hidden.1.embed")), tolerance);
  for (size_t i = 0; i + 1 < residuals.size(); ++i)
    EXPECT_LE(distance(residuals[i + 1], tensor(fmt::format("hidden.1.layer.{}", i))), tolerance) << "layer " << i;
  EXPECT_LE(distance(out.hidden_TD, tensor("hidden.1.final_norm")), tolerance);
  EXPECT_FALSE(out.routing.empty());
  for (const auto& routing : out.routing) expect_routing(routing, fmt::format("router.1.layer.{}", routing.layer));
}

TEST_P(Golden, GreedyContinuationThroughTheCache) {
  for (const auto& p : prompts()) {
    Cache cache(model.config, 512, at::kFloat);
    Timeline timeline(cache);
    std::vector<int64_t> tokens = integers("tokens." + p), greedy = integers("greedy." + p);
    at::Tensor expected_logits = tensor("greedy_logits." + p);
    for (size_t step = 0; step < greedy.size(); ++step) {
      Continuation part{&timeline, tokens};
      Forward out = model.forward(make_batch(cache, {&part, 1}));
      at::Tensor last = model.logits(out.hidden_TD.narrow(0, out.hidden_TD.size(0) - 1, 1))[0];
      EXPECT_LE(distance(last, expected_logits[static_cast<int64_t>(step)]), tolerance)
          << "prompt " << p << " step " << step;
      ASSERT_EQ(last.argmax().item<int64_t>(), greedy[step]) << "prompt " << p << " step " << step;
      tokens = {greedy[step]};
    }
  }
}

// Absorbed = expanded, chunked = whole, and sequences that are batched = alone, all through one shared cache.
TEST_P(Golden, ChunksAndBatchesOnTheCacheGiveTheSameLogits) {
  Cache cache(model.config, 1024, at::kFloat);
  std::vector<std::vector<int64_t>> sequences;
  for (const auto& p : prompts()) sequences.push_back(integers("tokens." + p));
  std::vector<Timeline> timelines;
  for (size_t i = 0; i < sequences.size(); ++i) timelines.emplace_back(cache);
  std::vector<std::vector<at::Tensor>> rows(sequences.size());
  size_t chunk = 7;
  for (size_t begin = 0; begin < 160; begin += chunk) {
    std::vector<Continuation> parts;
    std::vector<size_t> who;
    for (size_t i = 0; i < sequences.size(); ++i) {
      if (begin >= sequences[i].size()) continue;
      size_t end = std::min(begin + chunk, sequences[i].size());
      parts.push_back(
          {&timelines[i],
           {sequences[i].begin() + static_cast<long>(begin), sequences[i].begin() + static_cast<long>(end)}});
      who.push_back(i);
    }
    if (parts.empty()) break;
    Batch batch = make_batch(cache, parts);
    at::Tensor logits = model.logits(model.forward(batch).hidden_TD);
    for (size_t j = 0, at = 0; j < who.size(); at += parts[j++].tokens.size())
      rows[who[j]].push_back(logits.narrow(0, static_cast<int64_t>(at), static_cast<int64_t>(parts[j].tokens.size())));
  }
  for (size_t i = 0; i < sequences.size(); ++i)
    EXPECT_LE(distance(at::cat(rows[i]), tensor(fmt::format("logits.{}", i))), tolerance) << "prompt " << i;
}

INSTANTIATE_TEST_SUITE_P(Folders, Golden, testing::golden_folders(), testing::test_name);

class GoldenMtp : public Golden {};

TEST_P(GoldenMtp, LogitsAndRouterOfTheModule) {
  for (const auto& p : prompts()) {
    at::Tensor next = tensor("mtp.tokens." + p);
    Batch batch = make_batch({integers("tokens." + p)});
    Forward main = model.forward(batch);
    Forward mtp = model.forward_mtp(0, main.hidden_TD, next, batch);
    EXPECT_LE(distance(model.logits(mtp.hidden_TD), tensor("mtp.logits_unmasked." + p)), tolerance) << "prompt " << p;
  }
}

// The published order of tensors is the inventory's, so that what is priced and what is run cannot drift apart.
TEST_P(Golden, PublishedTensorsAreTheInventory) {
  auto published = model.published();
  auto inventory = arch::tensors(model.config);
  ASSERT_EQ(published.size(), inventory.size());
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const auto& t : inventory) shapes[t.name] = t.shape;
  for (const auto& p : published) EXPECT_EQ(p.view.sizes().vec(), shapes[p.name]) << p.name;
}

// Saving and loading again changes nothing.
TEST_P(Golden, SavedAndLoadedIsTheSame) {
  auto out = std::filesystem::temp_directory_path() / fmt::format("octet-save-{}-{}", GetParam(), ::getpid());
  std::filesystem::create_directories(out);
  save(model, out, at::kFloat);
  Transformer again = load(out, at::kFloat);
  Batch batch = make_batch({integers("tokens.1")});
  EXPECT_TRUE(at::equal(model.forward(batch).hidden_TD, again.forward(batch).hidden_TD));
  std::filesystem::remove_all(out);
}

// Kimi K2.5's folders: the text model's configuration is nested, its names have a beginning, and other parts lie beside
// it.
TEST_P(Golden, TheTextPartOfALargerModelIsTheSame) {
  Json text = read_json(folder / "config.json");
  if (text["model_type"] != "deepseek_v3") return;
  auto out = std::filesystem::temp_directory_path() / fmt::format("octet-part-{}-{}", GetParam(), ::getpid());
  std::filesystem::create_directories(out);
  io::Checkpoint source(folder);
  std::vector<io::TensorToWrite> list;
  for (const auto& name : source.names()) {
    const auto& view = source.at(name);
    list.push_back({"language_model." + name, view.dtype, view.shape, view.bytes});
  }
  std::vector<float> eye(12);
  list.push_back({"vision_tower.patch_embed.proj.weight", io::Dtype::F32, {3, 4}, std::as_bytes(std::span(eye))});
  io::write_checkpoint(out, list);
  Json whole = {{"model_type", "kimi_k25"}, {"text_config", text}, {"vision_config", {{"patch_size", 14}}}};
  replace_file(out / "config.json", dump(whole));
  Transformer again = load(out, at::kFloat);
  Batch batch = make_batch({integers("tokens.1")});
  EXPECT_TRUE(at::equal(model.forward(batch).hidden_TD, again.forward(batch).hidden_TD));
  std::filesystem::remove_all(out);
}

INSTANTIATE_TEST_SUITE_P(Folders, GoldenMtp, ::testing::Values("v3-mtp"), testing::test_name);

}  // namespace
}  // namespace octet::model
