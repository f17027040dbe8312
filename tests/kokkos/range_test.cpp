#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

using Range = Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<int>>;
using SerialRange = Kokkos::RangePolicy<Serial, Kokkos::IndexType<int>>;

struct Nothing {};

class Ranges : public Kernels {};
INSTANTIATE_TEST_SUITE_P(Workers, Ranges, some_workers(), ::testing::PrintToStringParamName());

TEST_P(Ranges, EachIndexIsVisitedOnce) {
  for (const int size : sizes) {
    std::vector<int> visits(static_cast<std::size_t>(size));
    int* const at = visits.data();
    Kokkos::parallel_for(Range(space, 0, size), [=](int i) { ++at[i]; });
    for (const int count : visits) ASSERT_EQ(count, 1);
  }
}

TEST_P(Ranges, BoundsMayBeNegativeBackwardsOrOfAnyType) {
  std::atomic<long> sum{0};
  const auto add = [&sum](auto i) { sum += static_cast<long>(i); };
  Kokkos::parallel_for(Range(space, -100, 0), add);
  EXPECT_EQ(sum, -5050);
  sum = 0;
  Kokkos::parallel_for(Range(space, 5, 3), add);
  EXPECT_EQ(sum, 0);
  Kokkos::parallel_for(Kokkos::RangePolicy<WorkStealing>(space, 1, 9), add);
  EXPECT_EQ(sum, 36);
  sum = 0;
  Kokkos::parallel_for(Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<unsigned>>(space, 7, 10),
                       add);
  EXPECT_EQ(sum, 24);
  sum = 0;
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  Kokkos::parallel_for(
      Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<std::int64_t>>(space, last - 3, last),
      [&sum](std::int64_t i) { sum += static_cast<long>(last - i); });
  EXPECT_EQ(sum, 6);
}

TEST_P(Ranges, AChunkSizeAndAScheduleChangeNothing) {
  for (const int chunk : {1, 2, 64, 1'000'000}) {
    std::atomic<long> sum{0};
    const auto policy = Kokkos::RangePolicy<WorkStealing, Kokkos::Schedule<Kokkos::Static>>(
        space, 0, 10'001, Kokkos::ChunkSize(chunk));
    Kokkos::parallel_for(policy, [&sum](int i) { sum += i; });
    EXPECT_EQ(sum, 50'005'000);
  }
}

/// As Kokkos chooses chunks, splitting would stop at those.
TEST_P(Ranges, AChunkThatTheProgramHasNotSetIsNoGrain) {
  constexpr int size = 1'000'003;
  const auto grain = [](const Range& policy) {
    return kokkos::detail::Items<Nothing, Range>::grain(policy);
  };
  const Range outside(space, 0, size), on_default(0, size);
  EXPECT_EQ(grain(outside), 0u);
  EXPECT_EQ(grain(on_default), 0u);
  EXPECT_EQ(grain(Range(space, 0, size, Kokkos::ChunkSize(7))), 7u);
  pool.run([&] {
    EXPECT_EQ(grain(outside), 0u);
    EXPECT_EQ(grain(on_default), 0u);
    EXPECT_EQ(grain(Range(0, size)), 0u);
    EXPECT_EQ(grain(Range(0, size, Kokkos::ChunkSize(7))), 7u);
  });
}

struct Twice {};
struct Tagged {
  std::atomic<long>* sum;
  void operator()(Twice, int i) const { *sum += 2 * i; }
  void operator()(Twice, int i, long& update) const { update += 2 * i; }
  void operator()(Twice, int i, long& update, bool) const { update += 2 * i; }
};

TEST_P(Ranges, WorkTagsChooseTheOperator) {
  std::atomic<long> sum{0};
  const Kokkos::RangePolicy<WorkStealing, Twice> policy(space, 0, 1001);
  Kokkos::parallel_for(policy, Tagged{&sum});
  EXPECT_EQ(sum, 1'001'000);
  long result = 0;
  Kokkos::parallel_reduce(policy, Tagged{&sum}, result);
  EXPECT_EQ(result, 1'001'000);
  result = 0;
  Kokkos::parallel_scan(policy, Tagged{&sum}, result);
  EXPECT_EQ(result, 1'001'000);
}

TEST_P(Ranges, SumsAreThoseOfSerial) {
  for (const int size : sizes) {
    const auto add = [](int i, long& sum) { sum += i % 7 * (i % 3 - 1); };
    long expected = -1, sum = -2;
    Kokkos::parallel_reduce(SerialRange(0, size), add, expected);
    Kokkos::parallel_reduce(Range(space, 0, size), add, sum);
    EXPECT_EQ(sum, expected) << size;
    Kokkos::View<long, Kokkos::HostSpace> view("sum");
    Kokkos::parallel_reduce("labelled", Range(space, 0, size), add, view);
    EXPECT_EQ(view(), expected) << size;
  }
}

TEST_P(Ranges, ScansAreThoseOfSerial) {
  for (const int size : sizes) {
    const auto n = static_cast<std::size_t>(size);
    std::vector<long> expected(n), seen(n);
    const auto scan = [](long* to) {
      return [to](int i, long& sum, bool last) {
        sum += i % 5 - 1;
        if (last) to[i] = sum;
      };
    };
    long expected_total = -1, total = -2;
    Kokkos::parallel_scan(SerialRange(0, size), scan(expected.data()), expected_total);
    Kokkos::parallel_scan(Range(space, 0, size), scan(seen.data()), total);
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(total, expected_total);
    std::fill(seen.begin(), seen.end(), 0);
    Kokkos::parallel_scan(Range(space, 0, size), scan(seen.data()));
    EXPECT_EQ(seen, expected);
  }
}

/// Joins strings: the order of what is joined must be kept.
struct Letters {
  using value_type = std::string;
  void operator()(int i, std::string& text) const { text += static_cast<char>('a' + i % 26); }
  void operator()(int i, std::string& text, bool last) const {
    text += static_cast<char>('a' + i % 26);
    if (last) ends[i] = static_cast<int>(text.size());
  }
  void init(std::string& text) const { text.clear(); }
  void join(std::string& text, const std::string& more) const { text += more; }
  int* ends = nullptr;
};

TEST_P(Ranges, JoinsKeepTheOrder) {
  std::vector<int> ends(5000);
  std::string text;
  Kokkos::parallel_scan(Range(space, 0, 5000), Letters{ends.data()});
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(ends[static_cast<std::size_t>(i)], i + 1);
}

/// Several values, as many as the functor says; halved at the end.
struct Histogram {
  using value_type = long[];
  unsigned value_count;
  void operator()(int i, long* counts) const { ++counts[static_cast<unsigned>(i) % value_count]; }
  void operator()(int i, long* counts, bool last) const {
    ++counts[static_cast<unsigned>(i) % value_count];
    if (last && i == 999) {
      EXPECT_EQ(counts[0], 143);
    }
  }
  void init(long* counts) const {
    for (unsigned k = 0; k < value_count; ++k) counts[k] = 0;
  }
  void join(Joined<long>* to, const Joined<long>* from) const {
    for (unsigned k = 0; k < value_count; ++k) to[k] = to[k] + from[k];
  }
};

TEST_P(Ranges, AFunctorMayReduceAnArray) {
  Kokkos::View<long*, Kokkos::HostSpace> counts("counts", 7);
  Kokkos::parallel_reduce(Range(space, 0, 10'000), Histogram{7}, counts);
  for (std::size_t k = 0; k < 7; ++k) EXPECT_EQ(counts(k), k < 4 ? 1429 : 1428);
  Kokkos::parallel_scan(Range(space, 0, 1000), Histogram{7});
}

/// init, join and final.
struct Greatest {
  using value_type = int;
  int* result;
  void operator()(int i, int& most) const { most = std::max(most, i * 37 % 1009); }
  void init(int& most) const { most = -1; }
  void join(Joined<int>& most, const Joined<int>& other) const {
    if (most < other) most = other;
  }
  void final(int& most) const { *result = most + 1; }
};

TEST_P(Ranges, FinalSeesTheWholeResult) {
  int result = 0;
  Kokkos::parallel_reduce(Range(space, 0, 5000), Greatest{&result});
  EXPECT_EQ(result, 1009);
  Kokkos::parallel_reduce(Range(space, 0, 0), Greatest{&result});
  EXPECT_EQ(result, 0);
}

TEST_P(Ranges, WhatAFunctorThrowsArrivesAtTheCaller) {
  for (const int culprit : {0, 5000, 9999}) {
    const auto guard = [culprit](int i) {
      if (i == culprit) throw std::runtime_error("iteration " + std::to_string(i));
    };
    try {
      Kokkos::parallel_for(Range(space, 0, 10'000), guard);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), "iteration " + std::to_string(culprit));
    }
    long sum = 0;
    EXPECT_THROW(Kokkos::parallel_reduce(
                     Range(space, 0, 10'000), [=](int i, long&) { guard(i); }, sum),
                 std::runtime_error);
    EXPECT_THROW(Kokkos::parallel_scan(
                     Range(space, 0, 10'000), [=](int i, long&, bool) { guard(i); }, sum),
                 std::runtime_error);
  }
  long sum = 0;  // and the space works as before
  Kokkos::parallel_reduce(
      Range(space, 0, 10), [](int i, long& s) { s += i; }, sum);
  EXPECT_EQ(sum, 45);
}

}  // namespace
}  // namespace jackdaw::testing
