#pragma once
/// \file
/// Checkpoints of a Scheduler: what is left of a run, in files, from which another run goes on.

#include <chrono>      // milliseconds
#include <cstdint>     // uint64_t
#include <filesystem>  // path
#include <stdexcept>   // runtime_error
#include <string>      // string, to_string

namespace jackdaw {

/// What Scheduler::use_checkpoints must know. The same on every rank.
struct CheckpointOptions {
  std::filesystem::path directory;  ///< that all ranks see as one; made if it is missing
  std::string label{};              ///< what is computed; a checkpoint of anything else is refused
  std::chrono::milliseconds every{0};      ///< between two of them; 0: only when one is asked for
  std::chrono::milliseconds grace{30000};  ///< that the jobs which run may take to end or to yield
  bool on_signals = true;  ///< SIGUSR1 and SIGTERM, to any rank: save what is left, and leave
};

/// Where a run goes on.
struct Resumption {
  std::uint64_t generation = 0;  ///< of the checkpoint: how many were tried before, and this one
  std::uint64_t jobs = 0;        ///< that are left
  unsigned ranks = 0;            ///< that have written it
  double seconds = 0;            ///< that all runs before have taken together
  std::string written{};         ///< when: ISO 8601, UTC
};

/// What checkpoints have cost the run so far. On every rank the same.
struct CheckpointStatistics {
  std::uint64_t made = 0;
  std::uint64_t called_off = 0;  ///< because running jobs did not end within the grace time
  std::uint64_t bytes = 0;       ///< of all files
  std::uint64_t jobs = 0;        ///< in them
  double seconds = 0;  ///< from the wish for a checkpoint to the restart of the jobs, on the rank
                       ///< that it took longest; together
};

/// Notes SIGUSR1 and SIGTERM until the process ends. Else they are noted from
/// Scheduler::use_checkpoints on, as long as the scheduler lives: so one that comes while MPI
/// starts or ends would end the program, and a batch script would take what is done for undone. To
/// be called first in main. One that comes before a run ends that run at its beginning.
void note_checkpoint_signals() noexcept;

/// Thrown by Scheduler::run, on every rank, when a signal has ended it early. All that was left is
/// in the checkpoint, and no reducer has its value yet.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// With which a program should exit then, so that a batch script knows that it must start it
  /// again: EX_TEMPFAIL of sysexits.h.
  static constexpr int exit_status = 75;
};

/// A checkpoint cannot be read, or not be written. The last good one is still there.
class CheckpointError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  CheckpointError(const std::filesystem::path& file, std::uint64_t offset, const std::string& why)
      : std::runtime_error(file.string() + ": at byte " + std::to_string(offset) + ": " + why) {}
};

}  // namespace jackdaw
