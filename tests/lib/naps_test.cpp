#include "naps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "jackdaw/pool.hpp"
#include "jackdaw/work_source.hpp"
#include "support/pools.hpp"

namespace jackdaw::detail {
namespace {

using std::chrono::milliseconds;

std::vector<long> first_naps(long shortest_ms, long longest_ms, std::uint64_t seed) {
  Naps naps(milliseconds{shortest_ms}, milliseconds{longest_ms}, seed);
  std::vector<long> all;
  for (int i = 0; i < 40; ++i) all.push_back(naps.next_ns());
  return all;
}

TEST(Naps, EachIsTwiceAsLongAsTheLastUpToALimitAndUpToAQuarterLess) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    long whole = 3'000'000;
    for (const long nap : first_naps(3, 1000, seed)) {
      EXPECT_LE(nap, whole);
      EXPECT_GT(nap, whole - whole / 4);
      whole = std::min(2 * whole, 1'000'000'000L);
    }
  }
}

TEST(Naps, MayAllBeOfOneLength) {
  for (const long nap : first_naps(60'000, 60'000, 1)) {
    EXPECT_LE(nap, 60'000'000'000);
    EXPECT_GT(nap, 45'000'000'000);
  }
}

TEST(Naps, AreDecidedByTheirSeed) {
  EXPECT_EQ(first_naps(1, 1000, 7), first_naps(1, 1000, 7));
  EXPECT_NE(first_naps(1, 1000, 7), first_naps(1, 1000, 8));
}

/// Other ranks that never have anything, and say that all is done when worker 1 has slept so often.
class Nothing final : public WorkSource {
 public:
  Nothing(Pool& pool, std::uint64_t sleeps) : pool_(pool), sleeps_(sleeps) {}
  bool fetch(PoolDoor&) noexcept override { return false; }
  unsigned serve(PoolDoor&) noexcept override { return 1000; }
  void attend(PoolDoor&) noexcept override {}
  [[nodiscard]] std::chrono::nanoseconds attendance_interval() const noexcept override {
    return std::chrono::nanoseconds::zero();
  }
  void hear_of_failure() noexcept override {}
  void send_reply(const Reply&, bool, Bytes) noexcept override {}
  void send_place(const Reply&) noexcept override {}
  void send_wish(const Reply&, unsigned) noexcept override {}
  void take_back() noexcept override {}
  [[nodiscard]] int rank() const noexcept override { return 0; }
  [[nodiscard]] bool is_done() const noexcept override {
    return pool_.statistics().workers[1].sleeps >= sleeps_;
  }

 private:
  Pool& pool_;
  std::uint64_t sleeps_;
};

TEST(Naps, ThatAreOverLetAWorkerLookElsewhereWithoutBeingWoken) {
  auto config = testing::small_pool(2);
  config.backoff_min = config.backoff_max = milliseconds(1);
  Pool pool(config);
  Nothing nothing(pool, 10);
  pool.run_with(nothing);
}

}  // namespace
}  // namespace jackdaw::detail
