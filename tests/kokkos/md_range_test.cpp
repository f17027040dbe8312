#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

class MDRanges : public Kernels {};
INSTANTIATE_TEST_SUITE_P(Workers, MDRanges, some_workers(), ::testing::PrintToStringParamName());

template <typename Space, unsigned rank, Kokkos::Iterate outer = Kokkos::Iterate::Default,
          Kokkos::Iterate inner = Kokkos::Iterate::Default>
using MDRange = Kokkos::MDRangePolicy<Space, Kokkos::Rank<rank, outer, inner>>;

/// A number that says which indices these are.
template <typename... Index>
long code(Index... index) {
  long all = 0;
  ((all = all * 16 + static_cast<long>(index) + 3), ...);
  return all;
}

/// Visits [-1, sizes) of this rank on both spaces and compares how often and what was seen.
template <typename Policy, typename SerialPolicy>
void expect_same(const WorkStealing& space, const typename Policy::point_type& upper) {
  typename Policy::point_type lower;
  for (int d = 0; d < Policy::rank; ++d) lower[d] = -1;
  std::atomic<long> visits{0}, sum{0}, serial_visits{0}, serial_sum{0};
  const auto add = [](std::atomic<long>* to, std::atomic<long>* count) {
    return [=](auto... index) {
      *to += code(index...) * code(index...);
      ++*count;
    };
  };
  Kokkos::parallel_for(Policy(space, lower, upper), add(&sum, &visits));
  Kokkos::parallel_for(SerialPolicy(lower, upper), add(&serial_sum, &serial_visits));
  EXPECT_EQ(visits, serial_visits);
  EXPECT_EQ(sum, serial_sum);
}

TEST_P(MDRanges, OfEachRankVisitEachPointOnce) {
  expect_same<MDRange<WorkStealing, 2>, MDRange<Serial, 2>>(space, {7, 12});
  expect_same<MDRange<WorkStealing, 2>, MDRange<Serial, 2>>(space, {-1, 12});
  expect_same<MDRange<WorkStealing, 3>, MDRange<Serial, 3>>(space, {7, 1, 5});
  expect_same<MDRange<WorkStealing, 4>, MDRange<Serial, 4>>(space, {3, 5, 2, 6});
  expect_same<MDRange<WorkStealing, 5>, MDRange<Serial, 5>>(space, {3, 2, 2, 4, 3});
  expect_same<MDRange<WorkStealing, 6>, MDRange<Serial, 6>>(space, {3, 2, 2, 1, 3, 4});
}

TEST_P(MDRanges, TheOrderOfIterationIsAsAsked) {
  constexpr auto left = Kokkos::Iterate::Left, right = Kokkos::Iterate::Right;
  using LeftRight = MDRange<WorkStealing, 3, left, right>;
  using RightLeft = MDRange<WorkStealing, 3, right, left>;
  expect_same<LeftRight, MDRange<Serial, 3>>(space, {5, 6, 7});
  expect_same<RightLeft, MDRange<Serial, 3>>(space, {5, 6, 7});
  if (GetParam() != 1) return;  // several workers have no order
  std::vector<long> order, serial_order;
  const auto note = [](std::vector<long>* to) {
    return [=](int i, int j, int k) { to->push_back(code(i, j, k)); };
  };
  Kokkos::parallel_for(LeftRight(space, {0, 0, 0}, {4, 5, 6}, {2, 3, 4}), note(&order));
  Kokkos::parallel_for(MDRange<Serial, 3, left, right>({0, 0, 0}, {4, 5, 6}, {2, 3, 4}),
                       note(&serial_order));
  EXPECT_EQ(order, serial_order);
}

struct Doubled {};
struct Sums {
  using value_type = long;
  void operator()(Doubled, int i, int j, long& sum) const { sum += 2 * code(i, j); }
  void operator()(int i, int j, long& sum) const { sum += code(i, j); }
};

TEST_P(MDRanges, ReduceAsSerialDoes) {
  for (const int n : {0, 1, 17, 200}) {
    long expected = -1, sum = -2;
    Kokkos::parallel_reduce(MDRange<Serial, 2>({0, 0}, {n, 5}), Sums{}, expected);
    Kokkos::parallel_reduce(MDRange<WorkStealing, 2>(space, {0, 0}, {n, 5}), Sums{}, sum);
    EXPECT_EQ(sum, expected);
    using Tagged = Kokkos::MDRangePolicy<WorkStealing, Kokkos::Rank<2>, Doubled>;
    Kokkos::parallel_reduce(Tagged(space, {0, 0}, {n, 5}), Sums{}, sum);
    EXPECT_EQ(sum, 2 * expected);
    long most = -1;
    Kokkos::parallel_reduce(
        MDRange<WorkStealing, 4>(space, {0, 0, 0, 0}, {n, 2, 3, 2}),
        [](int i, int j, int k, int l, long& x) { x = std::max(x, code(i, j, k, l)); },
        Kokkos::Max<long>(most));
    EXPECT_EQ(most, n == 0 ? std::numeric_limits<long>::lowest() : code(n - 1, 1, 2, 1));
  }
}

TEST_P(MDRanges, WhatAFunctorThrowsArrivesAtTheCaller) {
  EXPECT_THROW(Kokkos::parallel_for(MDRange<WorkStealing, 2>(space, {0, 0}, {50, 50}),
                                    [](int i, int j) {
                                      if (i == 40 && j == 3) throw std::runtime_error("(40, 3)");
                                    }),
               std::runtime_error);
}

}  // namespace
}  // namespace jackdaw::testing
