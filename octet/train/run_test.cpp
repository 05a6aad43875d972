#include "octet/train/run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "octet/base/file.h"
#include "octet/base/random.h"
#include "octet/data/document.h"
#include "octet/data/shard.h"
#include "octet/ops/testing_far_device.h"
#include "octet/train/metrics.h"
#include "octet/train/setup.h"
#include "octet/train/testing.h"

namespace octet::train {
namespace {

using testing::Folder;

// A data folder of two small sources in a vocabulary of 64, with something held out.
void write_data(const fs::path& dir) {
  std::string tokenizer = "{}";
  replace_file(dir / "tokenizer.json", tokenizer);
  data::ShardLabel label{"", "public domain", data::hash_of(tokenizer), 64};
  Json sources = Json::array();
  for (std::string name : {"numbers", "letters"}) {
    Json source = {{"name", name}, {"weight", 1}};
    label.source = name;
    for (std::string part : {"train", "validation"}) {
      data::ShardWriter writer(dir / part, label);
      Random random = Random::named(1, name + part);
      for (int i = 0; i < (part == "train" ? 40 : 6); ++i) {
        data::Encoded document;
        auto start = static_cast<int32_t>(random.below(64));
        for (auto n = random.between(5, 60); n > 0; --n) document.tokens.push_back(start++ % 64);
        document.loss_mask.assign(document.tokens.size(), 1);
        writer.add(document);
      }
      writer.finish();
      source[part] = {{"files", writer.files()}};
    }
    sources.push_back(source);
  }
  Json description = {{"format", "octet-data-1"},
                      {"tokenizer_hash", label.tokenizer_hash},
                      {"vocab_size", label.vocab_size},
                      {"sources", sources}};
  replace_file(dir / "data.json", dump(description));
}

struct Fixture {
  Folder folder{"run"};
  Fixture() {
    write_data(folder.path / "data");
    replace_file(folder.path / "config.json", dump(arch::to_json(testing::tiny_config(2, 64))));
  }
  RunOptions options(const std::string& out, int64_t steps) const {
    Json recipe = {{"model", {{"config", (folder.path / "config.json").string()}}},
                   {"data", {{"dir", (folder.path / "data").string()}}},
                   {"batch", {{"tokens", 256}, {"micro_batch", 128}, {"sequence_length", 64}}},
                   {"optimizer", {{"kind", "muon"}, {"lr", 0.01}}},
                   {"schedule", {{"steps", steps}, {"warmup_steps", 2}}},
                   {"validation", {{"every_steps", 4}, {"batches", 2}}},
                   {"checkpoint", {{"every_steps", 3}, {"keep", 2}}},
                   {"seed", 3},
                   {"threads", 2}};
    return {parse_recipe(recipe, "test"), folder.path / out, {}, at::kCPU, "1.2.3", {}};
  }
  std::vector<Json> metrics(const std::string& out) const {
    std::istringstream text(read_file(folder.path / out / "metrics.jsonl"));
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(parse_json(line, "metrics"));
    return lines;
  }
};

TEST(Run, ResumedEqualsUninterruptedBitForBit) {
  Fixture f;
  RunSummary whole = run(f.options("whole", 10));
  EXPECT_TRUE(whole.finished);
  RunOptions first = f.options("parts", 10);
  int asked = 0;
  first.stop_requested = [&] { return ++asked > 5; };
  RunSummary stopped = run(first);
  EXPECT_FALSE(stopped.finished);
  EXPECT_EQ(stopped.steps, 5);
  EXPECT_TRUE(stopped.model.empty());
  RunOptions second = f.options("parts", 10);
  second.resume = f.folder.path / "parts";
  RunSummary resumed = run(second);
  EXPECT_TRUE(resumed.finished);
  auto expected = f.metrics("whole"), found = f.metrics("parts");
  ASSERT_EQ(expected.size(), 10u);
  ASSERT_EQ(found.size(), 10u);
  for (size_t i = 0; i < 10; ++i)
    for (const char* key : {"step", "loss", "mtp_loss", "grad_norm", "lr", "expert_load_max_over_mean", "tokens"})
      EXPECT_EQ(dump(expected[i].at(key)), dump(found[i].at(key))) << key << " of step " << i + 1;
  EXPECT_EQ(whole.validation_loss, resumed.validation_loss);
  EXPECT_EQ(read_file(whole.model / "model.safetensors"), read_file(resumed.model / "model.safetensors"));
}

// Stopped, gone on with from its checkpoint and finished elsewhere.
TEST(Run, AnotherDeviceLearnsAsTheCpuDoes) {
  Fixture f;
  RunOptions first = f.options("far", 8), second = f.options("far", 8);
  first.device = second.device = ops::test::far_device();
  int asked = 0;
  first.stop_requested = [&] { return ++asked == 5; };
  EXPECT_FALSE(run(first).finished);
  second.resume = f.folder.path / "far";
  RunSummary far = run(second), near = run(f.options("near", 8));
  EXPECT_TRUE(far.finished);
  EXPECT_NEAR(far.loss, near.loss, 0.01 * near.loss);
  EXPECT_NEAR(*far.validation_loss, *near.validation_loss, 0.01 * *near.validation_loss);
}

TEST(Run, LeavesWhatTheContractNames) {
  Fixture f;
  RunSummary summary = run(f.options("out", 8));
  auto lines = f.metrics("out");
  ASSERT_EQ(lines.size(), 8u);
  for (const char* key :
       {"step", "loss", "mtp_loss", "tokens_per_second", "grad_norm", "lr", "expert_load_max_over_mean"})
    EXPECT_TRUE(lines[0].at(key).is_number()) << key;
  EXPECT_EQ(lines[0].at("step"), 1);
  EXPECT_FALSE(lines[2].contains("validation_loss"));
  EXPECT_TRUE(lines[3].at("validation_loss").is_number());
  EXPECT_TRUE(lines[7].at("validation_loss").is_number()) << "at the end too";
  const Json& apart = lines[7].at("validation_loss_by_source");
  double mean = lines[7].at("validation_loss").get<double>(), a = apart.at("letters"), b = apart.at("numbers");
  EXPECT_GE(mean, std::min(a, b));
  EXPECT_LE(mean, std::max(a, b));
  Json about = read_json(f.folder.path / "out/run.json");
  for (const char* key : {"recipe", "version", "data", "seed", "machine", "predicted", "measured"})
    EXPECT_TRUE(about.contains(key) && !about.at(key).is_null()) << key;
  EXPECT_EQ(about.at("version"), "1.2.3");
  EXPECT_EQ(about.at("measured").at("tokens"), 8 * 256);
  EXPECT_GT(about.at("machine").at("matrix_peak").get<double>(), 0);
  EXPECT_TRUE(fs::exists(summary.model / "config.json"));
  EXPECT_TRUE(fs::exists(f.folder.path / "out/step-00000006"));
  EXPECT_TRUE(fs::exists(f.folder.path / "out/step-00000008"));
  EXPECT_FALSE(fs::exists(f.folder.path / "out/step-00000003")) << "two are kept";
}

TEST(Run, AMinutesBudgetEndsByItself) {
  Fixture f;
  RunOptions options = f.options("minutes", 1);
  options.recipe.schedule.length = {.minutes = 0.02};
  RunSummary summary = run(options);
  EXPECT_TRUE(summary.finished);
  EXPECT_GE(summary.seconds, 1.2);
  EXPECT_EQ(f.metrics("minutes").size(), static_cast<size_t>(summary.steps));
  EXPECT_TRUE(fs::exists(summary.model / "model.safetensors"));
}

TEST(Run, GoesOnFromAFinishedModelsWeights) {
  Fixture f;
  RunSummary first = run(f.options("first", 30));
  RunOptions options = f.options("second", 2);
  options.recipe.model = {.weights = first.model};
  RunSummary second = run(options);
  EXPECT_LT(f.metrics("second")[0].at("loss").get<double>(), 0.8 * f.metrics("first")[0].at("loss").get<double>());
  EXPECT_EQ(second.steps, 2);
}

TEST(Run, ResumeWithoutACheckpointIsRefused) {
  Fixture f;
  RunOptions options = f.options("none", 2);
  options.resume = f.folder.path / "none";
  EXPECT_THROW(run(options), Error);
}

TEST(Run, AFinishedRunIsNotResumedUnlessItIsMadeLonger) {
  Fixture f;
  run(f.options("done", 3));
  RunOptions again = f.options("done", 3);
  again.resume = again.out;
  EXPECT_THROW(run(again), Error);
  RunOptions longer = f.options("done", 4);
  longer.resume = longer.out;
  EXPECT_EQ(run(longer).steps, 4);
}

TEST(Run, AnotherRunsFolderIsLeftAlone) {
  Fixture f;
  run(f.options("taken", 4));
  EXPECT_THROW(run(f.options("taken", 4)), Error) << "a new run there would lose to the old one's step numbers";
  RunOptions elsewhere = f.options("elsewhere", 6);
  elsewhere.resume = f.folder.path / "taken/step-00000003";
  EXPECT_EQ(run(elsewhere).steps, 6) << "an older checkpoint goes on in a folder of its own";
  RunOptions behind = f.options("taken", 6);
  behind.resume = f.folder.path / "taken/step-00000003";
  EXPECT_THROW(run(behind), Error);
}

TEST(Run, FilesOfSomeoneElseAreLeftAlone) {
  Fixture f;
  auto refused = [&](const RunOptions& options, const std::string& expected) {
    try {
      run(options);
      ADD_FAILURE() << options.out;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(expected), std::string::npos) << e.what();
    }
  };
  fs::path mine = f.folder.path / "mine";
  replace_file(mine / "model" / "thesis.txt", "years of work");
  refused(f.options("mine", 2), "no run.json");
  replace_file(mine / "run.json", "{\"name\": \"a marathon\"}");
  refused(f.options("mine", 2), "no run.json of octet train");
  EXPECT_FALSE(fs::exists(mine / "metrics.jsonl"));
  replace_file(mine / "run.json", "{\"recipe\": {}, \"predicted\": {}}");
  refused(f.options("mine", 2), "'thesis.txt' in it");
  EXPECT_EQ(read_file(mine / "model" / "thesis.txt"), "years of work");
  fs::remove(mine / "model" / "thesis.txt");
  replace_file(mine / "model" / "config.json", "{}");
  EXPECT_TRUE(run(f.options("mine", 2)).finished);
}

TEST(Run, AnotherOptimizerDoesNotGoOn) {
  Fixture f;
  run(f.options("muon", 3));
  RunOptions options = f.options("muon", 6);
  options.resume = options.out;
  options.recipe.optimizer.kind = OptimizerKind::adamw;
  try {
    run(options);
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("expected the state of AdamW, found that of Muon"), std::string::npos)
        << e.what();
  }
  RunOptions first = f.options("adamw", 3);
  first.recipe.optimizer.kind = OptimizerKind::adamw;
  run(first);
  RunOptions second = f.options("adamw", 6);
  second.resume = second.out;
  EXPECT_THROW(run(second), Error);
}

TEST(Setup, ABatchBeyondMemoryIsRefusedBeforeAnythingIsWritten) {
  Fixture f;
  RunOptions options = f.options("vast", 2);
  options.recipe.batch.tokens = int64_t{1} << 40;
  EXPECT_THROW(run(options), Error);
  options.recipe.batch.micro_batch = options.recipe.batch.tokens;
  EXPECT_THROW(run(options), Error);
  EXPECT_FALSE(fs::exists(options.out));
}

TEST(Setup, WhatDoesNotFitTogetherIsRefused) {
  Fixture f;
  data::Dataset dataset = data::read_dataset(f.folder.path / "data");
  Recipe recipe = f.options("x", 1).recipe;
  EXPECT_EQ(make_config(recipe, dataset).vocab, 64);
  recipe.batch.sequence_length = 1024;
  EXPECT_THROW(make_config(recipe, dataset), Error) << "longer than the model's positions";
  recipe = f.options("x", 1).recipe;
  recipe.model.fields["vocab_size"] = 32;
  EXPECT_THROW(make_config(recipe, dataset), Error) << "the data's tokens reach 63";
  recipe.model.vocab_from_data = true;
  EXPECT_EQ(make_config(recipe, dataset).vocab, 64);
  recipe.data.weights = {{"letter", 2}};
  EXPECT_THROW(weighted(dataset.train, recipe.data), Error);
  recipe.data.weights = {{"letters", 0}};
  auto left = weighted(dataset.train, recipe.data);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].name, "numbers");
}

TEST(Metrics, AResumeDropsWhatCameAfterTheCheckpoint) {
  Folder folder("metrics");
  fs::path path = folder.path / "metrics.jsonl";
  auto lines = [&] {
    std::string text = read_file(path);
    return std::count(text.begin(), text.end(), '\n');
  };
  {
    MetricsFile file(path, 0);
    for (int64_t step = 1; step <= 5; ++step) file.add({.step = step});
  }
  std::ofstream(path, std::ios::app) << "{\"step\": 6, \"lo";  // cut short by a kill
  MetricsFile file(path, 3);
  EXPECT_EQ(lines(), 3);
  file.add({.step = 4});
  EXPECT_EQ(lines(), 4);
  MetricsFile anew(path, 0);
  EXPECT_EQ(lines(), 0);
}

}  // namespace
}  // namespace octet::train
