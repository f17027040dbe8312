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
  const auto places = lay_out(machine, allowance_of_this_process(machine), {.workers = 2}).places;
  std::uint32_t most = 0;
  for (const auto& place : machine.places()) most = std::max(most, place.kind);
  EXPECT_EQ(places[0].kind, most);
  EXPECT_EQ(places[1].kind, most);
}

TEST(Layout, MoreWorkersThanCoresShareThemAndAreTold) {
  const auto layout = lay_out_on("core:2 pu:1", {.workers = 5});
  ASSERT_EQ(layout.places.size(), 5u);
  EXPECT_EQ(layout.places[4], layout.places[0]);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("5 workers will share 2 cores"), std::string::npos);
}

TEST(Layout, UnboundRanksOfOneHostShareItOut) {
  std::set<std::uint32_t> all;
  for (unsigned rank = 0; rank < 3; ++rank) {
    const auto places = lay_out_on("package:2 core:4 pu:2", {.rank = {rank, 3}}).places;
    EXPECT_GE(places.size(), 2u);
    for (const auto& place : places) EXPECT_TRUE(all.insert(place.core).second) << "shared core";
  }
  EXPECT_EQ(all.size(), 8u);
}

TEST(Layout, MoreRanksThanCoresGetOneEach) {
  for (unsigned rank = 0; rank < 5; ++rank) {
    const auto places = lay_out_on("core:2 pu:1", {.rank = {rank, 5}}).places;
    ASSERT_EQ(places.size(), 1u);
    EXPECT_EQ(places[0].core, rank % 2);
  }
}

TEST(Layout, ABoundRankUsesAllOfItsBindingWhateverItsNumber) {
  const auto machine = Machine::synthetic("package:2 core:4 pu:1");
  const Allowance allowance{.cpus = {4, 5, 6, 7}, .bound = true};
  const auto layout = lay_out(machine, allowance, {.rank = {1, 2}});
  EXPECT_EQ(layout.places.size(), 4u);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("bound to CPUs 4-7, 4 of 8 cores"), std::string::npos);
}

TEST(Layout, ARankBoundToOneHardwareThreadHasOneWorker) {
  const auto machine = Machine::synthetic("core:4 pu:2");
  const auto layout = lay_out(machine, {.cpus = {3}, .bound = true}, {});
  ASSERT_EQ(layout.places.size(), 1u);
  EXPECT_EQ(layout.places[0].os_index, 3u);
}

TEST(Layout, AQuotaLimitsTheWorkersUnlessTheyAreAskedFor) {
  const auto machine = Machine::synthetic("core:16 pu:1");
  auto allowance = allowance_of_this_process(machine);
  allowance.quota_cores = 1.5;
  const auto layout = lay_out(machine, allowance, {});
  EXPECT_EQ(layout.places.size(), 2u);
  ASSERT_EQ(layout.notes.size(), 1u);
  EXPECT_NE(layout.notes[0].find("1.5 cores"), std::string::npos);
  EXPECT_EQ(lay_out(machine, allowance, {.workers = 8}).places.size(), 8u);
}

TEST(Layout, RefusesCpusThatTheMachineDoesNotHave) {
  const auto machine = Machine::synthetic("core:2 pu:1");
  EXPECT_THROW((void)lay_out(machine, {.cpus = {77}}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace jackdaw::topology
