#include "workload_run.hpp"

#include <fmt/format.h>

#include <chrono>  // steady_clock
#include <memory>  // make_unique, unique_ptr

#include "jackdaw/launch.hpp"     // launched_ranks
#include "jackdaw/pool.hpp"       // Pool
#include "jackdaw/scheduler.hpp"  // Scheduler
#include "progress.hpp"           // Progress
#include "report.hpp"             // config_json, environment_json, print_notes, statistics_json

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
  print_notes(pool);
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

/// What each rank did, for people.
std::string ranks_table(const std::vector<RankReport>& ranks) {
  std::string table = fmt::format("{:>5} {:>12} {:>10} {:>10} {:>8} {:>8} {:>6}\n", "rank", "jobs",
                                  "stolen", "taken", "steals", "failed", "busy");
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    const RankReport& x = ranks[r];
    table +=
        fmt::format("{:>5} {:>12} {:>10} {:>10} {:>8} {:>8} {:>5.1f}%\n", r, x.jobs_executed,
                    x.jobs_stolen, x.jobs_taken, x.steals, x.failures,
                    100.0 * static_cast<double>(x.busy_ns) / static_cast<double>(x.elapsed_ns));
  }
  return table;
}

nlohmann::json ranks_json(const std::vector<RankReport>& ranks) {
  auto all = nlohmann::json::array();
  for (const RankReport& x : ranks) {
    all.push_back({{"jobs_executed", x.jobs_executed},
                   {"jobs_shown", x.jobs_shown},
                   {"jobs_taken", x.jobs_taken},
                   {"jobs_stolen", x.jobs_stolen},
                   {"steals", x.steals},
                   {"failures", x.failures},
                   {"busy_ns", x.busy_ns},
                   {"elapsed_ns", x.elapsed_ns}});
  }
  return all;
}

void run_on_ranks(const Workload& workload, const RunOptions& options, WorkloadRun& run) {
  const Config config = options.pool.config();
  int argc = 0;
  char** argv = nullptr;
  Scheduler scheduler(argc, argv, config);
  run.rank = scheduler.rank();
  run.ranks = scheduler.size();
  if (run.rank == 0) print_notes(scheduler.pool());
  {
    const auto progress =
        run.rank == 0 ? progress_of(workload, options, &scheduler.pool()) : nullptr;
    run.seconds = time_of([&] { workload.on_ranks(scheduler); });
  }
  const auto ranks = scheduler.report();
  Sum<unsigned> workers;
  workers += scheduler.pool().workers();
  run.workers = scheduler.reduce(workers);
  run.json["config"] = config_json(config, scheduler.pool().workers());
  run.json["statistics"] = statistics_json(scheduler.pool().statistics());
  run.json["ranks"] = ranks_json(ranks);
  run.table = ranks_table(ranks);
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
  if (options.serial) {
    const auto progress = progress_of(workload, options, nullptr);
    run.seconds = time_of(workload.alone);
  } else if (ranks > 0 && workload.on_ranks) {
    run_on_ranks(workload, options, run);
  } else {
    run_on_pool(workload, options, run);
  }
  run.json["workload"] = workload.name;
  run.json["seconds"] = run.seconds;
  run.json["environment"] = environment_json();
  return run;
}

void tell(const Findings& findings, const Workload& workload, const WorkloadRun& run,
          const RunOptions& options) {
  if (run.rank != 0) return;
  const double rate = static_cast<double>(findings.count) / run.seconds;
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
    line("time", fmt::format("{:.3f} s, {}", run.seconds, how_run(run, options)));
    line("rate", fmt::format("{:.2f} million {}/s", rate / 1e6, workload.thing));
    if (options.check && !findings.failed) line("check", "passed");
    if (options.stats) fmt::print("\n{}", run.table);
  }
  if (options.check && findings.failed) throw CheckFailed(*findings.failed);
}

}  // namespace jackdaw::apps
