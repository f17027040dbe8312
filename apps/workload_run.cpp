#include "workload_run.hpp"

#include <fmt/format.h>

#include <algorithm>  // max
#include <chrono>     // steady_clock
#include <cstdio>     // fflush
#include <memory>     // make_shared, make_unique, unique_ptr

#include "environment.hpp"        // environment_json
#include "jackdaw/launch.hpp"     // launched_ranks, library
#include "jackdaw/pool.hpp"       // Pool
#include "jackdaw/scheduler.hpp"  // Scheduler
#include "progress.hpp"           // Progress
#include "ranks_report.hpp"       // ranks_json, ranks_table
#include "report.hpp"             // config_json, print_notes, statistics_json

namespace jackdaw::apps {
namespace {

template <typename Function>
double time_of(Function&& function) {
  const auto start = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Null if nobody wants to see it.
std::unique_ptr<Progress> progress_of(const Workload& workload, const RunOptions& options,
                                      const Pool* pool) {
  if (options.quiet || options.json || !Progress::is_watched()) return nullptr;
  Progress::Options shown{.thing = workload.name};
  if (pool != nullptr && workload.job_is_thing) {
    shown.thing = workload.thing;
    shown.count = [pool] { return pool->statistics().jobs_finished; };
  }
  return std::make_unique<Progress>(std::move(shown));
}

void run_on_pool(const Workload& workload, const RunOptions& options, WorkloadRun& run) {
  const Config config = options.pool.config();
  Pool pool(config);
  print_notes(pool.notes());
  {
    const auto progress = progress_of(workload, options, &pool);
    run.seconds = time_of([&] { workload.on_pool(pool); });
  }
  const auto statistics = pool.statistics();
  run.workers = pool.workers();
  run.json["config"] = config_json(config, run.workers);
  run.json["statistics"] = statistics_json(statistics);
  run.table = statistics_table(statistics);
}

void run_on_ranks(const Workload& workload, const RunOptions& options, WorkloadRun& run) {
  const Config config = options.pool.config();
  int argc = 0;
  char** argv = nullptr;
  if (options.checkpoints.is_on()) note_checkpoint_signals();
  run.scheduler = std::make_shared<Scheduler>(argc, argv, config);
  Scheduler& scheduler = *run.scheduler;
  run.rank = scheduler.rank();
  run.ranks = scheduler.size();
  if (run.rank == 0) print_notes(scheduler.notes());
  {
    const auto progress =
        run.rank == 0 ? progress_of(workload, options, &scheduler.pool()) : nullptr;
    workloads::Resume resume;
    if (options.checkpoints.is_on()) {
      resume = [&] {
        const double before = options.checkpoints.begin(scheduler, workload.label);
        run.seconds_before = std::max(before, 0.0);
        return before >= 0;
      };
    }
    try {
      run.seconds = time_of([&] { workload.on_ranks(scheduler, resume); });
    } catch (const Interrupted& interruption) {
      // Now: mpirun ends the others when the first of them has ended with a status.
      if (run.rank == 0) fmt::print(stderr, "jackdaw: {}\n", interruption.what());
      throw;
    }
  }
  const Report report = scheduler.report();
  Sum<unsigned> workers;
  workers += scheduler.pool().workers();
  run.workers = scheduler.reduce(workers);
  run.json["config"] = config_json(config, scheduler.pool().workers());
  run.json["statistics"] = statistics_json(scheduler.pool().statistics());
  run.json["report"] = ranks_json(report);
  run.json["environment"]["mpi"] = mpi::library();
  run.table = ranks_table(report);
}

std::string how_run(const WorkloadRun& run, const RunOptions& options) {
  if (options.serial) return "serial";
  if (run.ranks > 1) return fmt::format("{} ranks, {} workers", run.ranks, run.workers);
  return fmt::format("{} worker{}", run.workers, run.workers == 1 ? "" : "s");
}

}  // namespace

WorkloadRun run(const Workload& workload, const RunOptions& options) {
  options.validate();
  WorkloadRun run;
  const int ranks = mpi::launched_ranks();
  if (ranks > 1 && (options.serial || !workload.on_ranks)) {
    throw std::invalid_argument(
        fmt::format("{} ranks were started, but {}{} runs on one rank; start it without mpirun",
                    ranks, workload.name, options.serial ? " --serial" : workload.variant));
  }
  if (options.checkpoints.is_on() && !workload.on_ranks) {
    throw std::invalid_argument(fmt::format("{}{} makes no checkpoints; leave --checkpoint out",
                                            workload.name, workload.variant));
  }
  if (options.json) run.json["environment"] = environment_json();  // the load before this run
  if (options.serial) {
    const auto progress = progress_of(workload, options, nullptr);
    run.seconds = time_of(workload.alone);
  } else if ((ranks > 0 || options.checkpoints.is_on()) && workload.on_ranks) {
    run_on_ranks(workload, options, run);
  } else {
    run_on_pool(workload, options, run);
  }
  run.json["workload"] = workload.name;
  run.json["ranks"] = run.ranks;
  run.json["workers"] = run.workers;
  run.json["seconds"] = run.seconds;
  if (options.checkpoints.is_on()) run.json["seconds_before"] = run.seconds_before;
  return run;
}

namespace {

void print(const Findings& findings, const Workload& workload, const WorkloadRun& run,
           const RunOptions& options) {
  const double seconds = run.seconds + run.seconds_before;
  const double rate = static_cast<double>(findings.count) / seconds;
  if (options.json) {
    nlohmann::json json = run.json;
    json.update(findings.json);
    json[workload.thing + "_per_second"] = rate;
    if (options.check) json["check"] = findings.failed ? "failed" : "passed";
    fmt::print("{}\n", json.dump(2));
  } else {
    const auto line = [](std::string_view label, std::string_view text) {
      fmt::print("{:<10} {}\n", label, text);
    };
    for (const auto& [label, text] : findings.lines) line(label, text);
    const auto before =
        run.seconds_before > 0 ? fmt::format(" after {:.3f} s before", run.seconds_before) : "";
    line("time", fmt::format("{:.3f} s{}, {}", run.seconds, before, how_run(run, options)));
    line("rate", fmt::format("{:.2f} million {}/s", rate / 1e6, workload.thing));
    if (options.check && !findings.failed) line("check", "passed");
    if (options.stats) fmt::print("\n{}", run.table);
  }
}

}  // namespace

void tell(const Findings& findings, const Workload& workload, const WorkloadRun& run,
          const RunOptions& options) {
  if (run.rank != 0) return;
  print(findings, workload, run, options);
  if (std::fflush(stdout) != 0) throw std::runtime_error("standard output cannot be written");
  if (run.scheduler) run.scheduler->remove_checkpoint();
  if (options.check && findings.failed) throw CheckFailed(*findings.failed);
}

}  // namespace jackdaw::apps
