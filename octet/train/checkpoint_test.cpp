#include "octet/train/checkpoint.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "octet/base/file.h"
#include "octet/base/random.h"
#include "octet/train/step.h"
#include "octet/train/testing.h"

extern char** environ;

namespace octet::train {
namespace {

using testing::Folder;
using testing::packed_bytes;
using testing::page;
using testing::tiny_config;

struct Trainer {
  model::Transformer model;
  Optimizer optimizer;
  explicit Trainer(uint64_t seed, OptimizerKind kind = OptimizerKind::muon)
      : model(made(seed)), optimizer(model.parameters(), {.kind = kind, .lr = 0.01, .muon_lr = 0.01}) {}
  static model::Transformer made(uint64_t seed) {
    model::Transformer model = model::make_transformer(tiny_config(), at::kFloat);
    model::initialise(model, seed);
    model.require_grad();
    return model;
  }
  double step() {
    return train_step(model, optimizer, {make_train_batch(packed_bytes(page.substr(0, 256), 128), 1)},
                      {1, {0.3, 1e-4, 128}, 0.001})
        .loss;
  }
  RunState state() const {
    return {{optimizer.steps(), optimizer.steps() * 256, 1.5, 2e9}, {{"batches", optimizer.steps()}}};
  }
  void save(const fs::path& run) { write_checkpoint(run, model, optimizer, state(), {}, at::kBFloat16); }
};

TEST(Checkpoint, TrainingGoesOnBitForBit) {
  for (auto kind : {OptimizerKind::adamw, OptimizerKind::muon}) {
    Folder folder("resume");
    Trainer whole(1, kind);
    for (int i = 0; i < 3; ++i) whole.step();
    whole.save(folder.path);
    std::vector<double> expected;
    for (int i = 0; i < 4; ++i) expected.push_back(whole.step());
    Trainer resumed(99, kind);  // other weights: all must come from the checkpoint
    RunState state = read_checkpoint(newest_checkpoint(folder.path).value(), resumed.model, resumed.optimizer);
    EXPECT_EQ(state.done.steps, 3);
    EXPECT_EQ(state.done.tokens, 3 * 256);
    EXPECT_DOUBLE_EQ(state.done.seconds, 1.5);
    EXPECT_DOUBLE_EQ(state.done.flops, 2e9);
    EXPECT_EQ(state.data.at("batches"), 3);
    for (double loss : expected) EXPECT_EQ(resumed.step(), loss);
  }
}

TEST(Checkpoint, IsAModelFolderWithTheTokenizersFiles) {
  Folder folder("layout");
  fs::create_directories(folder.path / "tokenizer");
  replace_file(folder.path / "tokenizer/tokenizer.json", "{\"of\": \"the data\"}");
  replace_file(folder.path / "tokenizer/tokenizer_config.json", "{}");
  Trainer trainer(2);
  write_checkpoint(folder.path / "run", trainer.model, trainer.optimizer, trainer.state(), {folder.path / "tokenizer"},
                   at::kBFloat16);
  fs::path made = newest_checkpoint(folder.path / "run").value();
  for (const char* file : {"config.json", "model.safetensors", "optimizer.safetensors", "state.json",
                           "generation_config.json", "tokenizer.json", "tokenizer_config.json"})
    EXPECT_TRUE(fs::exists(made / file)) << file;
  EXPECT_EQ(read_file(made / "tokenizer.json"), "{\"of\": \"the data\"}");
  EXPECT_EQ(read_json(made / "generation_config.json").at("eos_token_id"), 1);
  model::Transformer loaded = model::load(made, at::kFloat);
  EXPECT_TRUE(at::equal(loaded.embed_VD, trainer.model.embed_VD.detach().to(at::kBFloat16).to(at::kFloat)));
}

TEST(Checkpoint, AnotherModelsCheckpointIsRefusedByTensor) {
  Folder folder("other");
  Trainer trainer(3);
  trainer.save(folder.path);
  model::Transformer wider = model::make_transformer(tiny_config(2, 300), at::kFloat);
  Optimizer optimizer(wider.parameters(), {.kind = OptimizerKind::muon});
  try {
    read_checkpoint(newest_checkpoint(folder.path).value(), wider, optimizer);
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("embed_tokens"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("[256, 64]"), std::string::npos) << e.what();
  }
}

TEST(Checkpoint, TheNewestStayAndHalfWrittenOnesGo) {
  Folder folder("keep");
  for (const char* name : {"step-00000009", "step-00000010", "step-00000100", "step-x", ".step-00000101.1.0.part"})
    fs::create_directories(folder.path / name);
  EXPECT_EQ(newest_checkpoint(folder.path).value().filename(), "step-00000100");
  remove_old_checkpoints(folder.path, 2);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path)) left.push_back(entry.path().filename());
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{"step-00000010", "step-00000100", "step-x"}));
  EXPECT_FALSE(newest_checkpoint(folder.path / "nowhere"));
}

// Run by the test below in a process of its own, until it is killed.
TEST(CheckpointWriter, DISABLED_WritesForever) {
  const char* run = std::getenv("OCTET_TEST_RUN");
  ASSERT_TRUE(run);
  Trainer trainer(4);
  if (auto newest = newest_checkpoint(run)) read_checkpoint(*newest, trainer.model, trainer.optimizer);
  for (;;) {
    trainer.optimizer.set_steps(trainer.optimizer.steps() + 1);
    trainer.save(run);
    remove_old_checkpoints(run, 1);
  }
}

TEST(Checkpoint, AKillWhileWritingNeverCostsThePreviousOne) {
  Folder folder("kill");
  std::string run = "OCTET_TEST_RUN=" + folder.path.string();
  std::vector<char*> environment = {run.data()};
  for (char** e = environ; *e; ++e) environment.push_back(*e);
  environment.push_back(nullptr);
  std::string self = fs::read_symlink("/proc/self/exe"), filter = "--gtest_filter=CheckpointWriter.*",
              disabled = "--gtest_also_run_disabled_tests";
  char* arguments[] = {self.data(), filter.data(), disabled.data(), nullptr};
  Random random(5);
  for (int round = 0; round < 4; ++round) {
    pid_t child = 0;
    ASSERT_EQ(posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments, environment.data()), 0);
    auto begin = std::chrono::steady_clock::now();
    auto running = [&] { return std::chrono::steady_clock::now() - begin < std::chrono::seconds(60); };
    auto started = newest_checkpoint(folder.path);
    while (newest_checkpoint(folder.path) == started && running())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::microseconds(random.between(0, 60000)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    auto newest = newest_checkpoint(folder.path);
    ASSERT_TRUE(newest);
    Trainer resumed(6);
    RunState state = read_checkpoint(*newest, resumed.model, resumed.optimizer);
    EXPECT_EQ(fmt::format("step-{:08}", state.done.steps), newest->filename().string());
    EXPECT_NO_THROW(model::load(*newest, at::kFloat));
    remove_old_checkpoints(folder.path, 1);
  }
}

}  // namespace
}  // namespace octet::train
