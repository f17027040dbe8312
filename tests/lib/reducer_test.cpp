#include "jackdaw/reducer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using testing::small_pool;

Sum<long> visited;  // NOLINT: as the README has it, before any pool

TEST(Reducer, SumsOverWorkersAndOtherThreads) {
  visited.reset();
  Pool pool(small_pool(4));
  visited += 5;
  pool.run([] { parallel_for(0, 10'000, [](int) { visited += 1; }, {.grain = 1}); });
  std::thread([] { visited += 10; }).join();
  EXPECT_EQ(visited.value(), 10'015);
  visited.reset();
  EXPECT_EQ(visited.value(), 0);
}

TEST(Reducer, FindsLeastAndGreatest) {
  Pool pool(small_pool(4));
  Min<int> least;
  Max<int> greatest;
  pool.run([&] {
    parallel_for(0, 5000, [&](int i) {
      least.put((i * 7919) % 5000 - 100);
      greatest.put((i * 7919) % 5000);
    });
  });
  EXPECT_EQ(least.value(), -100);
  EXPECT_EQ(greatest.value(), 4999);
}

TEST(Reducer, TakesAnyAssociativeOperation) {
  struct Append {
    std::vector<int> operator()(std::vector<int> a, const std::vector<int>& b) const {
      a.insert(a.end(), b.begin(), b.end());
      return a;
    }
  };
  Pool pool(small_pool(2));
  Reducer<std::vector<int>, Append> all;
  for (int i = 0; i < 100; ++i) pool.spawn([&, i] { all.local().push_back(i); });
  pool.wait();
  auto values = all.value();
  std::sort(values.begin(), values.end());
  ASSERT_EQ(values.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], i);
}

TEST(Reducer, ThreadsThatComeAndGoLoseNothing) {
  Sum<int> sum;
  for (int i = 0; i < 300; ++i) std::thread([&] { sum += 1; }).join();
  EXPECT_EQ(sum.value(), 300);
}

}  // namespace
}  // namespace jackdaw
