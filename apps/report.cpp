#include "report.hpp"

#include <fmt/format.h>

#include <cstdio>  // stderr

namespace jackdaw::apps {
namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string table_line(std::string_view label, const WorkerStatistics& w) {
  return fmt::format(
      "{:>6} {:>9.4f} {:>9.4f} {:>9.4f} {:>9.4f} {:>9.4f} {:>12} {:>11} {:>12} {:>8}\n", label,
      seconds(w.slices.working), seconds(w.slices.stealing), seconds(w.slices.searching),
      seconds(w.slices.asleep), seconds(w.slices.total()), w.jobs_run, w.jobs_stolen,
      w.tasks_stolen, w.steals);
}

void add_to(WorkerStatistics& sum, const WorkerStatistics& w) {
  sum.slices.working += w.slices.working;
  sum.slices.stealing += w.slices.stealing;
  sum.slices.searching += w.slices.searching;
  sum.slices.asleep += w.slices.asleep;
  sum.jobs_run += w.jobs_run;
  sum.jobs_stolen += w.jobs_stolen;
  sum.tasks_stolen += w.tasks_stolen;
  sum.steals += w.steals;
  sum.preemptions += w.preemptions;
  sum.yields += w.yields;
}

}  // namespace

std::string statistics_table(const Statistics& statistics) {
  auto text = fmt::format("{:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>12} {:>11} {:>12} {:>8}\n",
                          "worker", "working/s", "steal/s", "search/s", "asleep/s", "sum/s",
                          "jobs run", "jobs stolen", "tasks stolen", "steals");
  WorkerStatistics sum;
  for (std::size_t i = 0; i < statistics.workers.size(); ++i) {
    text += table_line(std::to_string(i), statistics.workers[i]);
    add_to(sum, statistics.workers[i]);
  }
  text += table_line("all", sum);
  text += fmt::format("jobs: {} created, {} finished", statistics.jobs_created,
                      statistics.jobs_finished);
  const auto tell = [&text](std::uint64_t jobs, std::string_view what) {
    if (jobs != 0) text += fmt::format(", {} {}", jobs, what);
  };
  tell(statistics.jobs_failed, "failed");
  tell(statistics.jobs_cancelled, "cancelled");
  tell(statistics.jobs_timed_out, "timed out");
  tell(sum.preemptions, "preempted");
  tell(sum.yields, "yielded");
  tell(statistics.jobs_promoted, "promoted by age");
  tell(statistics.jobs_rebalanced, "moved by the steward");
  tell(statistics.jobs_overflowed, "through the overflow list");
  return text + "\n";
}

nlohmann::json statistics_json(const Statistics& statistics) {
  auto workers = nlohmann::json::array();
  for (const auto& w : statistics.workers) {
    workers.push_back({{"state", name(w.state)},
                       {"working_s", seconds(w.slices.working)},
                       {"stealing_s", seconds(w.slices.stealing)},
                       {"searching_s", seconds(w.slices.searching)},
                       {"asleep_s", seconds(w.slices.asleep)},
                       {"jobs_run", w.jobs_run},
                       {"jobs_stolen", w.jobs_stolen},
                       {"tasks_stolen", w.tasks_stolen},
                       {"steals", w.steals},
                       {"steals_lost", w.steals_lost},
                       {"seizures", w.seizures},
                       {"preemptions", w.preemptions},
                       {"yields", w.yields},
                       {"sleeps", w.sleeps},
                       {"wakes", w.wakes}});
  }
  return {{"jobs_created", statistics.jobs_created},
          {"jobs_finished", statistics.jobs_finished},
          {"jobs_failed", statistics.jobs_failed},
          {"jobs_cancelled", statistics.jobs_cancelled},
          {"jobs_timed_out", statistics.jobs_timed_out},
          {"jobs_promoted", statistics.jobs_promoted},
          {"jobs_rebalanced", statistics.jobs_rebalanced},
          {"jobs_overflowed", statistics.jobs_overflowed},
          {"workers", workers}};
}

nlohmann::json config_json(const Config& config, unsigned workers) {
  return {{"workers", workers},
          {"strategy", name(config.strategy)},
          {"placement", name(config.placement)},
          {"pin", config.pin},
          {"smt", config.smt},
          {"seed", config.seed},
          {"deque_capacity", config.deque_capacity},
          {"max_steal_batch", config.max_steal_batch},
          {"backoff_min_ms", config.backoff_min.count()},
          {"backoff_max_ms", config.backoff_max.count()},
          {"stack_bytes", config.stack_bytes},
          {"timeout_ms", config.timeout.count()},
          {"max_preemption_depth", config.max_preemption_depth},
          {"starvation_age_ms", config.starvation_age.count()},
          {"imbalance_threshold", config.imbalance_threshold},
          {"rebalance_interval_ms", config.rebalance_interval.count()},
          {"fabric", name(config.fabric)},
          {"progress_interval_us", config.progress_interval.count()},
          {"affinity_entries", config.affinity_entries},
          {"fail_fast", config.fail_fast}};
}

std::string grouped(std::uint64_t number) {
  const auto digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const auto& note : notes) fmt::print(stderr, "jackdaw: note: {}\n", note);
}

}  // namespace jackdaw::apps
