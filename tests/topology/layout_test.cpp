#include "jackdaw/topology/layout.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

namespace jackdaw::topology {
namespace {

constexpr const char* two_sockets = "package:2 numa:4 l3:1 core:8 pu:2";

Layout lay_out_on(const char* description, const LayoutOptions& options) {
  const auto machine = Machine::synthetic(description);
  return lay_out(machine, allowance_of_this_process(machine), options);
}

TEST(Layout, TakesOnePlaceACoreByDefault) {
  const auto layout = lay_out_on(two_sockets, {});
  ASSERT_EQ(layout.places.size(), 64u);
  std::set<std::uint32_t> cores;
  for (const auto& place : layout.places) cores.insert(place.core);
  EXPECT_EQ(cores.size(), 64u);
  EXPECT_TRUE(layout.notes.empty());
}

TEST(Layout, CompactKeepsNeighboursTogether) {
  const auto places = lay_out_on(two_sockets, {.workers = 8}).places;
  for (const auto& place : places) EXPECT_EQ(place.numa, places[0].numa);
}

TEST(Layout, ScatterSpreadsOverSocketsThenNodes) {
  const auto places = lay_out_on(two_sockets, {.workers = 8, .order = Order::scatter}).places;
  std::set<std::uint32_t> nodes;
  for (const auto& place : places) nodes.insert(place.numa);
  EXPECT_EQ(nodes.size(), 8u);
  EXPECT_NE(places[0].package, places[1].package);
}

TEST(Layout, WithSmtCompactTakesSiblingsTogetherAndScatterLast) {
  const auto compact = lay_out_on(two_sockets, {.smt = true}).places;
  ASSERT_EQ(compact.size(), 128u);
  EXPECT_EQ(compact[0].core, compact[1].core);
  const auto scatter = lay_out_on(two_sockets, {.order = Order::scatter, .smt = true}).places;
  ASSERT_EQ(scatter.size(), 128u);
  std::set<std::uint32_t> first_half;
  for (std::size_t i = 0; i < 64; ++i) first_half.insert(scatter[i].core);
  EXPECT_EQ(first_half.size(), 64u);
}

TEST(Layout, PowerfulCoresComeFirst) {
  const auto machine = Machine::from_xml(JACKDAW_TEST_DATA "/hybrid.xml");
  const auto allowance = allowance_of_this_process(machine);
  for (const auto order : {Order::compact, Order::scatter}) {
    const auto places = lay_out(machine, allowance, {.order = order}).places;
    ASSERT_EQ(places.size(), 6u);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(places[i].kind, i < 2 ? 1u : 0u) << i;
    // Their second hardware threads come after the efficient cores.
    const auto more = lay_out(machine, allowance, {.workers = 7, .order = order}).places;
    EXPECT_EQ(more[6].kind, 1u);
  }
}

TEST(Layout, WithoutSmtMoreWorkersThanCoresGoToTheOtherHardwareThreadsLast) {
  for (const auto order : {Order::compact, Order::scatter}) {
    const auto layout = lay_out_on("package:2 core:2 pu:2", {.workers = 6, .order = order});
    std::set<std::uint32_t> cores, pus;
    for (std::size_t i = 0; i < 6; ++i) {
      if (i < 4) cores.insert(layout.places[i].core);
      pus.insert(layout.places[i].pu);
    }
    EXPECT_EQ(cores.size(), 4u);
    EXPECT_EQ(pus.size(), 6u);
    ASSERT_EQ(layout.notes.size(), 1u);
    EXPECT_NE(layout.notes[0].find("6 workers on 4 cores"), std::string::npos) << layout.notes[0];
  }
}

TEST(Layout, MoreWorkersThanHardwareThreadsShareThemAndAreTold) {
  const auto layout = lay_out_on("core:2 pu:1", {.workers = 5});
  ASSERT_EQ(layout.places.size(), 5u);
  EXPECT_EQ(layout.places[4], layout.places[0]);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("5 workers will share 2 cores"), std::string::npos);
  const auto smt = lay_out_on("core:2 pu:2", {.workers = 9, .smt = true});
  EXPECT_EQ(smt.places.size(), 9u);
  ASSERT_EQ(smt.notes.size(), 1u);
  EXPECT_NE(smt.notes[0].find("9 workers will share 4 hardware threads of 2 cores"),
            std::string::npos);
}

TEST(Layout, ScatterDealsOutPackagesThenNodesThenCaches) {
  const auto places =
      lay_out_on("package:2 numa:2 l3:2 core:2 pu:1", {.order = Order::scatter}).places;
  ASSERT_EQ(places.size(), 16u);
  // package = i / 8, node = i / 4, cache = i / 2 of core i
  const std::uint32_t expected[] = {0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(places[i].core, expected[i]) << "worker " << i;
}

TEST(Layout, OneCoreIsEnough) {
  const auto layout = lay_out_on("pu:1", {});
  EXPECT_EQ(layout.places.size(), 1u);
  EXPECT_TRUE(layout.notes.empty());
}

TEST(Layout, KeepsToTheAllowance) {
  const auto machine = Machine::synthetic(two_sockets);
  const Allowance allowance{.cpus = {5, 6, 7, 70}};  // one thread of core 2, two of 3, one of 35
  for (const auto order : {Order::compact, Order::scatter}) {
    const auto one_each = lay_out(machine, allowance, {.order = order}).places;
    EXPECT_EQ(one_each.size(), 3u);
    CpuSet used;
    for (const auto& place : lay_out(machine, allowance, {.order = order, .smt = true}).places)
      used.insert(place.os_index);
    EXPECT_EQ(used, allowance.cpus);
  }
}

TEST(Layout, RefusesCpusThatTheMachineDoesNotHave) {
  const auto machine = Machine::synthetic("core:2 pu:1");
  EXPECT_THROW((void)lay_out(machine, {.cpus = {77}}, {}), std::invalid_argument);
}

// --- several ranks of one host -------------------------------------------------------------------

TEST(LayoutOfRanks, UnboundRanksOfOneHostShareItOut) {
  std::set<std::uint32_t> all;
  for (unsigned rank = 0; rank < 3; ++rank) {
    const auto layout = lay_out_on("package:2 core:4 pu:2", {.rank = {rank, 3}});
    EXPECT_GE(layout.places.size(), 2u);
    EXPECT_TRUE(layout.notes.empty());
    for (const auto& place : layout.places)
      EXPECT_TRUE(all.insert(place.core).second) << "shared core";
  }
  EXPECT_EQ(all.size(), 8u);
}

TEST(LayoutOfRanks, MoreRanksThanCoresGetOneHardwareThreadEach) {
  std::set<std::uint32_t> pus;
  for (unsigned rank = 0; rank < 4; ++rank) {
    for (const bool smt : {false, true}) {
      const auto layout = lay_out_on("core:2 pu:2", {.smt = smt, .rank = {rank, 4}});
      ASSERT_EQ(layout.places.size(), 1u);
      EXPECT_EQ(layout.places[0].core, rank % 2);
      pus.insert(layout.places[0].pu);
      ASSERT_EQ(layout.notes.size(), 1u);
      EXPECT_NE(layout.notes[0].find("4 ranks of this host share 2 cores"), std::string::npos);
    }
  }
  EXPECT_EQ(pus.size(), 4u);
  EXPECT_EQ(lay_out_on("core:2 pu:2", {.rank = {4, 5}}).places[0].pu, 0u);  // once more round
}

TEST(LayoutOfRanks, ABoundRankUsesAllOfItsBindingWhateverItsNumber) {
  const auto machine = Machine::synthetic("package:2 core:4 pu:1");
  const Allowance allowance{.cpus = {4, 5, 6, 7}, .bound = true};
  EXPECT_EQ(lay_out(machine, allowance, {.rank = {1, 2}}).places.size(), 4u);
}

TEST(LayoutOfRanks, ABindingThatLeavesCoresIdleIsTold) {
  const auto machine = Machine::synthetic("package:2 core:4 pu:1");
  const Allowance half{.cpus = {4, 5, 6, 7}, .bound = true};
  EXPECT_TRUE(lay_out(machine, half, {.rank = {1, 2}}).notes.empty());  // the other has the rest
  const auto alone = lay_out(machine, half, {});
  ASSERT_EQ(alone.notes.size(), 1u);
  EXPECT_NE(alone.notes[0].find("bound to CPUs 4-7, 4 of 8 cores"), std::string::npos);
  EXPECT_NE(alone.notes[0].find("--bind-to none"), std::string::npos);

  const Allowance one_core{.cpus = {1}, .bound = true};
  EXPECT_EQ(lay_out(machine, one_core, {.rank = {1, 2}}).notes.size(), 1u);
  EXPECT_EQ(lay_out(machine, one_core, {.rank = {1, 8}}).notes.size(), 0u);
}

TEST(LayoutOfRanks, RanksBoundToOneSocketShareItOut) {
  const auto machine = Machine::synthetic("package:2 core:4 pu:1");
  std::set<std::uint32_t> all;
  for (unsigned rank = 0; rank < 4; ++rank) {  // 0 and 2 on the first socket, 1 and 3 on the other
    const auto cpus = rank % 2 == 0 ? CpuSet{0, 1, 2, 3} : CpuSet{4, 5, 6, 7};
    const Allowance allowance{.cpus = cpus, .bound = true, .sharers = LocalRank{rank / 2, 2}};
    const auto layout = lay_out(machine, allowance, {.rank = {rank, 4}});
    EXPECT_EQ(layout.places.size(), 2u);
    EXPECT_TRUE(layout.notes.empty());
    for (const auto& place : layout.places) {
      EXPECT_TRUE(cpus.contains(place.os_index));
      EXPECT_TRUE(all.insert(place.core).second) << "shared core";
    }
  }
  EXPECT_EQ(all.size(), 8u);
}

TEST(LayoutOfRanks, ARankBoundToOneHardwareThreadHasOneWorker) {
  const auto machine = Machine::synthetic("core:4 pu:2");
  const auto layout = lay_out(machine, {.cpus = {3}, .bound = true}, {});
  ASSERT_EQ(layout.places.size(), 1u);
  EXPECT_EQ(layout.places[0].os_index, 3u);
}

TEST(LayoutOfRanks, RefusesARankThatDoesNotExist) {
  EXPECT_THROW((void)lay_out_on("core:4 pu:1", {.rank = {2, 2}}), std::invalid_argument);
  EXPECT_THROW((void)lay_out_on("core:4 pu:1", {.rank = {0, 0}}), std::invalid_argument);
  const auto machine = Machine::synthetic("core:4 pu:1");
  const Allowance allowance{.cpus = {0, 1}, .sharers = LocalRank{3, 2}};
  EXPECT_THROW((void)lay_out(machine, allowance, {}), std::invalid_argument);
}

// --- quotas --------------------------------------------------------------------------------------

Allowance all_of(const Machine& machine, double quota) {
  auto allowance = allowance_of_this_process(machine);
  allowance.quota_cores = quota;
  return allowance;
}

TEST(LayoutUnderAQuota, HasOneWorkerForEachBegunCoreOfIt) {
  const auto machine = Machine::synthetic("core:16 pu:1");
  const auto layout = lay_out(machine, all_of(machine, 1.5), {});
  EXPECT_EQ(layout.places.size(), 2u);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("1.5 cores, so 2 workers will run on 16"), std::string::npos)
      << layout.notes[0];
  EXPECT_EQ(lay_out(machine, all_of(machine, 0.1), {}).places.size(), 1u);
}

TEST(LayoutUnderAQuota, AWideOneChangesNothing) {
  const auto machine = Machine::synthetic("core:4 pu:1");
  for (const double quota : {3.5, 4.0, 64.0, no_quota}) {
    const auto layout = lay_out(machine, all_of(machine, quota), {});
    EXPECT_EQ(layout.places.size(), 4u) << quota;
    EXPECT_TRUE(layout.notes.empty()) << quota;
  }
}

TEST(LayoutUnderAQuota, WorkersThatWereAskedForAreHeldUpAndTold) {
  const auto machine = Machine::synthetic("core:16 pu:1");
  const auto layout = lay_out(machine, all_of(machine, 1.5), {.workers = 8});
  EXPECT_EQ(layout.places.size(), 8u);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("8 workers will be held up; 2 would not"), std::string::npos)
      << layout.notes[0];
  EXPECT_TRUE(lay_out(machine, all_of(machine, 1.5), {.workers = 2}).notes.empty());
}

TEST(LayoutUnderAQuota, AllRanksOfAHostTogetherKeepToIt) {
  const auto machine = Machine::synthetic("core:16 pu:1");
  std::size_t workers = 0;
  for (unsigned rank = 0; rank < 3; ++rank) {
    workers += lay_out(machine, all_of(machine, 8), {.rank = {rank, 3}}).places.size();
    auto bound = all_of(machine, 2);
    bound.bound = true;
    bound.cpus = {4 * rank, 4 * rank + 1, 4 * rank + 2, 4 * rank + 3};
    EXPECT_EQ(lay_out(machine, bound, {.rank = {rank, 3}}).places.size(), 1u);
  }
  EXPECT_EQ(workers, 8u);
}

}  // namespace
}  // namespace jackdaw::topology
