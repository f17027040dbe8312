#include "jackdaw/fork_join.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

long fib(int n) {
  if (n < 2) return n;
  const auto [a, b] = fork_join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
  return a + b;
}

class ForkJoin : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, ForkJoin, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

TEST_P(ForkJoin, FibWithoutACutoff) {
  EXPECT_EQ(pool.run([] { return fib(25); }), 75025);
}

TEST_P(ForkJoin, ResultsMayBeAnythingThatMoves) {
  const auto [text, pointer] = pool.run([] {
    return fork_join([] { return std::string(100, 'x'); }, [] { return std::make_unique<int>(7); });
  });
  EXPECT_EQ(text.size(), 100u);
  EXPECT_EQ(*pointer, 7);
}

TEST_P(ForkJoin, VoidFunctionsReturnNothing) {
  std::atomic<int> calls{0};
  pool.run([&] { fork_join([&] { ++calls; }, [&] { ++calls; }); });
  EXPECT_EQ(calls, 2);
  const int beside = pool.run([&] { return fork_join([&] { ++calls; }, [] { return 3; }).second; });
  EXPECT_EQ(beside, 3);
  EXPECT_EQ(calls, 3);
}

TEST_P(ForkJoin, AnExceptionOfEitherSideReachesTheFork) {
  for (int round = 0; round < 200; ++round) {
    for (const bool first : {true, false}) {
      const auto side = [&](bool throws) {
        fib(5);
        if (throws) throw std::runtime_error(first ? "first" : "second");
        return 1;
      };
      try {
        pool.run([&] { fork_join([&] { return side(first); }, [&] { return side(!first); }); });
        FAIL();
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), first ? "first" : "second");
      }
    }
  }
}

TEST_P(ForkJoin, IfBothThrowTheFirstOneCounts) {
  for (int round = 0; round < 200; ++round) {
    try {
      pool.run([] {
        fork_join([] { throw std::runtime_error("first"); },
                  [] { throw std::runtime_error("second"); });
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "first");
    }
  }
}

/// Deeper than the deque of tasks has slots: the rest are plain calls.
int depth_of(int n) {
  if (n == 0) return 0;
  const auto [deep, shallow] = fork_join([=] { return depth_of(n - 1) + 1; }, [] { return 0; });
  return deep + shallow;
}

TEST_P(ForkJoin, RecursesDeeperThanTheDequeIsLong) {
  EXPECT_EQ(pool.submit([] { return depth_of(20'000); }).get(), 20'000);
}

TEST_P(ForkJoin, AJobsContextMayBeUsedByItsTasks) {
  std::atomic<int> spawned{0};
  pool.run([&](JobContext& job) {
    fork_join([&] { job.spawn([&] { ++spawned; }); }, [&] { job.spawn([&] { ++spawned; }); });
  });
  pool.wait();
  EXPECT_EQ(spawned, 2);
}

TEST(ForkJoinAlone, OutsideAPoolItIsTwoCalls) { EXPECT_EQ(fib(15), 610); }

}  // namespace
}  // namespace jackdaw
