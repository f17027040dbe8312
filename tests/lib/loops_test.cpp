#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/parallel_reduce.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

class Loops : public ::testing::TestWithParam<unsigned> {
 protected:
  Pool pool{small_pool(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(Workers, Loops, ::testing::Values(1u, 2u, 4u),
                         ::testing::PrintToStringParamName());

TEST_P(Loops, EachIndexIsVisitedOnceWhateverTheGrain) {
  for (const std::uint64_t grain : {0U, 1U, 7U, 1000U, 1'000'000U}) {
    for (const int size : {0, 1, 2, 3, 100, 4099}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(size));
      pool.run([&] {
        parallel_for(0, size, [&](int i) { ++visits[static_cast<std::size_t>(i)]; },
                     {.grain = grain});
      });
      for (int i = 0; i < size; ++i) ASSERT_EQ(visits[static_cast<std::size_t>(i)], 1) << i;
    }
  }
}

TEST_P(Loops, BlocksCoverTheRangeWithoutOverlap) {
  std::vector<std::atomic<int>> visits(5000);
  pool.run([&] {
    parallel_for(std::size_t{0}, visits.size(), [&](std::size_t i, std::size_t end) {
      EXPECT_LT(i, end);
      for (; i < end; ++i) ++visits[i];
    });
  });
  for (auto& count : visits) ASSERT_EQ(count, 1);
}

TEST_P(Loops, RangesMayBeEmptyBackwardsNegativeOrOfAnyType) {
  std::atomic<long> sum{0};
  pool.run([&] {
    parallel_for(5, 5, [&](int i) { sum += i; });
    parallel_for(9, 5, [&](int i) { sum += i; });
  });
  EXPECT_EQ(sum, 0);
  pool.run(
      [&] { parallel_for(std::int8_t{-100}, std::int8_t{100}, [&](std::int8_t i) { sum += i; }); });
  EXPECT_EQ(sum, -100);
  std::atomic<std::uint64_t> high{0};
  pool.run([&] { parallel_for(UINT64_MAX - 10, UINT64_MAX, [&](std::uint64_t) { ++high; }); });
  EXPECT_EQ(high, 10u);
}

/// How many iterations the blocks of a loop have. While a fork waits for thieves, a loop does not
/// split at once; when none waits, it does.
template <typename I>
void expect_iterations(Pool& pool, I first, I last, std::uint64_t grain, std::uint64_t expected) {
  const auto count = [&] {
    std::atomic<std::uint64_t> sum{0};
    parallel_for(first, last,
                 [&](I i, I end) {
                   ASSERT_LT(i, end);
                   ASSERT_GE(i, first);
                   ASSERT_LE(end, last);
                   sum += static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(i);
                 },
                 {.grain = grain});
    return sum.load();
  };
  const auto [whole, split] = pool.run([&] { return fork_join(count, count); });
  EXPECT_EQ(whole, expected) << grain;
  EXPECT_EQ(split, expected) << grain;
}

TEST_P(Loops, RangesMayBeLongerThanTheirTypeCanTell) {
  for (const std::uint64_t grain : {0UL, 1UL << 20, 3UL << 30}) {
    expect_iterations(pool, -2'000'000'000, 2'000'000'000, grain, 4'000'000'000U);
    expect_iterations(pool, INT_MIN, INT_MAX, grain, UINT32_MAX);
  }
  for (const std::uint64_t grain : {0UL, 1UL << 52, 3UL << 62}) {
    expect_iterations(pool, INT64_MIN, INT64_MAX, grain, UINT64_MAX);
    expect_iterations(pool, std::uint64_t{0}, UINT64_MAX, grain, UINT64_MAX);
  }
  for (const std::uint64_t grain : {0U, 1U, 7U, 100U, 200U, 300U}) {
    std::array<std::atomic<int>, 256> visits{};
    pool.run([&] {
      parallel_for(std::int8_t{-128}, std::int8_t{127},
                   [&](std::int8_t i) { ++visits[static_cast<std::uint8_t>(i)]; },
                   {.grain = grain});
    });
    for (int i = -128; i < 128; ++i)
      ASSERT_EQ(visits[static_cast<std::uint8_t>(i)], i < 127 ? 1 : 0) << i << " by " << grain;
  }
}

TEST_P(Loops, SoMayThoseOfReductions) {
  for (const std::uint64_t grain : {0U, 1U, 200U, 40'000U}) {
    const auto [bytes, words] = pool.run([&] {
      const auto sum = [&](auto first, auto last) {
        return parallel_reduce(first, last, 0L, [](auto i) { return i + 1000L; }, std::plus<>{},
                               {.grain = grain});
      };
      return std::pair(sum(std::int8_t{-128}, std::int8_t{127}),
                       sum(std::int16_t{-32768}, std::int16_t{32767}));
    });
    EXPECT_EQ(bytes, 255 * 1000 - 255);
    EXPECT_EQ(words, 65535 * 1000L - 65535);
  }
  // To sum up four thousand million would take long, so each part ends where it begins.
  const auto begin = [](int i) -> long {
    EXPECT_GE(i, -2'000'000'000);
    throw std::runtime_error("begun");
  };
  EXPECT_THROW(pool.run([&] {
    return parallel_reduce(-2'000'000'000, 2'000'000'000, 0L, begin, std::plus<>{});
  }),
               std::runtime_error);
}

TEST_P(Loops, LoopsNest) {
  std::atomic<int> calls{0};
  pool.run([&] {
    parallel_for(0, 50, [&](int) { parallel_for(0, 50, [&](int) { ++calls; }); }, {.grain = 1});
  });
  EXPECT_EQ(calls, 2500);
}

TEST_P(Loops, AnExceptionEndsTheLoop) {
  EXPECT_THROW(pool.run([] {
    parallel_for(0, 10'000,
                 [](int i) {
                   if (i == 5000) throw std::runtime_error("here");
                 },
                 {.grain = 1});
  }),
               std::runtime_error);
}

TEST_P(Loops, AReductionKeepsTheOrder) {
  const auto text = pool.run([] {
    return parallel_reduce(
        0, 2000, std::string{}, [](int i) { return std::to_string(i % 10); },
        [](std::string a, const std::string& b) { return a + b; }, {.grain = 3});
  });
  ASSERT_EQ(text.size(), 2000u);
  for (std::size_t i = 0; i < text.size(); ++i) ASSERT_EQ(text[i], static_cast<char>('0' + i % 10));
}

TEST_P(Loops, AReductionOfNothingIsTheIdentity) {
  const auto plus = [](int a, int b) { return a + b; };
  EXPECT_EQ(pool.run([&] {
    return parallel_reduce(
        3, 3, 42, [](int i) { return i; }, plus);
  }),
            42);
}

TEST(LoopsAlone, OutsideAPoolTheyRunOnTheCaller) {
  int sum = 0;
  parallel_for(0, 100, [&](int i) { sum += i; });
  EXPECT_EQ(sum, 4950);
}

}  // namespace
}  // namespace jackdaw
