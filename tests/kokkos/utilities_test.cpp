#include <gtest/gtest.h>

#include <Kokkos_Random.hpp>
#include <Kokkos_ScatterView.hpp>
#include <Kokkos_Sort.hpp>
#include <Kokkos_UnorderedMap.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "support/kokkos_spaces.hpp"

// What Kokkos itself builds on execution spaces.

namespace jackdaw::testing {
namespace {

using Range = Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<int>>;

/// Kokkos's utilities run on default instances.
class Utilities : public Kernels {
 private:
  kokkos::UseAsDefault use{pool};
};
INSTANTIATE_TEST_SUITE_P(Workers, Utilities, some_workers(), ::testing::PrintToStringParamName());

TEST_P(Utilities, AViewIsSorted) {
  const Kokkos::View<int*, WorkStealing> numbers("numbers", 10'007);
  std::vector<int> expected;
  for (std::size_t i = 0; i < 10'007; ++i) {
    numbers(i) = static_cast<int>(i * 7919 % 10'007);
    expected.push_back(static_cast<int>(i));
  }
  Kokkos::sort(numbers);
  EXPECT_EQ(std::vector<int>(numbers.data(), numbers.data() + numbers.size()), expected);
}

TEST_P(Utilities, RandomNumbersAreThoseOfDifferentStates) {
  const Kokkos::Random_XorShift64_Pool<WorkStealing> generators(12345);
  constexpr int draws = 20'000;
  std::vector<std::uint64_t> drawn(draws);
  auto* const to = drawn.data();
  Kokkos::parallel_for(Range(0, draws), [&, to](int i) {
    auto generator = generators.get_state();
    to[i] = generator.urand64();
    generators.free_state(generator);
  });
  std::sort(drawn.begin(), drawn.end());
  EXPECT_EQ(std::unique(drawn.begin(), drawn.end()), drawn.end()) << "two had one state";

  Pool one(small_pool(1));
  const kokkos::UseAsDefault fewer(one);  // states than workers
  const Kokkos::Random_XorShift1024_Pool<WorkStealing> long_generators(54321);
  double sum = 0;
  Kokkos::parallel_reduce(
      Range(space, 0, draws),
      [&](int, double& x) {
        auto generator = long_generators.get_state();
        x += generator.drand();
        long_generators.free_state(generator);
      },
      sum);
  EXPECT_NEAR(sum / draws, 0.5, 0.05);
}

/// The inner kernel may bring other parts of the outer one to a thread that has a state.
TEST_P(Utilities, ARandomStateIsNotSharedWithAPartOnTopOfItsHolder) {
  const Kokkos::Random_XorShift64_Pool<WorkStealing> generators(1);
  const auto first = generators.get_state();
  for (int i = 1; i < static_cast<int>(GetParam()); ++i)
    EXPECT_NE(generators.get_state().urand64(), 0u);
  EXPECT_THROW((void)generators.get_state(), std::runtime_error);
  generators.free_state(first);
  EXPECT_NO_THROW((void)generators.get_state());
}

TEST_P(Utilities, AMapIsFilledByAllWorkers) {
  using Map = Kokkos::UnorderedMap<int, int, WorkStealing>;
  const Map map(20'000);
  Kokkos::parallel_for(Range(0, 10'000), [&](int i) { map.insert(i / 2, i / 2 * 3); });
  EXPECT_EQ(map.size(), 5000u);
  EXPECT_FALSE(map.failed_insert());
  int wrong = 0;
  Kokkos::parallel_reduce(
      Range(0, 5000),
      [&](int i, int& x) {
        const auto at = map.find(i);
        x += map.valid_at(at) && map.value_at(at) == 3 * i ? 0 : 1;
      },
      wrong);
  EXPECT_EQ(wrong, 0);
}

template <typename Scatter>
void expect_scattered(const Scatter& scatter, Kokkos::View<long*, WorkStealing> to) {
  Kokkos::parallel_for(Range(0, 30'000), [&](int i) {
    auto access = scatter.access();
    access(static_cast<std::size_t>(i % 3)) += i;
  });
  Kokkos::Experimental::contribute(to, scatter);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(to(k), 149'985'000 + 10'000 * static_cast<long>(k));
}

TEST_P(Utilities, WhatIsScatteredArrives) {
  const Kokkos::View<long*, WorkStealing> sums("sums", 3);
  expect_scattered(Kokkos::Experimental::create_scatter_view(sums), sums);
  Kokkos::deep_copy(sums, 0);
  expect_scattered(
      Kokkos::Experimental::create_scatter_view<Kokkos::Experimental::ScatterSum,
                                                Kokkos::Experimental::ScatterDuplicated,
                                                Kokkos::Experimental::ScatterNonAtomic>(sums),
      sums);
}

}  // namespace
}  // namespace jackdaw::testing
