#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <fstream>

#include "octet/plan/machine/fleet.h"
#include "octet/plan/machine/network.h"

namespace octet::plan {
namespace {

std::string message(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Gpu, EveryTableEntryReadsAndNamesItsSources) {
  for (const auto& name : gpu_names()) {
    Gpu g = gpu(name);
    EXPECT_GT(g.bf16, 1e13) << name;
    EXPECT_LE(g.hbm_usable, 1.08 * g.hbm_sold) << name;
    EXPECT_GE(g.hbm_usable, 0.9 * g.hbm_sold) << name;
  }
  for (const auto& fact : gpu_facts()) EXPECT_GT(fact.source.size(), 8u) << fact.gpu << fact.key;
  EXPECT_EQ(gpu("h800").bf16, 989e12);
  EXPECT_EQ(gpu("gb200").nvlink_domain, 72);
  EXPECT_EQ(gpu("a100").fp8, 0);
}

TEST(Gpu, AnUnknownNameListsTheKnown) {
  std::string text = message([] { gpu("h8000"); });
  EXPECT_NE(text.find("did you mean 'h800'"), std::string::npos) << text;
  EXPECT_NE(text.find("gb300"), std::string::npos) << text;
}

TEST(Fleet, ShortFormAndFile) {
  Fleet fleet = read_fleet("h800x2048");
  EXPECT_EQ(fleet.gpus, 2048);
  for (const char* bad : {"h800", "h800x", "x12", "h800x-3", "h800x0", "h800x12q", "h800x99999999999"})
    EXPECT_NE(message([&] { read_fleet(bad); }), "") << bad;
  std::string path = testing::TempDir() + "fleet.toml";
  std::ofstream(path) << "gpu = \"h100\"\ngpus = 512\n[network]\nfabric = \"rails\"\noversubscription = "
                         "2\n[failures]\ngpu_mtbf_hours = 1000\n";
  Fleet read = read_fleet(path);
  EXPECT_EQ(read.gpus, 512);
  EXPECT_EQ(read.gpu.network.fabric, Fabric::rails);
  EXPECT_EQ(read.gpu_mtbf_hours, 1000);
  std::ofstream(path) << "gpu = \"h100\"\ngpus = 512\nfabrik = \"rails\"\n";
  EXPECT_NE(message([&] { read_fleet(path); }).find("fabrik"), std::string::npos);
}

TEST(Reach, CountsByEnumeration) {
  // 8 experts in 4 groups of 2; 2 groups, 2 experts of their 4: by hand over all choices.
  Routes routes{8, 2, 4, 2};
  // A rank with one expert: its group is chosen with 1/2, then it is one of 2 of 4.
  Reach one = reach(routes, {8, 8});
  EXPECT_NEAR(one.ranks, 8 * 0.5 * 0.5, 1e-9);
  // Two nodes of two groups each: with 1/6 both groups in a node, 4/6 split, 1/6 none; split: missed with 1/6.
  Reach two = reach(routes, {8, 4});
  EXPECT_NEAR(two.nodes, 2 * (1.0 / 6 + 4.0 / 6 * (1 - 1.0 / 6)), 1e-9);
}

TEST(Exchange, TheBoundThatExpertParallelismSets) {
  // ISCA 2025, section 2.3.2: 32 tokens, 9 experts, hidden 7000, 1 + 2 bytes: 120.96 us at 50 GB/s, 6.72 at 900.
  Gpu g = gpu("h800");
  g.measured.nic = g.measured.nvlink = 1, g.measured.kernel_seconds = 0;
  double bytes = 32 * 9 * 7000 * 3.0;
  EXPECT_NEAR(send_seconds(g, Hop::leaf, bytes), 120.96e-6, 1e-9);
  g.nvlink = 900e9;
  EXPECT_NEAR(send_seconds(g, Hop::nvlink, bytes), 6.72e-6, 1e-9);
  EXPECT_NEAR(2 * 61 * 120.96e-6, 14.76e-3, 1e-5);
}

RC_GTEST_PROP(NetworkProperty, MoreBytesNeverTakeLess, ()) {
  Gpu g = gpu(*rc::gen::elementOf(gpu_names()));
  int64_t ranks = 1 << *rc::gen::inRange(0, 8);
  Group group = group_of(g, ranks, 1 << *rc::gen::inRange(0, 6));
  double bytes = *rc::gen::inRange(1, 1 << 30);
  RC_ASSERT(gather_seconds(g, group, bytes) <= gather_seconds(g, group, 2 * bytes));
  Reach spread = reach({256, 8, 8, 4}, group);
  RC_ASSERT(spread.nodes <= static_cast<double>(group.nodes()) + 1e-9);
  RC_ASSERT(spread.ranks <= 8 + 1e-9);
  RC_ASSERT(spread.nodes <= spread.ranks + 1e-9);
  RC_ASSERT(exchange_seconds(g, group, spread, 128, bytes) <= exchange_seconds(g, group, spread, 256, bytes));
}

RC_GTEST_PROP(NetworkProperty, InfiniteBandwidthLeavesTheKernels, ()) {
  Gpu g = gpu("h800");
  g.nic = g.nvlink = std::numeric_limits<double>::infinity();
  Group group = group_of(g, 64, 1);
  double bytes = *rc::gen::inRange(1, 1 << 30);
  RC_ASSERT(exchange_seconds(g, group, reach({256, 8, 8, 4}, group), 4096, bytes) == g.measured.exchange_seconds());
  RC_ASSERT(send_seconds(g, Hop::leaf, bytes) == 0);
}

}  // namespace
}  // namespace octet::plan
