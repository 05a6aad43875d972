#include "octet/infer/block_pool.h"

#include <gtest/gtest.h>

namespace octet::infer {
namespace {

std::vector<int64_t> block_of(int64_t token) { return std::vector<int64_t>(cache_block, token); }

TEST(BlockPool, GivesEachBlockOnceAndNoMore) {
  BlockPool pool(3);
  std::vector<int64_t> taken{pool.take(), pool.take(), pool.take()};
  EXPECT_EQ(taken, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(pool.take(), -1);
  pool.release(1);
  EXPECT_EQ(pool.take(), 1);
}

TEST(BlockPool, FindsAPrefixByItsTokensAndAllBefore) {
  BlockPool pool(4);
  int64_t a = pool.take(), b = pool.take();
  Chain first = pool.publish(a, 0, block_of(7));
  Chain second = pool.publish(b, first, block_of(8));
  ASSERT_TRUE(pool.find(0, block_of(7)));
  EXPECT_EQ(pool.find(0, block_of(7))->block, a);
  EXPECT_EQ(pool.find(first, block_of(8))->chain, second);
  EXPECT_FALSE(pool.find(0, block_of(8)));
  EXPECT_FALSE(pool.find(second, block_of(7)));
}

TEST(BlockPool, EqualContentHasOneIdentity) {
  BlockPool pool(4);
  int64_t a = pool.take(), b = pool.take();
  Chain first = pool.publish(a, 0, block_of(7));
  EXPECT_EQ(pool.publish(b, 0, block_of(7)), first);
  pool.release(b);
  EXPECT_EQ(pool.find(0, block_of(7))->block, a);
}

// All hashes equal: the tokens decide.
TEST(BlockPool, CollisionsAreNotTakenForEqual) {
  BlockPool pool(4, [](Chain, std::span<const int64_t>) -> uint64_t { return 42; });
  int64_t a = pool.take(), b = pool.take();
  Chain first = pool.publish(a, 0, block_of(7));
  pool.publish(b, 0, block_of(8));
  EXPECT_EQ(pool.find(0, block_of(7))->block, a);
  EXPECT_EQ(pool.find(0, block_of(8))->block, b);
  EXPECT_FALSE(pool.find(0, block_of(9)));
  EXPECT_FALSE(pool.find(first, block_of(8)));
}

TEST(BlockPool, WhatWasGivenBackLongestAgoGoesFirst) {
  BlockPool pool(2);
  int64_t a = pool.take(), b = pool.take();
  pool.publish(a, 0, block_of(1));
  pool.publish(b, 0, block_of(2));
  pool.release(b);
  pool.release(a);
  EXPECT_EQ(pool.available(), 2);
  EXPECT_EQ(pool.take(), b);
  EXPECT_FALSE(pool.find(0, block_of(2)));
  ASSERT_TRUE(pool.find(0, block_of(1)));
  pool.share(a);
  EXPECT_EQ(pool.take(), -1);
  EXPECT_EQ(pool.available(), 0);
}

// A chain through an evicted block leads nowhere, even when an equal block comes again.
TEST(BlockPool, EvictedPrefixesAreForgotten) {
  BlockPool pool(2);
  int64_t a = pool.take(), b = pool.take();
  Chain first = pool.publish(a, 0, block_of(1));
  pool.publish(b, first, block_of(2));
  pool.release(a);
  int64_t again = pool.take();
  Chain renewed = pool.publish(again, 0, block_of(1));
  EXPECT_NE(renewed, first);
  EXPECT_FALSE(pool.find(renewed, block_of(2)));
}

}  // namespace
}  // namespace octet::infer
