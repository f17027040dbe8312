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
  if (statistics.jobs_failed != 0) text += fmt::format(", {} failed", statistics.jobs_failed);
  if (statistics.jobs_cancelled != 0)
    text += fmt::format(", {} cancelled", statistics.jobs_cancelled);
  if (statistics.jobs_overflowed != 0)
    text += fmt::format(", {} through the overflow list", statistics.jobs_overflowed);
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
                       {"sleeps", w.sleeps},
                       {"wakes", w.wakes}});
  }
  return {{"jobs_created", statistics.jobs_created},
          {"jobs_finished", statistics.jobs_finished},
          {"jobs_failed", statistics.jobs_failed},
          {"jobs_cancelled", statistics.jobs_cancelled},
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
