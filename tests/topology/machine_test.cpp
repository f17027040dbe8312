#include "jackdaw/topology/machine.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

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
  EXPECT_EQ(machine.counts().packages, 1u);
  EXPECT_EQ(machine.counts().numa_nodes, 1u);
  EXPECT_EQ(machine.counts().cores, 1u);
}

TEST(Machine, WithoutCoresEachHardwareThreadIsOne) {
  const auto machine = Machine::synthetic("package:2 pu:3");
  EXPECT_EQ(machine.counts().cores, 6u);
  EXPECT_NE(tier_between(machine.places()[0], machine.places()[1]), Tier::core);
}

TEST(Machine, WithoutASharedCacheNoTwoCoresShareOne) {
  for (const char* description : {"package:1 core:4 pu:2", "package:1 core:4 l2:1 pu:2"}) {
    const auto places = Machine::synthetic(description).places();
    EXPECT_EQ(tier_between(places[0], places[1]), Tier::core) << description;
    EXPECT_EQ(tier_between(places[0], places[2]), Tier::numa) << description;
  }
  EXPECT_EQ(Machine::synthetic("package:1 core:4 pu:2").counts().caches, 0u);
}

TEST(Machine, ClustersAroundAnL2AreCachesIfThereIsNoL3) {
  const auto machine = Machine::synthetic("package:1 l2:2 core:4 pu:1");
  const auto& places = machine.places();
  EXPECT_EQ(tier_between(places[0], places[3]), Tier::cache);
  EXPECT_EQ(tier_between(places[0], places[4]), Tier::numa);
  EXPECT_EQ(machine.counts().caches, 2u);
}

TEST(Machine, GroupsDoNotMatter) {
  const auto with = Machine::synthetic("group:2 package:2 numa:1 group:2 l3:1 core:2 pu:1");
  const auto without = Machine::synthetic("package:4 numa:1 l3:2 core:2 pu:1");
  EXPECT_EQ(with.places(), without.places());
}

TEST(Machine, AMemoryNodeIsFoundInsideAPackageAroundItOrBesideAnother) {
  struct {
    const char* description;
    std::size_t nodes;
    Tier first_to_last;
  } const cases[] = {
      {"package:2 numa:2 core:2 pu:1", 4, Tier::machine},
      {"numa:2 package:2 core:2 pu:1", 2, Tier::machine},
      {"package:2 core:2 pu:1", 1, Tier::package},                // one memory, two packages
      {"package:1 l3:1 numa:2 core:2 pu:1", 2, Tier::package},    // sub-NUMA clustering
      {"package:2 [numa] [numa] core:2 pu:1", 2, Tier::machine},  // slow and fast memory
      {"[numa] package:1 core:4 pu:1", 1, Tier::numa},
  };
  for (const auto& [description, nodes, tier] : cases) {
    const auto machine = Machine::synthetic(description);
    EXPECT_EQ(machine.counts().numa_nodes, nodes) << description;
    const auto& places = machine.places();
    EXPECT_EQ(tier_between(places.front(), places.back()), tier) << description;
    EXPECT_EQ(tier_between(places[0], places[1]),
              machine.counts().caches == 1 ? Tier::cache : Tier::numa)
        << description;
  }
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
  for (const auto& place : places) EXPECT_EQ(place.kind, place.os_index < 4 ? 0u : 1u);
  EXPECT_EQ(tier_between(places[0], places[7]), Tier::cache);  // the L3, not the L2 of four cores
  EXPECT_EQ(machine.counts().caches, 1u);
  EXPECT_EQ(machine.counts().cores, 6u);
}

TEST(Machine, KnowsWhichCpusAFileForbids) {
  std::ifstream in(JACKDAW_TEST_DATA "/hybrid.xml");
  std::string text(std::istreambuf_iterator<char>(in), {});
  const std::string all = "allowed_cpuset=\"0x000000ff\"";
  ASSERT_NE(text.find(all), std::string::npos);
  text.replace(text.find(all), all.size(), "allowed_cpuset=\"0x000000f1\"");
  const auto file = std::filesystem::path(::testing::TempDir()) / "jackdaw_some_forbidden.xml";
  std::ofstream(file) << text;
  const auto machine = Machine::from_xml(file);
  std::filesystem::remove(file);
  EXPECT_EQ(machine.places().size(), 8u);
  EXPECT_EQ(to_string(machine.allowed()), "0,4-7");
}

TEST(Machine, RefusesWhatItCannotReadWithASentence) {
  for (const char* bad : {"package:x", "nonsense:2", "core:0", "", "package:2 core:4 pu:"}) {
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
  EXPECT_THROW((void)Machine::from_xml(::testing::TempDir()), std::invalid_argument);
}

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(Machine, HereMayBeMadeUpByTheEnvironment) {
  {
    const Variable synthetic("HWLOC_SYNTHETIC", "package:2 core:8 pu:2");
    const auto machine = Machine::here();
    EXPECT_FALSE(machine.is_here());
    EXPECT_EQ(machine.places().size(), 32u);
    EXPECT_EQ(to_string(machine.binding()), "0-31");
  }
  const Variable xml("HWLOC_XMLFILE", JACKDAW_TEST_DATA "/hybrid.xml");
  EXPECT_EQ(Machine::here().counts().cores, 6u);
}

TEST(Machine, HereRefusesAnEnvironmentThatItCannotRead) {
  for (const char* variable : {"HWLOC_SYNTHETIC", "HWLOC_XMLFILE"}) {
    const Variable bad(variable, "nonsense");
    try {
      (void)Machine::here();
      FAIL() << variable;
    } catch (const std::invalid_argument& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(std::string(variable) + "=\"nonsense\""), std::string::npos) << text;
    }
  }
}

TEST(Machine, AStringIsNeverThisMachine) {
  const Variable insist("HWLOC_THISSYSTEM", "1");
  const auto machine = Machine::synthetic("package:2 core:64 pu:2");
  EXPECT_FALSE(machine.is_here());
  EXPECT_EQ(machine.binding().size(), 256u);
}

TEST(Machine, ThisOneHasPlacesThatMayBeUsed) {
  const auto machine = Machine::here();
  EXPECT_FALSE(machine.places().empty());
  EXPECT_FALSE(intersection(machine.allowed(), machine.binding()).empty());
}

}  // namespace
}  // namespace jackdaw::topology
