#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "jackdaw/kokkos/view_codec.hpp"
#include "jackdaw/scheduler.hpp"
#include "support/kokkos_spaces.hpp"

// Run by two ranks at once, where Kokkos starts before MPI or after it:
// support/kokkos_ranks_main.cpp

namespace jackdaw::testing {
namespace {

using Matrix = Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace>;
using Column = Kokkos::View<double*, Kokkos::LayoutStride, Kokkos::HostSpace>;

int rank = 0;  // NOLINT: jobs know it by this alone

/// Twice the values, and behind them the rank that this runs on.
template <typename View>
Kokkos::View<double*, Kokkos::HostSpace> doubled(JobContext&, const View& values) {
  const Kokkos::View<double*, Kokkos::HostSpace> result("doubled", values.size() + 1);
  const Unmanaged<double*> to = result;
  const auto width = values.extent(1);
  Kokkos::parallel_for(Kokkos::RangePolicy<WorkStealing>(0, values.size()), [&](std::size_t i) {
    if constexpr (View::rank == 1) {
      to(i) = 2 * values(i);
    } else {
      to(i) = 2 * values(i / width, i % width);
    }
  });
  to(values.size()) = rank;
  return result;
}

/// Runs jobs with `values` until one of them has run on the other rank. Collective.
template <typename View>
void expect_to_cross(const View& values, const std::vector<double>& expected) {
  Scheduler scheduler(MPI_COMM_WORLD, small_pool(1));
  rank = scheduler.rank();
  Sum<int> crossed;
  while (scheduler.reduce(crossed) == 0) {
    std::vector<decltype(scheduler.submit<doubled<View>>(values))> results;
    if (rank == 0) {
      for (int i = 0; i < 200; ++i) results.push_back(scheduler.submit<doubled<View>>(values));
    }
    scheduler.run();
    for (const auto& future : results) {
      const auto result = future.get();
      std::vector<double> seen(result.data(), result.data() + result.size());
      if (seen.back() != 0) crossed += 1;
      seen.pop_back();
      EXPECT_EQ(seen, expected);
    }
  }
}

Matrix numbered() {
  const Matrix matrix("matrix", 20, 30);
  for (std::size_t i = 0; i < matrix.size(); ++i) matrix.data()[i] = static_cast<double>(i);
  return matrix;
}

TEST(Ranks, AViewCrossesToAnotherRankAndItsResultComesBack) {
  std::vector<double> expected;
  for (int i = 0; i < 600; ++i) expected.push_back(2.0 * i);
  expect_to_cross(numbered(), expected);
}

TEST(Ranks, SoDoesOneWithStrides) {
  std::vector<double> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(2.0 * (30 * i + 7));
  expect_to_cross(Column(Kokkos::subview(numbered(), Kokkos::ALL, 7)), expected);
}

}  // namespace
}  // namespace jackdaw::testing
