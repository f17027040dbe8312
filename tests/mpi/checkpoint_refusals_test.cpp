#include <gtest/gtest.h>
#include <signal.h>  // raise

#include <chrono>
#include <fstream>
#include <string>

#include "support/checkpoints.hpp"
#include "support/pools.hpp"

// Checkpoints that cannot be used, by several ranks at once: see support/mpi_main.cpp.

namespace jackdaw {
namespace {

using namespace testing;

/// What is refused stays as it was.
class RefusedCheckpoints : public Checkpoints {
 protected:
  /// A run that a signal ends at its beginning.
  void leave_one() {
    Scheduler scheduler(MPI_COMM_WORLD, small_pool(1));
    scheduler.keep("counted", counted);
    (void)scheduler.use_checkpoints(options());
    if (is_first) scheduler.submit<count>(1, 100);
    (void)raise(SIGUSR1);
    EXPECT_THROW(scheduler.run(), Interrupted);
  }
  template <typename... Reducers>
  [[nodiscard]] static std::string refusal(const CheckpointOptions& asked, Reducers&&... kept) {
    Scheduler scheduler(MPI_COMM_WORLD, small_pool(1));
    (scheduler.keep(kept.first, kept.second), ...);
    try {
      (void)scheduler.use_checkpoints(asked);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "nothing";
  }
  [[nodiscard]] static std::string at(const fs::path& file, std::size_t byte) {
    return file.string() + ": at byte " + std::to_string(byte) + ": ";
  }
  /// By name.
  template <typename Reducer>
  using Kept = std::pair<const char*, Reducer&>;
  Kept<Sum<std::uint64_t>> kept_count() const { return {"counted", waited}; }

  fs::path manifest{directory / "manifest"};
  fs::path file{directory / "generation-1.rank-0"};
};

TEST_F(RefusedCheckpoints, OfAnotherLabelAtItsByte) {
  leave_one();
  auto other = options();
  other.label = "letters";
  EXPECT_EQ(refusal(other, kept_count()),
            at(manifest, text_of(manifest).find("numbers")) +
                "it is a checkpoint of 'numbers', and this is 'letters'; give this run another "
                "directory");
}

TEST_F(RefusedCheckpoints, OfOtherReducersAtTheirByte) {
  leave_one();
  Sum<std::uint64_t> more;
  Sum<std::uint8_t> small;
  const auto begin = text_of(file).find("counted") - sizeof(std::uint64_t);
  EXPECT_EQ(refusal(options(), Kept<Sum<std::uint64_t>>{"sum", waited}),
            at(file, begin) + "it has a reducer 'counted', which this program has not");
  EXPECT_EQ(refusal(options(), kept_count(), Kept<Sum<std::uint64_t>>{"more", more}),
            at(file, begin) + "it has no reducer 'more'");
  const auto said = refusal(options(), Kept<Sum<std::uint8_t>>{"counted", small});
  EXPECT_TRUE(
      said.starts_with(at(file, begin) + "the value of the reducer 'counted' cannot be read: "))
      << said;
}

TEST_F(RefusedCheckpoints, WithADamagedFileAndNothingChanges) {
  leave_one();
  MPI_Barrier(MPI_COMM_WORLD);
  if (is_first)
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('x');
  MPI_Barrier(MPI_COMM_WORLD);
  const auto said = refusal(options(), kept_count());
  EXPECT_TRUE(said.starts_with(file.string() + ": at byte ")) << said;
  EXPECT_EQ(waited.value(), 0u);
  EXPECT_TRUE(fs::exists(manifest));
}

TEST_F(RefusedCheckpoints, WithoutTheManifestThatThereWas) {
  leave_one();
  MPI_Barrier(MPI_COMM_WORLD);
  if (is_first) fs::remove(manifest);
  MPI_Barrier(MPI_COMM_WORLD);
  const auto said = refusal(options(), kept_count());
  EXPECT_TRUE(said.starts_with(at(manifest, 0) + "the file is missing, but there was a checkpoint"))
      << said;
  EXPECT_TRUE(fs::exists(file));
}

/// A kill in the first checkpoint, before the manifest; or one while a checkpoint is removed.
TEST_F(RefusedCheckpoints, FilesOfRanksWithoutAManifestThatNeverWasAreNone) {
  if (is_first) std::ofstream(file) << "whole";
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_EQ(refusal(options(), kept_count()), "nothing");
  leave_one();
  {
    Scheduler scheduler(MPI_COMM_WORLD, small_pool(1));
    scheduler.keep("counted", waited);
    EXPECT_TRUE(scheduler.use_checkpoints(options()));
    scheduler.run();
    scheduler.remove_checkpoint();
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (is_first) std::ofstream(file) << "whole";
  MPI_Barrier(MPI_COMM_WORLD);
  EXPECT_EQ(refusal(options(), kept_count()), "nothing");
}

TEST_F(RefusedCheckpoints, WithoutADirectory) {
  EXPECT_EQ(refusal({}), "the directory for checkpoints has no name");
}

TEST_F(RefusedCheckpoints, OneRunAtATimeHasADirectory) {
  Scheduler one(MPI_COMM_WORLD, small_pool(1));
  (void)one.use_checkpoints(options());
  EXPECT_NE(refusal(options()).find("another run holds it"), std::string::npos);
}

/// The files of one that has failed may be those that the manifest names by now.
TEST_F(RefusedCheckpoints, OneThatFailedIsFollowedByAnotherWithTheNextNumber) {
  auto often = options();
  often.every = std::chrono::milliseconds(5);
  const auto obstacle = directory / "generation-1.rank-0.part";
  if (is_first) fs::create_directory(obstacle);
  Scheduler scheduler(MPI_COMM_WORLD, small_pool(2));
  scheduler.keep("counted", counted);
  (void)scheduler.use_checkpoints(often);
  if (is_first) scheduler.submit<count>(1, 10 * numbers);
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 10u * numbers);
  EXPECT_GT(scheduler.checkpoint_statistics().made, 0u);
  const auto text = text_of(manifest);
  EXPECT_NE(text.find("\ngeneration "), std::string::npos);
  EXPECT_EQ(text.find("\ngeneration 1\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace jackdaw
