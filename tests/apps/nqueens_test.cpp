#include "workloads/nqueens.hpp"

#include <gtest/gtest.h>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace {

using namespace jackdaw::workloads;
using jackdaw::testing::small_pool;

TEST(Nqueens, FindsThePublishedNumberOfSolutions) {
  for (int n = 1; n <= 9; ++n) EXPECT_EQ(nqueens_alone(n), nqueens_published(n)) << n;
  EXPECT_EQ(nqueens_published(8), 92U);
}

TEST(Nqueens, FindsTheSameByForkJoin) {
  for (const unsigned workers : {1U, 2U, 4U}) {
    jackdaw::Pool pool(small_pool(workers));
    for (int n = 1; n <= 9; ++n) {
      EXPECT_EQ(pool.run([n] { return nqueens_by_fork_join(n); }), nqueens_published(n))
          << n << " queens, " << workers << " workers";
    }
  }
}

TEST(Nqueens, KnowsNothingOutsideItsRange) {
  EXPECT_EQ(nqueens_published(0), 0U);
  EXPECT_EQ(nqueens_published(max_queens), 39'029'188'884U);
  EXPECT_EQ(nqueens_published(max_queens + 1), 0U);
}

}  // namespace
