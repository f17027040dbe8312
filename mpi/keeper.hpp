#pragma once
/// \file
/// The checkpoints of a run: the ranks write them together, and read them together.

#include <mpi.h>

#include <chrono>      // steady_clock
#include <cstddef>     // byte
#include <cstdint>     // uint64_t
#include <functional>  // function
#include <optional>    // optional
#include <span>        // span
#include <string>      // string
#include <vector>      // vector

#include "directory_lock.hpp"      // DirectoryLock
#include "jackdaw/checkpoint.hpp"  // CheckpointOptions, CheckpointStatistics, Resumption
#include "jackdaw/codec.hpp"       // Bytes
#include "jackdaw/saved_job.hpp"   // SavedJob
#include "kinds.hpp"               // Kinds
#include "manifest.hpp"            // Manifest
#include "save_plan.hpp"           // SavePlan
#include "signal_watch.hpp"        // SignalWatch

namespace jackdaw::mpi {

/// A reducer, as checkpoints know it.
struct KeptReducer {
  std::string name;
  std::function<Bytes()> write;
  /// Reads a value, and gives what adds it to the reducer. \throws  the bytes are no such value
  std::function<std::function<void()>(std::span<const std::byte>)> read;
};

/// Jobs of all ranks that threw.
struct Failures {
  std::uint64_t jobs = 0;
  std::uint64_t cancelled = 0;
  std::string first;
};

class Keeper {
 public:
  /// Collective. \throws CheckpointError  on every rank: the directory cannot be used
  Keeper(MPI_Comm comm, const Kinds& kinds, CheckpointOptions options,
         const std::vector<KeptReducer>& reducers);

  /// Collective: reads the checkpoint in the directory, if there is one: adds the values to the
  /// reducers, and hands this rank's share of the jobs to `hold`. Each rank takes the files of
  /// ranks that have its number, modulo how many there are now. \throws CheckpointError  on every
  /// rank: it cannot be read, or is of something else; then
  ///                          nothing has changed anywhere
  [[nodiscard]] std::optional<Resumption> restore(
      const std::function<void(const PackedJob&, Bytes)>& hold);

  /// Before the ranks run. Signals are noted as long as the keeper lives.
  void begin_run();
  [[nodiscard]] SavePlan& plan() noexcept { return plan_; }

  /// Collective: writes the next checkpoint. \throws CheckpointError  on every rank: it could not
  /// be written; the last one is still there
  void save(const std::vector<SavedJob>& jobs, const Failures& failures);
  /// On rank 0: after this there is none. On the others nothing.
  void remove() noexcept;

  [[nodiscard]] const Failures& failures_before() const noexcept { return failures_before_; }
  [[nodiscard]] const CheckpointStatistics& statistics() const noexcept { return statistics_; }
  /// Collective: what this rank has spent on the last one; that which took longest counts.
  void count_time(std::int64_t ns);
  void set_called_off(std::uint64_t count) noexcept { statistics_.called_off = count; }
  /// In the last checkpoint.
  [[nodiscard]] std::uint64_t last_jobs() const noexcept { return last_jobs_; }
  /// "generation 3 in DIRECTORY", or that there is none.
  [[nodiscard]] std::string description() const;

 private:
  using Clock = std::chrono::steady_clock;
  void throw_if_any(const std::string& mine) const;
  void open_directory();
  void expect_to_see_it() const;
  [[nodiscard]] std::optional<Manifest> read_together() const;
  void expect_same_work(const Manifest& manifest) const;
  void expect_none_was_lost() const;
  [[nodiscard]] std::vector<std::function<void()>> read_values(const std::filesystem::path& path,
                                                               const RankContents& contents) const;
  void give_up() const;
  void expect_files(const Manifest& manifest) const;
  [[nodiscard]] double seconds_so_far() const;

  MPI_Comm comm_;
  const Kinds& kinds_;
  const CheckpointOptions options_;
  const std::vector<KeptReducer>& reducers_;
  int rank_ = 0, size_ = 1;
  std::optional<DirectoryLock> lock_;  // of rank 0
  SavePlan plan_;
  SignalWatch watch_;
  std::uint64_t run_ = 0;
  std::uint64_t last_jobs_ = 0;
  std::uint64_t generation_ = 0;  // of the last checkpoint; 0: there was none
  std::uint64_t tried_ = 0;       // of the last one that was begun
  Failures failures_before_;
  double seconds_before_ = 0;
  Clock::time_point start_ = Clock::now();
  CheckpointStatistics statistics_;
};

}  // namespace jackdaw::mpi
