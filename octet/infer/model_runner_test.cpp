// The engine on real models: an answer does not depend, to the bit, on company, chunks, the cache, guesses, preemption.
#include "octet/infer/model_runner.h"

#include <gtest/gtest.h>

#include "octet/infer/batched.h"
#include "octet/infer/testing.h"
#include "octet/io/safetensors.h"

namespace octet::infer {
namespace {

using testing::Bench;
using testing::Heard;
using testing::request;
using testing::some_tokens;
using testing::StripedMask;

std::filesystem::path folder_of(const std::string& name) {
  auto root = std::filesystem::path(OCTET_SOURCE_DIR);
  return name == "octet-mini" ? root / "models" / name : root / "tests/golden" / name;
}

class RealModel : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path folder = folder_of(GetParam());
  std::shared_ptr<const model::Transformer> model =
      std::make_shared<model::Transformer>(model::load(folder, model::default_dtype(arch::read_config(folder))));
  int64_t vocabulary = model->config.vocab;

  std::unique_ptr<Runner> runner(int64_t cache_tokens = 8192) { return make_model_runner(model, {cache_tokens}); }

  // A mixed lot: lengths, temperatures, penalties and masks of all kinds.
  Request sample(int64_t i) {
    Request r = request(some_tokens(1 + i * 23 % 150, i % 5, vocabulary), 6 + i % 9);
    r.sampling.temperature = i % 3 == 0 ? 0 : 0.5 + 0.3 * static_cast<double>(i % 4);
    r.sampling.seed = static_cast<uint64_t>(100 + i);
    r.sampling.top_p = i % 4 == 1 ? 0.9 : 1;
    if (i % 5 == 2) r.sampling.frequency_penalty = 0.4;
    if (i % 6 == 3) r.mask = std::make_shared<StripedMask>(4, i % 4, 5);
    r.client = std::to_string(i % 3);
    return r;
  }
  void expect_same(const Heard& a, const Heard& b, int64_t i) {
    EXPECT_EQ(a.tokens(), b.tokens()) << "request " << i;
    EXPECT_EQ(a.logprobs(), b.logprobs()) << "request " << i;
    ASSERT_EQ(a.ends.size(), 1u);
    EXPECT_EQ(a.ends[0].finish, b.ends[0].finish);
  }
  std::shared_ptr<Heard> cold(int64_t i) {  // alone, in one piece, no guesses, an empty cache
    auto fresh = runner();
    return Bench::alone(*fresh, sample(i), {.speculation = EngineOptions::Speculation::off});
  }
};

// The hard property that the others rest on: a row's logits do not depend on the number of rows, by a single bit.
TEST_P(RealModel, LogitsDoNotDependOnTheBatch) {
  auto one = runner(), many = runner();
  constexpr int64_t count = 23;
  std::vector<std::vector<int64_t>> tokens, blocks;
  std::vector<Part> parts;
  for (int64_t i = 0; i < count; ++i) {
    tokens.push_back(some_tokens(1 + i * 5 % 40, i, vocabulary));
    blocks.push_back({3 * i, 3 * i + 1, 3 * i + 2});
  }
  for (size_t i = 0; i < tokens.size(); ++i)
    parts.push_back({tokens[i], 0, 0, std::ssize(tokens[i]), blocks[i], std::ssize(tokens[i])});
  StepResult all = many->run(parts);
  size_t row = 0;
  for (const Part& p : parts) {
    for (int64_t at = 0; at < p.end; at += 7) {  // alone and a few tokens at a time
      Part piece = p;
      piece.begin = at;
      piece.end = std::min(at + 7, p.end);
      piece.logits = piece.end - piece.begin;
      StepResult some = one->run({&piece, 1});
      for (size_t x = 0; x < some.logits.size(); ++x)
        ASSERT_EQ(some.logits[x], all.logits[row * static_cast<size_t>(vocabulary) + x])
            << "row " << row << " at " << x;
      row += static_cast<size_t>(piece.logits);
    }
  }
}

TEST_P(RealModel, TogetherIsAlone) {
  auto shared = runner();
  Bench bench(*shared, {.speculation = EngineOptions::Speculation::always});
  for (int64_t i = 0; i < 20; ++i) bench.add(sample(i));
  bench.run();
  for (int64_t i = 0; i < 20; ++i) expect_same(*bench.heard[static_cast<size_t>(i)], *cold(i), i);
  EXPECT_EQ(bench.loop.scheduler().pool().used(), 0);
  EXPECT_EQ(bench.loop.statistics().drafted_tokens > 0, !model->mtp.empty());
}

TEST_P(RealModel, InChunksIsWhole) {
  auto r = runner();
  for (int64_t i : {5, 6}) {
    Bench bench(*r, {.max_batch = 2, .max_step_tokens = 7});
    bench.add(sample(i));
    bench.run();
    expect_same(*bench.heard[0], *cold(i), i);
  }
}

TEST_P(RealModel, FoundInTheCacheIsCold) {
  auto r = runner();
  Bench bench(*r);
  for (int64_t i : {6, 6, 6}) {
    bench.add(sample(i));
    bench.run();
  }
  EXPECT_EQ(bench.heard[0]->ends[0].cached_tokens, 0);
  EXPECT_EQ(bench.heard[2]->ends[0].cached_tokens, (std::ssize(sample(6).prompt) - 1) / cache_block * cache_block);
  EXPECT_GT(bench.heard[2]->ends[0].cached_tokens, 0);
  for (auto& heard : bench.heard) expect_same(*heard, *cold(6), 6);
}

TEST_P(RealModel, PreemptedIsNotPreempted) {
  auto cramped = runner(10 * cache_block);
  Bench bench(*cramped, {.max_batch = 6, .speculation = EngineOptions::Speculation::always});
  std::vector<int64_t> which{1, 2, 4, 7, 8, 9, 12};
  for (int64_t i : which) {
    Request r = sample(i);
    r.prompt.resize(std::min<size_t>(r.prompt.size(), 40));
    r.max_tokens = 60;
    bench.add(r);
  }
  bench.run();
  EXPECT_GT(bench.loop.statistics().preemptions, 0);
  for (size_t k = 0; k < which.size(); ++k) {
    Request r = sample(which[k]);
    r.prompt.resize(std::min<size_t>(r.prompt.size(), 40));
    r.max_tokens = 60;
    auto roomy = runner();
    expect_same(*bench.heard[k], *Bench::alone(*roomy, r, {.speculation = EngineOptions::Speculation::off}), which[k]);
  }
  EXPECT_EQ(bench.loop.scheduler().pool().used(), 0);
}

// The experts told with a token are those of the position whose logits chose it.
TEST_P(RealModel, TraceIsThePositionsThatChose) {
  auto r = runner(), again = runner();
  Bench bench(*r);
  bench.add(sample(4));
  Request traced = sample(5);
  traced.trace = Trace::experts;
  auto heard = bench.add(traced);
  bench.run();
  std::vector<int64_t> sequence = traced.prompt;
  for (int64_t t : heard->tokens()) sequence.push_back(t);
  std::vector<int64_t> blocks(sequence.size() / cache_block + 1);
  for (size_t b = 0; b < blocks.size(); ++b) blocks[b] = static_cast<int64_t>(b);
  Part part{sequence, 0, 0, std::ssize(sequence), blocks, 1};
  StepResult whole = again->run({&part, 1});
  ASSERT_FALSE(whole.routing.empty());
  for (size_t n = 0; n < heard->events.size(); ++n) {
    const auto& layers = heard->events[n].layers;
    ASSERT_EQ(layers.size(), whole.routing.size());
    for (size_t l = 0; l < layers.size(); ++l)
      for (size_t k = 0; k < layers[l].experts.size(); ++k) {
        size_t at = (traced.prompt.size() - 1 + n) * static_cast<size_t>(whole.routing[l].chosen) + k;
        EXPECT_EQ(layers[l].experts[k], whole.routing[l].indices[at]);
        EXPECT_EQ(layers[l].weights[k], whole.routing[l].weights[at]);
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, RealModel, ::testing::Values("v3-tiny", "v3-mtp", "v2lite-tiny", "octet-mini"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// The reference's own greedy continuations, all prompts at once and with guesses.
TEST(GoldenEngine, GreedyIsTheReferences) {
  for (const char* name : {"v3-tiny", "v3-mtp", "moonlight-tiny", "v3-yarn"}) {
    auto folder = folder_of(name);
    io::SafetensorsFile expected(folder / "expected.safetensors");
    auto list = [&](const std::string& tensor) {
      auto span = expected.at(tensor).as<int64_t>();
      return std::vector<int64_t>(span.begin(), span.end());
    };
    auto model = std::make_shared<model::Transformer>(model::load(folder, at::kFloat));
    std::vector<std::vector<int64_t>> prompts;
    for (int p = 0; expected.tensors().contains(fmt::format("tokens.{}", p)); ++p)
      prompts.push_back(list(fmt::format("tokens.{}", p)));
    auto runner = make_model_runner(model, {2048});
    Bench bench(*runner);
    for (const auto& prompt : prompts) bench.add(request(prompt, 16));
    bench.run();
    GenerateOptions options;
    options.sampling.temperature = 0;
    options.max_tokens = 16;
    auto batched = generate_all(*model, prompts, options, 2);
    for (size_t p = 0; p < prompts.size(); ++p) {
      EXPECT_EQ(bench.heard[p]->tokens(), list(fmt::format("greedy.{}", p))) << name << " prompt " << p;
      EXPECT_EQ(batched[p].tokens, list(fmt::format("greedy.{}", p))) << name << " prompt " << p;
      EXPECT_EQ(batched[p].finish, Finish::length);
    }
  }
}

// Guesses of a trained module are worth something even after a prompt of nonsense; a mistake in what the module is fed
// would leave hardly one right.
TEST(GoldenEngine, MiniAcceptsItsOwnGuesses) {
  auto model = std::make_shared<model::Transformer>(model::load(folder_of("octet-mini"), at::kBFloat16));
  auto runner = make_model_runner(model, {4096});
  Bench bench(*runner, {.speculation = EngineOptions::Speculation::always});
  for (int64_t i = 0; i < 8; ++i) {
    Request r = request(some_tokens(20, i, 2048), 60);
    r.sampling.temperature = i % 2 ? 0.7 : 0;
    bench.add(r);
  }
  bench.run();
  EngineStatistics s = bench.loop.statistics();
  EXPECT_GT(s.accepted_tokens, s.drafted_tokens / 8);
}

}  // namespace
}  // namespace octet::infer
