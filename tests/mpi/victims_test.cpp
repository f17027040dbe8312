#include "victims.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace jackdaw::mpi {
namespace {

using topology::Tier;
constexpr std::int64_t us = 1000, ms = 1000 * us;

/// Rank 0 of so many, with 1 to `package` on its package and those up to `machine` on its machine.
Neighbourhood around_first(int size, int package = 0, int machine = 0) {
  Neighbourhood around{.rank = 0, .size = size, .package = {}, .machine = {}, .network_switch = {}};
  for (int rank = 1; rank <= package; ++rank) around.package.push_back(rank);
  for (int rank = package + 1; rank <= machine; ++rank) around.machine.push_back(rank);
  return around;
}

/// How often each is chosen of 10,000 times.
std::map<int, int> choices(Victims& victims, std::int64_t now_ns) {
  std::map<int, int> count;
  for (int i = 0; i < 10'000; ++i) ++count[victims.choose(now_ns)];
  return count;
}

TEST(Victims, TwoRanksHaveOneChoice) {
  Victims victims(around_first(2), 8, 1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(victims.choose(i * us), 1);
    victims.failed(1, 1 * us, i * us);
  }
}

TEST(Victims, StrangersOfATierAreEquallyLikelyAndNobodyElseIs) {
  Victims victims(around_first(11), 8, 1);
  const auto count = choices(victims, 0);
  ASSERT_EQ(count.size(), 10u);
  for (const auto& [rank, times] : count) {
    EXPECT_TRUE(rank >= 1 && rank <= 10) << rank;
    EXPECT_NEAR(times, 1000, 150) << rank;
  }
}

TEST(Victims, NearRanksComeFirstButTheManyFarAreNotForgotten) {
  Victims victims(around_first(100'000, 3, 7), 256, 1);
  int near = 0;
  std::set<int> far;
  for (const auto& [rank, times] : choices(victims, 0)) {
    ASSERT_TRUE(rank >= 1 && rank < 100'000);
    if (rank <= 7)
      near += times;
    else
      far.insert(rank);
  }
  EXPECT_GT(near, 6'500);
  EXPECT_GT(far.size(), 200u);
}

/// Slurm's topology names it: Neighbourhood::network_switch.
TEST(Victims, RanksBelowTheSameSwitchComeBeforeThoseElsewhere) {
  auto around = around_first(9);
  around.network_switch = {2, 5};
  Victims victims(around, 16, 1);
  auto count = choices(victims, 0);
  const int below = (count[2] + count[5]) / 2;
  for (const int other : {1, 3, 4, 6, 7, 8}) {
    EXPECT_GT(below, 2 * count[other]) << other;
    EXPECT_GT(count[other], 0) << other;
  }
}

TEST(Victims, OneThatFailsSinksAtOnceAndRecovers) {
  Victims victims(around_first(3), 8, 1);
  victims.failed(1, 1 * us, 0);
  EXPECT_TRUE(victims.looked_empty(1));
  EXPECT_FALSE(victims.looked_empty(2));
  EXPECT_LT(choices(victims, 1 * us)[1], 500);
  EXPECT_GT(choices(victims, 1000 * ms)[1], 3'000);
}

TEST(Victims, OneThatGaveMuchIsPreferredUntilThatIsOld) {
  Victims victims(around_first(100), 32, 1);
  victims.took(42, 64, 128, 70 * us, 0);
  EXPECT_GT(choices(victims, 1 * us)[42], 5'000);
  EXPECT_LT(choices(victims, 10'000 * ms)[42], 2'000);
}

TEST(Victims, WordOfWorkCounts) {
  Victims victims(around_first(100, 0, 99), 32, 1);
  victims.failed(5, 1 * us, 0);
  victims.heard_of(5, 64, 1 * us);
  EXPECT_FALSE(victims.looked_empty(5));
  EXPECT_GT(choices(victims, 2 * us)[5], 5'000);
}

TEST(Victims, WhatAStealCostsCounts) {
  Victims victims(around_first(3), 8, 1);
  for (int i = 0; i < 10; ++i) {
    victims.took(1, 64, 64, 100 * us, i * us);
    victims.took(2, 64, 64, 10 * us, i * us);
  }
  auto count = choices(victims, 10 * us);
  EXPECT_NEAR(count[2] / static_cast<double>(count[1]), 5.5, 1.5);
}

TEST(Victims, RemembersNoMoreThanItMay) {
  Victims victims(around_first(100'000), 16, 1);
  victims.took(77, 64, 64, 70 * us, 0);
  for (int rank = 1000; rank < 1015; ++rank) victims.failed(rank, 1 * us, rank * us);
  EXPECT_EQ(victims.report(2 * ms).size(), 16u);
  EXPECT_EQ(victims.report(2 * ms).front().rank, 77);
  for (int rank = 2000; rank < 2100; ++rank) victims.failed(rank, 1 * us, rank * us);
  EXPECT_EQ(victims.report(3 * ms).size(), 16u);
  EXPECT_NE(victims.report(3 * ms).front().rank, 77) << "it was seen longest ago";
}

TEST(Victims, ThoseThatAreForgottenAreStrangersAgain) {
  Victims victims(around_first(40), 8, 1);
  for (int rank = 1; rank < 40; ++rank) victims.failed(rank, 1 * us, rank * us);
  EXPECT_EQ(choices(victims, 1 * ms).size(), 39u);
}

TEST(Victims, TheReportTellsWhatWasSeen) {
  Victims victims(around_first(10, 2, 4), 8, 1);
  victims.took(3, 20, 0, 5 * us, 0);
  victims.took(3, 10, 0, 5 * us, 0);
  victims.failed(3, 5 * us, 0);
  const auto report = victims.report(0);
  ASSERT_EQ(report.size(), 1u);
  EXPECT_EQ(report[0].rank, 3);
  EXPECT_EQ(report[0].tier, Tier::machine);
  EXPECT_EQ(report[0].attempts, 3u);
  EXPECT_EQ(report[0].successes, 2u);
  EXPECT_EQ(report[0].jobs, 30u);
  EXPECT_NEAR(static_cast<double>(report[0].cost_ns), 5e3, 500);
  EXPECT_TRUE(victims.is_near(3));
  EXPECT_FALSE(victims.is_near(5));
}

/// A thief among 200 ranks, of which five have work, which moves now and then: experience must find
/// it several times as often as chance does (one in forty).
TEST(Victims, ExperienceFindsWorkThatMovesNowAndThen) {
  Victims victims(around_first(200), 256, 1);
  std::mt19937 random(1);
  std::set<int> rich;
  int found = 0;
  constexpr int attempts = 20'000;
  for (int i = 0; i < attempts; ++i) {
    const std::int64_t now = i * 20 * us;
    if (i % 500 == 0) {
      rich.clear();
      while (rich.size() < 5) rich.insert(1 + static_cast<int>(random() % 199));
    }
    const int victim = victims.choose(now);
    if (rich.contains(victim)) {
      ++found;
      victims.took(victim, 64, 64, 20 * us, now);
    } else {
      victims.failed(victim, 10 * us, now);
    }
  }
  EXPECT_GT(found, attempts / 40 * 10);
}

}  // namespace
}  // namespace jackdaw::mpi
