#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

using Range = Kokkos::RangePolicy<WorkStealing, Kokkos::IndexType<int>>;

static_assert(Kokkos::is_execution_space<WorkStealing>::value);
static_assert(Kokkos::SpaceAccessibility<WorkStealing, Kokkos::HostSpace>::accessible);

class Spaces : public Kernels {};
INSTANTIATE_TEST_SUITE_P(Workers, Spaces, some_workers(), ::testing::PrintToStringParamName());

long sum_up_to(const WorkStealing& space, int n) {
  long sum = -1;
  Kokkos::parallel_reduce(
      Range(space, 0, n), [](int i, long& x) { x += i; }, sum);
  return sum;
}

TEST_P(Spaces, KernelsMayLaunchKernels) {
  long total = 0;
  Kokkos::parallel_reduce(
      Range(space, 0, 40),
      [](int i, long& sum) {
        long inner = 0;
        Kokkos::parallel_for(Range(0, i), [](int) {});
        Kokkos::parallel_reduce(
            Range(0, i),
            [](int j, long& x) {
              long innermost = 0;
              Kokkos::parallel_scan(
                  Range(0, j), [](int, long& y, bool) { ++y; }, innermost);
              x += innermost;
            },
            inner);
        sum += inner;
      },
      total);
  long expected = 0;
  for (int i = 0; i < 40; ++i) expected += i * (i - 1) / 2;
  EXPECT_EQ(total, expected);
}

TEST_P(Spaces, KernelsInJobsRunOnTheirPool) {
  std::vector<JobHandle<long>> jobs;
  for (int n = 0; n < 50; ++n) {
    jobs.push_back(pool.submit([n] {
      EXPECT_EQ(WorkStealing::workers_here(), static_cast<int>(GetParam()));
      return sum_up_to(WorkStealing(), 100 * n);
    }));
  }
  for (long n = 0; n < 50; ++n)
    EXPECT_EQ(jobs[static_cast<std::size_t>(n)].get(), 100 * n * (100 * n - 1) / 2);
}

TEST_P(Spaces, SeveralThreadsLaunchAtOnce) {
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int n = 0; n < 50; ++n) {
          const long size = 10 * n + t;
          if (sum_up_to(space, static_cast<int>(size)) == size * (size - 1) / 2) ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 200);
}

/// A kernel of each pattern on `space`.
bool all_patterns_are_right(const WorkStealing& space, int n) {
  std::vector<int> visits(static_cast<std::size_t>(n));
  int* const at = visits.data();
  Kokkos::parallel_for(Range(space, 0, n), [=](int i) { ++at[i]; });
  long scanned = 0, reduced = 0, in_teams = 0;
  Kokkos::parallel_scan(
      Range(space, 0, n), [=](int i, long& x, bool) { x += at[i]; }, scanned);
  Kokkos::parallel_reduce(
      Range(space, 0, n), [=](int i, long& x) { x += at[i]; }, reduced);
  using Teams = Kokkos::TeamPolicy<WorkStealing>;
  Kokkos::parallel_reduce(
      Teams(space, n, Kokkos::AUTO).set_scratch_size(0, Kokkos::PerTeam(64)),
      [=](const Teams::member_type& team, long& x) {
        const Kokkos::View<int*, WorkStealing::scratch_memory_space, Kokkos::MemoryUnmanaged> own(
            team.team_scratch(0), 4);
        own(0) = at[team.league_rank()];
        x += own(0);
      },
      in_teams);
  return scanned == n && reduced == n && in_teams == n;
}

TEST_P(Spaces, SeveralThreadsLaunchKernelsOfEachPattern) {
  Pool second(small_pool(GetParam()));
  const WorkStealing elsewhere(second);
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {  // two on each instance
      threads.emplace_back([&, t] {
        for (int n = 1; n < 200; n += 9)
          right += all_patterns_are_right(t % 2 == 0 ? space : elsewhere, n + t) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(right, 4 * 23);
}

TEST_P(Spaces, KernelsRunOverViewsWithStrides) {
  const Kokkos::View<int**, Kokkos::LayoutRight, Kokkos::HostSpace> matrix("matrix", 500, 7);
  const Kokkos::View<int*, Kokkos::LayoutStride, Kokkos::HostSpace,
                     Kokkos::MemoryTraits<Kokkos::Unmanaged>>
      column = Kokkos::subview(matrix, Kokkos::ALL, 3);
  Kokkos::parallel_for(Range(space, 0, 500), [&](int i) { column(i) = i; });
  long sum = 0, of_matrix = 0;
  Kokkos::parallel_reduce(
      Range(space, 0, 500), [&](int i, long& x) { x += column(i); }, sum);
  for (std::size_t i = 0; i < matrix.size(); ++i) of_matrix += matrix.data()[i];
  EXPECT_EQ(sum, 124'750);
  EXPECT_EQ(of_matrix, 124'750);
}

TEST_P(Spaces, ViewsAreFilledAndCopied) {
  using View = Kokkos::View<double**, WorkStealing>;
  const View a("a", 300, 500);
  Kokkos::deep_copy(space, a, 2.5);
  const View b("b", 300, 500);
  Kokkos::deep_copy(space, b, a);  // 1.2 MB: by several
  EXPECT_EQ(b(299, 499), 2.5);
  const Kokkos::View<double**, Kokkos::LayoutLeft, Kokkos::HostSpace> c("c", 300, 500);
  Kokkos::deep_copy(c, b);
  EXPECT_EQ(c(299, 499), 2.5);
  const auto mirror = Kokkos::create_mirror_view(a);
  EXPECT_EQ(mirror.data(), a.data());
  Kokkos::deep_copy(Kokkos::subview(a, Kokkos::ALL, 3), 7.0);
  EXPECT_EQ(a(17, 3), 7.0);
  EXPECT_EQ(a(17, 4), 2.5);
}

TEST_P(Spaces, AtomicOperationsLoseNothing) {
  long count = 0;
  int most = 0;
  auto* const at = &count;
  auto* const top = &most;
  Kokkos::parallel_for(Range(space, 0, 200'000), [=](int i) {
    Kokkos::atomic_add(at, 1L);
    Kokkos::atomic_fetch_add(at, 2L);
    Kokkos::atomic_fetch_max(top, i);
  });
  EXPECT_EQ(count, 600'000);
  EXPECT_EQ(most, 199'999);
}

TEST_P(Spaces, NoTwoHoldOneToken) {
  using Kokkos::Experimental::UniqueToken;
  using Kokkos::Experimental::UniqueTokenScope;
  const UniqueToken<WorkStealing> tokens(space);
  EXPECT_GE(tokens.size(), space.workers());
  const UniqueToken<WorkStealing, UniqueTokenScope::Global> global;
  const UniqueToken<WorkStealing> few(2, space);
  EXPECT_EQ(few.size(), 2);
  std::vector<int> held(static_cast<std::size_t>(tokens.size() + global.size() + 2));
  int* const counts = held.data();
  const auto use = [=](const auto& set, int offset) {
    const int token = set.acquire();
    EXPECT_LT(token, set.size());
    EXPECT_EQ(++counts[offset + token], 1);  // plain: a race would be seen
    --counts[offset + token];
    set.release(token);
  };
  Kokkos::parallel_for(Range(space, 0, 20'000), [=](int) {
    use(tokens, 0);
    use(global, tokens.size());
    use(few, tokens.size() + global.size());
  });
  const UniqueToken<WorkStealing> own(space);
  for (int i = 0; i < own.size(); ++i) EXPECT_GE(own.acquire(), 0);
  EXPECT_THROW((void)own.acquire(), std::runtime_error);
}

TEST_P(Spaces, TokensOfASmallPoolAreEnoughForALargerOne) {
  using Tokens = Kokkos::Experimental::UniqueToken<WorkStealing>;
  Pool large(small_pool(12 * std::thread::hardware_concurrency()));
  EXPECT_GE(Tokens(space).size(), 4 * static_cast<int>(large.workers()));
  // These were made before that pool was, or as if they were: who finds none free waits.
  const Tokens few(2, space);
  const Kokkos::Experimental::UniqueToken<WorkStealing,
                                          Kokkos::Experimental::UniqueTokenScope::Global>
      global;
  const auto use = [](const auto& set) {
    const int token = set.acquire();
    for (int i = 0; i < 3; ++i) std::this_thread::yield();
    set.release(token);
  };
  Kokkos::parallel_for(Range(WorkStealing(large), 0, 2000), [&](int) {
    use(global);
    use(few);
  });
}

TEST_P(Spaces, PartsHavePoolsOfTheirOwn) {
  const auto parts = Kokkos::Experimental::partition_space(space, 1, 3);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_FALSE(parts[0] == parts[1]);
  EXPECT_EQ(parts[0].workers(), 1);
  EXPECT_EQ(parts[1].workers(), std::max(1, static_cast<int>(GetParam()) * 3 / 4));
  std::jthread other([&] { EXPECT_EQ(sum_up_to(parts[0], 10'000), 49'995'000); });
  EXPECT_EQ(sum_up_to(parts[1], 10'000), 49'995'000);
  EXPECT_THROW((void)space.partition({1.0, 0.0}), std::invalid_argument);
}

TEST_P(Spaces, ADefaultInstanceUsesThePoolThatIsNamed) {
  const kokkos::UseAsDefault use(pool);
  const WorkStealing chosen;
  EXPECT_EQ(chosen.workers(), static_cast<int>(GetParam()));
  const auto before = pool.statistics();
  EXPECT_EQ(sum_up_to(chosen, 1000), 499'500);
  chosen.fence();
  Kokkos::fence();
  EXPECT_STREQ(WorkStealing::name(), "WorkStealing");
}

TEST(Space, ADefaultPoolIsMadeWhenNoneIsNamed) {
  const int expected = WorkStealing().workers();  // it is not there yet, in this process
  EXPECT_EQ(sum_up_to(WorkStealing(), 1000), 499'500);
  EXPECT_EQ(WorkStealing().workers(), expected);
}

}  // namespace
}  // namespace jackdaw::testing
