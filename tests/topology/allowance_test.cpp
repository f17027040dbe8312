#include "jackdaw/topology/allowance.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "jackdaw/topology/binding.hpp"

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

TEST(Allowance, AMadeUpMachineIsUnbound) {
  const auto machine = Machine::synthetic("package:1 core:4 pu:1");
  const auto allowance = allowance_of_this_process(machine);
  EXPECT_FALSE(allowance.bound);
  EXPECT_EQ(allowance.quota_cores, no_quota);
  EXPECT_EQ(to_string(allowance.cpus), "0-3");
}

/// As under taskset or mpirun: a process bound before it first asks.
TEST(Allowance, ABoundProcessMayUseItsBindingOnly) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // no gtest here: the exit status tells
    const auto places = Machine::synthetic("pu:1").places();
    if (!pin_this_thread(places[0]).pinned) _exit(3);
    const auto machine = Machine::here();
    const auto allowance = allowance_of_this_process(machine);
    const bool bound = allowance.bound || machine.allowed().size() == 1;
    _exit(bound && allowance.cpus == CpuSet{0} ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 3) GTEST_SKIP() << "CPU 0 may not be used here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(LocalRank, ComesFromTheLauncher) {
  const auto with = [](std::initializer_list<std::pair<const char*, const char*>> variables) {
    constexpr const char* all[] = {"OMPI_COMM_WORLD_LOCAL_RANK",
                                   "OMPI_COMM_WORLD_LOCAL_SIZE",
                                   "MPI_LOCALRANKID",
                                   "MPI_LOCALNRANKS",
                                   "SLURM_LOCALID",
                                   "SLURM_NODEID",
                                   "SLURM_STEP_TASKS_PER_NODE"};
    for (const char* variable : all) unsetenv(variable);
    for (const auto& [variable, value] : variables) setenv(variable, value, 1);
    const auto rank = local_rank_from_environment();
    for (const char* variable : all) unsetenv(variable);
    return std::pair(rank.index, rank.count);
  };
  using Pair = std::pair<unsigned, unsigned>;
  EXPECT_EQ(with({}), Pair(0, 1));
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_LOCAL_RANK", "3"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}),
            Pair(3, 4));
  EXPECT_EQ(with({{"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}}), Pair(1, 2));
  EXPECT_EQ(with({{"SLURM_LOCALID", "1"},
                  {"SLURM_NODEID", "2"},
                  {"SLURM_STEP_TASKS_PER_NODE", "4(x2),2"}}),
            Pair(1, 2));
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_LOCAL_RANK", "x"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}),
            Pair(0, 1));
  EXPECT_EQ(with({{"SLURM_LOCALID", "9"}, {"SLURM_STEP_TASKS_PER_NODE", "2"}}), Pair(0, 1));
}

TEST(LocalRank, SlurmCountsTasksByNode) {
  EXPECT_EQ(tasks_on_node("2(x3),1", 0), 2u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 2), 2u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 3), 1u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 4), 0u);
  EXPECT_EQ(tasks_on_node("", 0), 0u);
  EXPECT_EQ(tasks_on_node("many", 0), 0u);
}

}  // namespace
}  // namespace jackdaw::topology
