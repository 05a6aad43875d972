#include "octet/data/packing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <set>

#include "octet/base/error.h"
#include "octet/base/random.h"
#include "octet/data/permutation.h"
#include "octet/data/shard.h"

namespace octet::data {
namespace {

namespace fs = std::filesystem;

// A folder that goes away with the test.
struct TestFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("octet-packing-{}-{}", getpid(), counter()++);
  TestFolder() { fs::create_directories(path); }
  ~TestFolder() { fs::remove_all(path); }
  static int& counter() {
    static int n = 0;
    return n;
  }
};

enum class Kind { prose, chat };

// Documents whose tokens count up from a start of their own, so that a token tells where it stood.
Source make_source(const fs::path& folder, const std::string& name, Kind kind, int64_t documents, int64_t longest,
                   double weight, int32_t base, int64_t tokens_per_file = 1000) {
  ShardWriter writer(folder, {name, "none", "fnv1a:test", int64_t{1} << 20}, tokens_per_file);
  Random random = Random::named(5, name);
  for (int64_t d = 0; d < documents; ++d) {
    Encoded e;
    int64_t n = random.between(2, longest), given = kind == Kind::prose ? 1 : random.between(2, n);
    for (int64_t i = 0; i < n; ++i) {
      e.tokens.push_back(static_cast<int32_t>(base + d * 1000 + i));
      e.loss_mask.push_back(i >= given ? 1 : 0);
    }
    writer.add(e);
  }
  writer.finish();
  Source source{name, {}, weight};
  for (const auto& file : writer.files()) source.shards.push_back(folder / file);
  return source;
}

std::vector<Source> two_sources(const fs::path& folder) {
  return {make_source(folder, "chat", Kind::chat, 60, 40, 0.75, 0),
          make_source(folder, "prose", Kind::prose, 9, 200, 0.25, 500000)};
}

TEST(Permutation, IsABijectionAndDependsOnTheKey) {
  for (int64_t n : {1, 2, 3, 7, 64, 65, 1000}) {
    std::set<int64_t> seen;
    for (int64_t i = 0; i < n; ++i) seen.insert(Permutation(n, {1, 2})(i));
    EXPECT_EQ(static_cast<int64_t>(seen.size()), n);
    EXPECT_EQ(*seen.rbegin(), n - 1);
  }
  int64_t same = 0;
  for (int64_t i = 0; i < 1000; ++i) same += Permutation(1000, {1, 2})(i) == Permutation(1000, {1, 3})(i);
  EXPECT_LT(same, 20);
}

TEST(Packing, BatchesKeepTheContract) {
  TestFolder folder;
  PackedStream stream(two_sources(folder.path), {256, 64, 3});
  for (int step = 0; step < 40; ++step) {
    PackedBatch b = stream.next();
    ASSERT_EQ(b.tokens.size(), 256u);
    ASSERT_EQ(b.cu_seqlens.front(), 0);
    ASSERT_EQ(b.cu_seqlens.back(), 256);
    for (size_t piece = 0; piece + 1 < b.cu_seqlens.size(); ++piece) {
      auto begin = static_cast<size_t>(b.cu_seqlens[piece]), end = static_cast<size_t>(b.cu_seqlens[piece + 1]);
      ASSERT_LT(begin, end);
      ASSERT_EQ(begin / 64, (end - 1) / 64) << "a piece crosses a row";
      for (size_t t = begin; t < end; ++t) {
        ASSERT_EQ(b.positions[t], static_cast<int32_t>(t - begin));
        if (t > begin) {
          ASSERT_EQ(b.tokens[t], b.tokens[t - 1] + 1) << "pieces hold one document in order";
        }
        if (b.targets[t] >= 0) {
          ASSERT_EQ(b.targets[t], b.tokens[t] + 1);
        }
        if (b.targets2[t] >= 0) {
          ASSERT_EQ(b.targets2[t], b.tokens[t] + 2);
          ASSERT_LT(t + 1, end);
        }
      }
    }
  }
  EXPECT_LT(stream.padding(), 0.02);
}

// Nothing is lost at row ends and cuts, and nothing is shown twice: what was drawn is placed or still waits.
TEST(Packing, EveryTokenIsPlacedOnce) {
  TestFolder folder;
  for (Kind kind : {Kind::chat, Kind::prose}) {
    Source source = make_source(folder.path, kind == Kind::chat ? "c" : "p", kind, 50, 100, 1, 0, int64_t{1} << 20);
    Shard shard(source.shards.at(0));
    PackedStream stream({source}, {64, 64, 9});
    std::map<int32_t, int> shown;
    for (int64_t step = 0; step < 4 * shard.tokens() / 64; ++step)
      for (int32_t target : stream.next().targets)
        if (target >= 0) ++shown[target];
    Json state = stream.state();
    int64_t left = 0;
    for (const Json& waiting : state["waiting"])
      left += shard.length(waiting[1].get<int64_t>()) - waiting[2].get<int64_t>();
    EXPECT_EQ(state["tokens"].get<int64_t>() - state["padding"].get<int64_t>(),
              state["sources"][0]["tokens"].get<int64_t>() - left);
    for (int64_t d = 0; d < shard.documents(); ++d)
      for (int64_t t = shard.start(d) + 1; t < shard.start(d + 1); ++t) {
        int times = shown.contains(shard.token(t)) ? shown[shard.token(t)] : 0;
        if (shard.learned(t)) {
          EXPECT_TRUE(times >= 2 && times <= 6) << times;
        } else {
          EXPECT_EQ(times, 0);
        }
      }
  }
}

TEST(Packing, SharesOfTokensFollowTheWeights) {
  TestFolder folder;
  PackedStream stream(two_sources(folder.path), {512, 128, 1});
  int64_t prose = 0, all = 0;
  for (int step = 0; step < 200; ++step)
    for (int32_t token : stream.next().tokens) {
      prose += token >= 500000;
      ++all;
    }
  EXPECT_NEAR(static_cast<double>(prose) / static_cast<double>(all), 0.25, 0.02);
}

TEST(Packing, AResumedStreamEqualsTheUninterruptedOne) {
  TestFolder folder;
  auto sources = two_sources(folder.path);
  EXPECT_TRUE(rc::check("resumed = uninterrupted", [&] {
    auto before = *rc::gen::inRange(0, 30);
    PackingOptions options{128, 64, *rc::gen::inRange<uint64_t>(0, 1000)};
    PackedStream whole(sources, options), first(sources, options), second(sources, options);
    for (int i = 0; i < before; ++i) {
      whole.next();
      first.next();
    }
    second.restore(parse_json(dump(first.state()), "state"));
    for (int i = 0; i < 10; ++i) {
      PackedBatch a = whole.next(), b = second.next();
      RC_ASSERT(a.tokens == b.tokens && a.targets == b.targets && a.targets2 == b.targets2 &&
                a.positions == b.positions);
      RC_ASSERT(a.cu_seqlens == b.cu_seqlens);
    }
    RC_ASSERT(dump(whole.state()) == dump(second.state()));
  }));
}

TEST(Packing, RowsDoNotDependOnTheBatch) {
  TestFolder folder;
  auto sources = two_sources(folder.path);
  PackedStream small(sources, {64, 64, 1}), large(sources, {128, 64, 1});
  PackedBatch a = small.next(), b = small.next(), both = large.next();
  a.tokens.insert(a.tokens.end(), b.tokens.begin(), b.tokens.end());
  EXPECT_EQ(a.tokens, both.tokens);
}

TEST(Packing, RefusesWhatCannotBe) {
  TestFolder folder;
  auto sources = two_sources(folder.path);
  EXPECT_THROW(PackedStream({}, {}), Error);
  EXPECT_THROW(PackedStream(sources, {100, 64, 1}), Error);
  auto weightless = sources;
  weightless[0].weight = 0;
  EXPECT_THROW(PackedStream(weightless, {128, 64, 1}), Error);
  PackedStream stream(sources, {128, 64, 1}), other(sources, {128, 64, 2});
  stream.next();
  Json state = stream.state();
  EXPECT_THROW(other.restore(state), Error);
  for (auto damage : std::vector<std::function<void(Json&)>>{
           [](Json& s) { s["waiting"][0][1] = 1 << 30; }, [](Json& s) { s["waiting"][0][2] = 1 << 30; },
           [](Json& s) { s["waiting"][0] = "x"; }, [](Json& s) { s["sources"].erase(0); },
           [](Json& s) { s["sources"][0]["position"] = -1; }, [](Json& s) { s["waiting"] = 3; }}) {
    Json broken = state;
    damage(broken);
    EXPECT_THROW(stream.restore(broken), Error) << dump(broken).substr(0, 200);
  }
  stream.restore(state);  // still usable
}

TEST(Shard, ReadsWhatItWroteAndRefusesLies) {
  TestFolder folder;
  Source source = make_source(folder.path, "s", Kind::chat, 20, 30, 1, 0, 100);
  EXPECT_GT(source.shards.size(), 1u);
  int64_t documents = 0;
  for (const auto& path : source.shards) documents += Shard(path).documents();
  EXPECT_EQ(documents, 20);
  std::vector<int32_t> tokens = {1, 2, 3};
  std::vector<uint8_t> mask = {0, 1, 1};
  std::map<std::string, std::string> metadata = {
      {"format", "octet-shard-1"}, {"source", "s"}, {"licence", "l"}, {"tokenizer", "t"}, {"vocab_size", "10"}};
  auto write = [&](std::vector<int64_t> starts, std::map<std::string, std::string> data) {
    auto bytes = [](auto& v) { return std::as_bytes(std::span(v)); };
    io::write_safetensors(folder.path / "x.safetensors",
                          {{"tokens", io::Dtype::I32, {3}, bytes(tokens)},
                           {"loss_mask", io::Dtype::U8, {static_cast<int64_t>(mask.size())}, bytes(mask)},
                           {"document_starts", io::Dtype::I64, {static_cast<int64_t>(starts.size())}, bytes(starts)}},
                          data);
    return folder.path / "x.safetensors";
  };
  EXPECT_EQ(Shard(write({0, 3}, metadata)).tokens(), 3);
  for (std::vector<int64_t> starts : {std::vector<int64_t>{0, 4}, {1, 3}, {0, 2, 2, 3}, {0, 3, 1}, {0}, {}})
    EXPECT_THROW(Shard(write(starts, metadata)), Error);
  auto other = metadata;
  other["vocab_size"] = "3";
  EXPECT_THROW(Shard(write({0, 3}, other)), Error);
  other["vocab_size"] = "many";
  EXPECT_THROW(Shard(write({0, 3}, other)), Error);
  other.erase("format");
  EXPECT_THROW(Shard(write({0, 3}, other)), Error);
  mask.push_back(1);
  EXPECT_THROW(Shard(write({0, 3}, metadata)), Error);
}

}  // namespace
}  // namespace octet::data
