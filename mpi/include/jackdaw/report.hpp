#pragma once
/// \file
/// What the ranks of a Scheduler did. Plain values; counts are of all calls of run() so far.

#include <cstdint>  // int32_t, int64_t, uint64_t
#include <string>   // string
#include <vector>   // vector

namespace jackdaw {

struct RankReport {
  std::uint64_t workers = 0;
  std::uint64_t jobs_created = 0;   ///< made there, not those that came from elsewhere
  std::uint64_t jobs_executed = 0;  ///< began there
  std::uint64_t jobs_failed = 0;    ///< threw
  std::uint64_t jobs_local = 0;     ///< stolen by its workers from each other
  std::uint64_t jobs_near = 0;      ///< stolen from other ranks of its host
  std::uint64_t jobs_far = 0;       ///< stolen from ranks of other hosts
  std::uint64_t jobs_shown = 0;     ///< put on a shelf
  std::uint64_t jobs_taken = 0;     ///< from its shelves, by other ranks
  std::uint64_t batches = 0;        ///< that it stole from other ranks
  std::uint64_t failures = 0;       ///< attempts at other ranks that brought nothing
  std::uint64_t bytes = 0;          ///< that it took from other ranks
  std::uint64_t wakes = 0;          ///< times it told a rank that waited for word
  // Where the time of its workers went, all together. The four add up to the whole.
  std::uint64_t working_ns = 0;
  std::uint64_t stealing_ns = 0;
  std::uint64_t searching_ns = 0;
  std::uint64_t asleep_ns = 0;

  [[nodiscard]] std::uint64_t total_ns() const noexcept {
    return working_ns + stealing_ns + searching_ns + asleep_ns;
  }
};

/// How one rank fared with another, of which it may have forgotten the oldest.
struct TheftReport {
  std::int32_t thief = 0;
  std::int32_t victim = 0;
  std::uint64_t attempts = 0;
  std::uint64_t batches = 0;
  std::uint64_t jobs = 0;
  std::int64_t cost_ns = 0;  ///< of an attempt, a moving mean
};

struct Report {
  std::vector<RankReport> ranks;    ///< by rank
  std::vector<TheftReport> thefts;  ///< the victims matrix: only pairs that met
  /// "windows on each host, messages between hosts, which need the target's help"
  std::string transport;
  bool needs_help = false;  ///< operations on another rank wait until that calls MPI
};

}  // namespace jackdaw
