#include "jackdaw/topology/local_rank.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace jackdaw::topology {
namespace {

using Variables = std::initializer_list<std::pair<const char*, const char*>>;

/// Without what a real launcher may have left in the environment, and with what a test wants there.
class LocalRankTest : public ::testing::Test {
 protected:
  LocalRankTest() { set({}); }
  ~LocalRankTest() override { set({}); }

  static void set(Variables variables) {
    for (const char* variable :
         {"OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALRANKID",
          "MPI_LOCALNRANKS", "MV2_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_SIZE",
          "SLURM_LOCALID", "SLURM_NODEID", "SLURM_STEP_TASKS_PER_NODE"})
      unsetenv(variable);
    for (const auto& [variable, value] : variables) setenv(variable, value, 1);
  }

  static std::pair<unsigned, unsigned> with(Variables variables) {
    set(variables);
    const auto rank = local_rank_from_environment();
    return {rank.index, rank.count};
  }
};

using Pair = std::pair<unsigned, unsigned>;

TEST_F(LocalRankTest, ComesFromTheLauncher) {
  EXPECT_EQ(with({}), Pair(0, 1));
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_LOCAL_RANK", "3"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}),
            Pair(3, 4));
  EXPECT_EQ(with({{"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}}), Pair(1, 2));
  EXPECT_EQ(with({{"MV2_COMM_WORLD_LOCAL_RANK", "0"}, {"MV2_COMM_WORLD_LOCAL_SIZE", "2"}}),
            Pair(0, 2));
  EXPECT_EQ(with({{"SLURM_LOCALID", "1"},
                  {"SLURM_NODEID", "2"},
                  {"SLURM_STEP_TASKS_PER_NODE", "4(x2),2"}}),
            Pair(1, 2));
}

TEST_F(LocalRankTest, MpirunInsideASlurmStepHasTheLastWord) {
  EXPECT_EQ(with({{"SLURM_LOCALID", "0"},
                  {"SLURM_STEP_TASKS_PER_NODE", "1"},
                  {"OMPI_COMM_WORLD_LOCAL_RANK", "5"},
                  {"OMPI_COMM_WORLD_LOCAL_SIZE", "8"}}),
            Pair(5, 8));
}

TEST_F(LocalRankTest, NonsenseIsOneRankAlone) {
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_LOCAL_RANK", "x"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}),
            Pair(0, 1));
  EXPECT_EQ(with({{"OMPI_COMM_WORLD_LOCAL_RANK", "4"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}}),
            Pair(0, 1));
  EXPECT_EQ(with({{"MPI_LOCALRANKID", "0"}, {"MPI_LOCALNRANKS", "4000000000"}}), Pair(0, 1));
  EXPECT_EQ(with({{"MPI_LOCALRANKID", "0"}}), Pair(0, 1));
  EXPECT_EQ(with({{"SLURM_LOCALID", "9"}, {"SLURM_STEP_TASKS_PER_NODE", "2"}}), Pair(0, 1));
  EXPECT_EQ(with({{"SLURM_LOCALID", "0"}}), Pair(0, 1));  // a batch script is no step
}

TEST(TasksOnNode, ReadsWhatSlurmWrites) {
  EXPECT_EQ(tasks_on_node("2(x3),1", 0), 2u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 2), 2u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 3), 1u);
  EXPECT_EQ(tasks_on_node("2(x3),1", 4), 0u);
  EXPECT_EQ(tasks_on_node("16", 0), 16u);
  for (const char* nonsense : {"", "many", "2(x", "2(xy)", ",", "(x2)"})
    EXPECT_EQ(tasks_on_node(nonsense, 0), 0u) << nonsense;
}

TEST(RankAmongSharers, CountsThoseWithACpuInCommon) {
  // As Open MPI binds four ranks on two sockets. Rank 2 has pinned its main thread since.
  const std::vector<CpuSet> cpus{{0, 1, 2, 3}, {4, 5, 6, 7}, {2}, {4, 5, 6, 7}};
  const auto among = [&](unsigned self) {
    const auto rank = rank_among_sharers(cpus, self);
    return Pair(rank.index, rank.count);
  };
  EXPECT_EQ(among(0), Pair(0, 2));
  EXPECT_EQ(among(1), Pair(0, 2));
  EXPECT_EQ(among(2), Pair(1, 2));
  EXPECT_EQ(among(3), Pair(1, 2));
  EXPECT_THROW((void)among(4), std::out_of_range);
}

// --- other processes -----------------------------------------------------------------------------

/// A root folder with a proc file system in it, gone afterwards. Launcher 10 has started ranks 20
/// and 21, and 22 which is none; rank 21 is a shell, whose child 30 is this process.
class ProcTree : public LocalRankTest {
 protected:
  ProcTree() {
    std::string pattern = std::filesystem::temp_directory_path() / "jackdaw-proc-XXXXXX";
    root_ = mkdtemp(pattern.data());
    process("10", "1", "0-7", "PATH=/bin");
    process("20", "10", "0-3", "A=1|OMPI_COMM_WORLD_LOCAL_RANK=0|B=2");
    process("21", "10", "4-7", "OMPI_COMM_WORLD_LOCAL_RANK=1");
    process("22", "10", "0-7", "OMPI_COMM_WORLD_LOCAL_RANKS=1");
    process("self", "21", "4-7", "OMPI_COMM_WORLD_LOCAL_RANK=1");
    write("10/task/10/children", "20 22 ");
    write("10/task/11/children", "21 ");  // by another thread
    write("21/task/21/children", "30 ");
    set({{"OMPI_COMM_WORLD_LOCAL_RANK", "1"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}});
  }
  ~ProcTree() override { std::filesystem::remove_all(root_); }

  void write(const std::string& file, const std::string& text) {
    const auto path = root_ / "proc" / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void process(const std::string& pid, const std::string& parent, const std::string& cpus,
               std::string environment) {
    write(pid + "/status", "Name:\tx\nPPid:\t" + parent + "\nCpus_allowed:\tff\n" +
                               "Cpus_allowed_list:\t" + cpus + "\n");
    for (char& c : environment) c = c == '|' ? '\0' : c;
    write(pid + "/environ", environment + '\0');
  }
  std::filesystem::path root_;
};

TEST_F(ProcTree, ShowsWhatTheOtherRanksAreBoundTo) {
  const auto bindings = bindings_of_local_ranks(root_);
  ASSERT_TRUE(bindings.has_value());
  EXPECT_EQ(*bindings, (std::vector<CpuSet>{{0, 1, 2, 3}, {4, 5, 6, 7}}));
}

TEST_F(ProcTree, SaysNothingWhileRanksAreMissing) {
  write("10/task/11/children", "");
  EXPECT_FALSE(bindings_of_local_ranks(root_).has_value());
}

TEST_F(ProcTree, SaysNothingIfTheLauncherRunsTwoPrograms) {
  process("22", "10", "0-7", "OMPI_COMM_WORLD_LOCAL_RANK=1");
  EXPECT_FALSE(bindings_of_local_ranks(root_).has_value());
  process("22", "10", "0-7", "OMPI_COMM_WORLD_LOCAL_RANK=2");
  EXPECT_FALSE(bindings_of_local_ranks(root_).has_value());
}

TEST_F(ProcTree, SaysNothingWithoutALauncherOrWithoutProcesses) {
  set({});
  EXPECT_FALSE(bindings_of_local_ranks(root_).has_value());
  set({{"OMPI_COMM_WORLD_LOCAL_RANK", "1"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}});
  std::filesystem::remove_all(root_ / "proc");
  EXPECT_FALSE(bindings_of_local_ranks(root_).has_value());
}

}  // namespace
}  // namespace jackdaw::topology
