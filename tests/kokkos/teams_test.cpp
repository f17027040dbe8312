#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

using Policy = Kokkos::TeamPolicy<WorkStealing>;
using Member = Policy::member_type;

class Teams : public Kernels {};
INSTANTIATE_TEST_SUITE_P(Workers, Teams, some_workers(), ::testing::PrintToStringParamName());

TEST_P(Teams, EachTeamRunsOnce) {
  for (const int league : {0, 1, 2, 65, 3001}) {
    std::vector<int> visits(static_cast<std::size_t>(league));
    int* const at = visits.data();
    Kokkos::parallel_for(Policy(space, league, Kokkos::AUTO), [=](const Member& team) {
      EXPECT_EQ(team.league_size(), league);
      EXPECT_EQ(team.team_size(), 1);
      Kokkos::single(Kokkos::PerTeam(team), [=] { ++at[team.league_rank()]; });
      team.team_barrier();
    });
    for (const int count : visits) ASSERT_EQ(count, 1);
  }
}

/// Rows of different length: sum, greatest and running sums of each, in scratch memory.
struct Rows {
  int* sums;
  using Scratch = Kokkos::View<int*, WorkStealing::scratch_memory_space, Kokkos::MemoryUnmanaged>;

  template <typename TeamMember>
  void operator()(const TeamMember& team) const {
    const int row = team.league_rank(), length = row % 37;
    using Memory = Kokkos::View<int*, typename TeamMember::scratch_memory_space,
                                Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    const Memory values(team.team_scratch(0), static_cast<std::size_t>(length));
    const Memory more(team.thread_scratch(1), 3);
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, length),
                         [&](int i) { values(i) = row * i % 11; });
    team.team_barrier();
    int sum = 0, most = 0, vector_sum = 0;
    Kokkos::parallel_reduce(
        Kokkos::TeamThreadRange(team, length), [&](int i, int& x) { x += values(i); }, sum);
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, length), [&](int i, int& x) { x = std::max(x, values(i)); },
        Kokkos::Max<int>(most));
    Kokkos::parallel_reduce(
        Kokkos::TeamVectorRange(team, length), [&](int i, int& x) { x += values(i); }, vector_sum);
    int last = 0;
    Kokkos::parallel_scan(Kokkos::ThreadVectorRange(team, length), [&](int i, int& x, bool final) {
      x += values(i);
      if (final && i == length - 1) last = x;
    });
    int from_all = sum;
    team.team_broadcast(from_all, 0);
    more(0) = team.team_scan(5) + (length == 0 ? 0 : most);
    sums[row] = sum + 1000 * vector_sum + 7 * last + from_all + more(0);
  }
};

TEST_P(Teams, WorkAsThoseOfSerial) {
  constexpr int league = 500;
  std::vector<int> expected(league), seen(league);
  const auto bytes = static_cast<kokkos::detail::TeamBytes>(Rows::Scratch::shmem_size(37));
  Kokkos::parallel_for(Kokkos::TeamPolicy<Serial>(league, Kokkos::AUTO)
                           .set_scratch_size(0, Kokkos::PerTeam(bytes))
                           .set_scratch_size(1, Kokkos::PerThread(64)),
                       Rows{expected.data()});
  Kokkos::parallel_for(Policy(space, league, Kokkos::AUTO)
                           .set_scratch_size(0, Kokkos::PerTeam(bytes))
                           .set_scratch_size(1, Kokkos::PerThread(64)),
                       Rows{seen.data()});
  EXPECT_EQ(seen, expected);
}

/// Asks for its scratch itself.
struct OwnScratch {
  void operator()(const Member& team, long& sum) const {
    const Rows::Scratch values(team.team_shmem(), 10);
    for (int i = 0; i < 10; ++i) values(i) = team.league_rank();
    for (int i = 0; i < 10; ++i) sum += values(i);
  }
  std::size_t team_shmem_size(int) const { return Rows::Scratch::shmem_size(10); }
};

TEST_P(Teams, ReduceOverTheLeague) {
  long sum = 0;
  Kokkos::parallel_reduce(Policy(space, 1001, 1), OwnScratch{}, sum);
  EXPECT_EQ(sum, 10 * 500'500);
  int most = 0;
  Kokkos::parallel_reduce(
      Policy(space, 1001, Kokkos::AUTO),
      [](const Member& team, int& x) { x = std::max(x, team.league_rank() * 31 % 997); },
      Kokkos::Max<int>(most));
  EXPECT_EQ(most, 996);
}

TEST_P(Teams, AFunctorIsToldHowManyThreadsATeamMayHave) {
  Policy policy(space, 10, 1);
  const auto nothing = [](const Member&) {};
  EXPECT_EQ(policy.team_size_max(nothing, Kokkos::ParallelForTag()), 1);
  EXPECT_EQ(policy.team_size_recommended(nothing, Kokkos::ParallelForTag()), 1);
  EXPECT_THROW(Policy(space, 10, 4), std::invalid_argument);
}

struct Double {};
struct Triple {};
struct Multiples {
  std::atomic<long>* sum;
  void operator()(Double, const Member& team) const { *sum += 2 * team.league_rank(); }
  void operator()(Triple, const Member& team) const { *sum += 3 * team.league_rank(); }
  void operator()(Triple, const Member& team, long& update) const {
    update += 3 * team.league_rank();
  }
};

TEST_P(Teams, WorkTagsChooseTheOperator) {
  std::atomic<long> sum{0};
  Kokkos::parallel_for(Kokkos::TeamPolicy<WorkStealing, Double>(space, 101, 1), Multiples{&sum});
  EXPECT_EQ(sum, 10'100);
  const Kokkos::TeamPolicy<WorkStealing, Triple> triple(space, 101, Kokkos::AUTO);
  Kokkos::parallel_for(triple, Multiples{&sum});
  EXPECT_EQ(sum, 25'250);
  long reduced = 0;
  Kokkos::parallel_reduce(triple, Multiples{&sum}, reduced);
  EXPECT_EQ(reduced, 15'150);
}

TEST_P(Teams, WhatATeamThrowsArrivesAtTheCaller) {
  const auto guard = [](const Member& team) {
    if (team.league_rank() == 77) throw std::runtime_error("team 77");
  };
  const Policy policy(space, 200, Kokkos::AUTO);
  EXPECT_THROW(Kokkos::parallel_for(policy, guard), std::runtime_error);
  int count = 0;
  const auto counting = [guard](const Member& team, int& x) {
    guard(team);
    ++x;
  };
  EXPECT_THROW(Kokkos::parallel_reduce(policy, counting, count), std::runtime_error);
  Kokkos::parallel_reduce(Policy(space, 70, Kokkos::AUTO), counting, count);  // as before
  EXPECT_EQ(count, 70);
}

TEST_P(Teams, MayLaunchTeamsInside) {
  std::atomic<int> inner{0};
  auto* const count = &inner;
  Kokkos::parallel_for(Policy(space, 20, Kokkos::AUTO).set_scratch_size(0, Kokkos::PerTeam(256)),
                       [=](const Member& outer) {
                         const Rows::Scratch values(outer.team_scratch(0), 4);
                         for (int i = 0; i < 4; ++i) values(i) = outer.league_rank();
                         Kokkos::parallel_for(
                             Policy(10, Kokkos::AUTO).set_scratch_size(0, Kokkos::PerTeam(256)),
                             [=](const Member& team) {
                               const Rows::Scratch own(team.team_scratch(0), 4);
                               for (int i = 0; i < 4; ++i) own(i) = -1;
                               ++*count;
                             });
                         for (int i = 0; i < 4; ++i) EXPECT_EQ(values(i), outer.league_rank());
                       });
  EXPECT_EQ(inner, 200);
}

}  // namespace
}  // namespace jackdaw::testing
