#include "jackdaw/topology/allowance.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "jackdaw/topology/binding.hpp"
#include "jackdaw/topology/layout.hpp"

namespace jackdaw::topology {
namespace {

/// A root folder with a cgroup tree in it, gone afterwards.
class CgroupTree : public ::testing::Test {
 protected:
  CgroupTree() {
    std::string pattern = std::filesystem::temp_directory_path() / "jackdaw-cgroup-XXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  ~CgroupTree() override { std::filesystem::remove_all(root_); }
  void write(const std::string& file, const std::string& text) {
    const auto path = root_ / "sys/fs/cgroup" / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << '\n';
  }
  std::filesystem::path root_;
};

TEST_F(CgroupTree, WithoutFilesThereIsNoQuota) {
  EXPECT_EQ(cgroup_quota_cores(root_, "0::/user/job\n"), no_quota);
  EXPECT_EQ(cgroup_quota_cores(root_, ""), no_quota);
}

TEST_F(CgroupTree, Version2SaysQuotaAndPeriod) {
  write("user/job/cpu.max", "150000 100000");
  EXPECT_DOUBLE_EQ(cgroup_quota_cores(root_, "0::/user/job\n"), 1.5);
}

TEST_F(CgroupTree, MaxIsNone) {
  write("user/job/cpu.max", "max 100000");
  EXPECT_EQ(cgroup_quota_cores(root_, "0::/user/job\n"), no_quota);
}

TEST_F(CgroupTree, TheTightestGroupOnTheWayUpCounts) {
  write("user/job/cpu.max", "800000 100000");
  write("user/cpu.max", "200000 100000");
  write("cpu.max", "400000 100000");
  EXPECT_DOUBLE_EQ(cgroup_quota_cores(root_, "0::/user/job\n"), 2.0);
}

TEST_F(CgroupTree, Version1HasItUnderTheCpuController) {
  write("cpu,cpuacct/job/cpu.cfs_quota_us", "50000");
  write("cpu,cpuacct/job/cpu.cfs_period_us", "100000");
  write("cpu,cpuacct/cpu.cfs_quota_us", "-1");
  write("cpu,cpuacct/cpu.cfs_period_us", "100000");
  EXPECT_DOUBLE_EQ(cgroup_quota_cores(root_, "4:cpuset:/other\n3:cpu,cpuacct:/job\n0::/\n"), 0.5);
}

TEST_F(CgroupTree, BesideVersion1Version2HasItsOwnFolder) {
  write("unified/job/cpu.max", "300000 100000");
  EXPECT_DOUBLE_EQ(cgroup_quota_cores(root_, "1:cpu:/\n0::/job\n"), 3.0);
}

TEST_F(CgroupTree, InAContainerTheGroupOutsideIsNotSeenAndTheRootCounts) {
  write("cpu/cpu.cfs_quota_us", "250000");
  write("cpu/cpu.cfs_period_us", "100000");
  EXPECT_DOUBLE_EQ(cgroup_quota_cores(root_, "3:cpu,cpuacct:/docker/0123456789ab\n"), 2.5);
}

TEST_F(CgroupTree, NonsenseIsNoQuota) {
  write("job/cpu.max", "much more");
  write("cpu.max", "");
  EXPECT_EQ(cgroup_quota_cores(root_, "0::/job\nnonsense\n::\n"), no_quota);
  write("job/cpu.max", "100000 0");
  EXPECT_EQ(cgroup_quota_cores(root_, "0::/job\n0::/../..\n"), no_quota);
}

TEST(Allowance, AMadeUpMachineIsUnbound) {
  const auto machine = Machine::synthetic("package:1 core:4 pu:1");
  const auto allowance = allowance_of_this_process(machine);
  EXPECT_FALSE(allowance.bound);
  EXPECT_EQ(allowance.quota_cores, no_quota);
  EXPECT_EQ(to_string(allowance.cpus), "0-3");
}

// Each in a process of its own, which has not yet asked what it is bound to.

/// As under taskset or mpirun: a process bound before it first asks.
TEST(AllowanceDeathTest, ABoundProcessMayUseItsBindingOnly) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto usable = [] {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    sched_getaffinity(0, sizeof mask, &mask);
    std::uint32_t cpu = 0;
    while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &mask)) ++cpu;
    return cpu;
  };
  EXPECT_EXIT(
      {
        const std::uint32_t cpu = usable();
        if (!pin_this_thread({.os_index = cpu}).pinned) _exit(3);
        const auto machine = Machine::here();
        const auto allowance = allowance_of_this_process(machine);
        if (allowance.cpus != CpuSet{cpu}) _exit(4);
        if (allowance.bound != (machine.allowed().size() > 1)) _exit(5);
        const auto layout = lay_out(machine, allowance, {});
        if (layout.places.size() != 1 || layout.places[0].os_index != cpu) _exit(6);
        _exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(AllowanceDeathTest, WhatWePinOurselvesDoesNotNarrowIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto before = allowance_of_this_process(Machine::here());
        if (!pin_this_thread({.os_index = *before.cpus.rbegin()}).pinned) _exit(3);
        const auto after = allowance_of_this_process(Machine::here());
        _exit(after.cpus == before.cpus && after.bound == before.bound ? 0 : 4);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace jackdaw::topology
