#include "jackdaw/topology/machine.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace jackdaw::topology {
namespace {

TEST(Machine, CountsWhatAStringDescribes) {
  const auto counts = Machine::synthetic("package:2 numa:4 l3:1 core:8 pu:2").counts();
  EXPECT_EQ(counts.packages, 2u);
  EXPECT_EQ(counts.numa_nodes, 8u);
  EXPECT_EQ(counts.caches, 8u);
  EXPECT_EQ(counts.cores, 64u);
  EXPECT_EQ(counts.pus, 128u);
}

TEST(Machine, OneCoreIsAMachine) {
  const auto machine = Machine::synthetic("pu:1");
  ASSERT_EQ(machine.places().size(), 1u);
  EXPECT_EQ(tier_between(machine.places()[0], machine.places()[0]), Tier::core);
}

TEST(Machine, WithoutASharedCacheNoTwoCoresShareOne) {
  const auto places = Machine::synthetic("package:1 core:4 pu:1").places();
  EXPECT_EQ(tier_between(places[0], places[1]), Tier::numa);
}

TEST(Machine, ClustersAroundAnL2AreCachesIfThereIsNoL3) {
  const auto places = Machine::synthetic("package:1 l2:2 core:4 pu:1").places();
  EXPECT_EQ(tier_between(places[0], places[3]), Tier::cache);
  EXPECT_EQ(tier_between(places[0], places[4]), Tier::numa);
}

TEST(Machine, AMadeUpMachineMayBeUsedWholly) {
  const auto machine = Machine::synthetic("package:2 core:4 pu:1");
  EXPECT_FALSE(machine.is_here());
  EXPECT_EQ(to_string(machine.allowed()), "0-7");
  EXPECT_EQ(to_string(machine.binding()), "0-7");
}

TEST(Machine, ReadsAHybridChipFromAFile) {
  const auto machine = Machine::from_xml(JACKDAW_TEST_DATA "/hybrid.xml");
  const auto& places = machine.places();
  ASSERT_EQ(places.size(), 8u);
  EXPECT_GT(places[6].kind, places[0].kind);  // in this file the last four are the powerful ones
}

TEST(Machine, RefusesWhatItCannotReadWithASentence) {
  for (const char* bad : {"package:x", "nonsense:2", "core:0"}) {
    try {
      (void)Machine::synthetic(bad);
      FAIL() << bad;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(bad), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("package:2"), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW((void)Machine::from_xml("/no/such/file.xml"), std::invalid_argument);
  EXPECT_THROW((void)Machine::from_xml("/etc/passwd"), std::invalid_argument);
}

TEST(Machine, ThisOneHasPlacesThatMayBeUsed) {
  const auto machine = Machine::here();
  EXPECT_FALSE(machine.places().empty());
  EXPECT_FALSE(intersection(machine.allowed(), machine.binding()).empty());
}

TEST(CpuSet, IsWrittenAsTheKernelDoes) {
  EXPECT_EQ(to_string({}), "");
  EXPECT_EQ(to_string({5}), "5");
  EXPECT_EQ(to_string({0, 1, 2, 3, 8, 10, 11}), "0-3,8,10-11");
}

}  // namespace
}  // namespace jackdaw::topology
