#pragma once
/// \file
/// Runs a workload, alone or on a pool, takes its time, and tells what came of it.

#include <functional>  // function
#include <memory>      // shared_ptr
#include <optional>    // optional
#include <string>      // string
#include <utility>     // pair
#include <vector>      // vector

#include <nlohmann/json.hpp>

#include "run_options.hpp"       // RunOptions
#include "workloads/resume.hpp"  // Resume

namespace jackdaw {
class Pool;
class Scheduler;
}  // namespace jackdaw

namespace jackdaw::apps {

/// What there is to run. Results are kept by the two functions.
struct Workload {
  std::string name;
  std::string thing;      ///< what is counted, in the plural
  std::string variant{};  ///< the option that chose it, with a space before; or empty
  /// The pool's finished jobs are the count so far, so progress has a rate. Tasks, and the serial
  /// program, count nothing before they end: that would cost as much as what is measured. Of them
  /// the time is told.
  bool job_is_thing = false;
  std::function<void()> alone{};  ///< the serial program
  std::function<void(Pool&)> on_pool{};
  /// Empty: it runs on one rank only, without checkpoints.
  std::function<void(Scheduler&, const workloads::Resume&)> on_ranks{};
  std::string label{};  ///< of its checkpoints: all that its result depends on
};

struct WorkloadRun {
  double seconds = 0;         ///< without the making of the pool
  double seconds_before = 0;  ///< of the runs that this one goes on from
  unsigned workers = 1;       ///< of all ranks together
  int rank = 0;
  int ranks = 1;
  nlohmann::json json;  ///< seconds, workers, environment; of a pool its configuration, statistics
  std::string table;    ///< what each worker did; empty if there was no pool
  std::shared_ptr<Scheduler> scheduler;  ///< of a run on ranks, whose checkpoint tell() removes
};

/// Collective over the ranks that mpirun or srun have started. Prints the notes of the pool, and
/// the progress, to standard error. \throws std::invalid_argument  the options contradict each
/// other or are out of range
[[nodiscard]] WorkloadRun run(const Workload& workload, const RunOptions& options);

/// What a workload found out, for people and for programs.
struct Findings {
  std::vector<std::pair<std::string, std::string>> lines;  ///< label and text
  nlohmann::json json;
  std::uint64_t count = 0;            ///< how many things
  std::optional<std::string> failed;  ///< what --check found wrong
};

/// Prints the findings and what they took, as lines or as JSON; on rank 0 only. Then no checkpoint
/// is needed any more.
/// \throws CheckFailed  --check was asked for, and found something wrong
void tell(const Findings& findings, const Workload& workload, const WorkloadRun& run,
          const RunOptions& options);

}  // namespace jackdaw::apps
