#include "ranks_report.hpp"

#include <fmt/format.h>

namespace jackdaw::apps {
namespace {

constexpr std::size_t most_in_matrix = 16;  // ranks; more do not fit on a screen

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

/// Jobs that each rank (a line) took from each other (a column).
std::string victims_matrix(const Report& report) {
  std::vector<std::vector<std::uint64_t>> jobs(report.ranks.size());
  for (auto& line : jobs) line.resize(report.ranks.size());
  for (const TheftReport& theft : report.thefts) {
    jobs.at(static_cast<std::size_t>(theft.thief)).at(static_cast<std::size_t>(theft.victim)) =
        theft.jobs;
  }
  std::string text = "\njobs that a rank took from another\nthief";
  for (std::size_t victim = 0; victim < jobs.size(); ++victim)
    text += fmt::format(" {:>9}", victim);
  for (std::size_t thief = 0; thief < jobs.size(); ++thief) {
    text += fmt::format("\n{:>5}", thief);
    for (const auto count : jobs[thief]) text += fmt::format(" {:>9}", count);
  }
  return text + '\n';
}

}  // namespace

std::string ranks_table(const Report& report) {
  std::string text = fmt::format(
      "{:>5} {:>11} {:>11} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>10} {:>7} {:>7} {:>7} {:>7}\n",
      "rank", "created", "executed", "local", "near", "far", "taken", "batches", "failed", "bytes",
      "work%", "steal%", "search%", "sleep%");
  for (std::size_t r = 0; r < report.ranks.size(); ++r) {
    const RankReport& x = report.ranks[r];
    const auto all = x.total_ns();
    text += fmt::format(
        "{:>5} {:>11} {:>11} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>10} {:>7.1f} {:>7.1f} {:>7.1f} "
        "{:>7.1f}\n",
        r, x.jobs_created, x.jobs_executed, x.jobs_local, x.jobs_near, x.jobs_far, x.jobs_taken,
        x.batches, x.failures, x.bytes, percent(x.working_ns, all), percent(x.stealing_ns, all),
        percent(x.searching_ns, all), percent(x.asleep_ns, all));
  }
  if (report.ranks.size() > 1 && report.ranks.size() <= most_in_matrix)
    text += victims_matrix(report);
  return text + "\ntransport: " + report.transport + '\n';
}

nlohmann::json ranks_json(const Report& report) {
  auto ranks = nlohmann::json::array();
  for (const RankReport& x : report.ranks) {
    ranks.push_back({{"workers", x.workers},
                     {"jobs_created", x.jobs_created},
                     {"jobs_executed", x.jobs_executed},
                     {"jobs_failed", x.jobs_failed},
                     {"jobs_local", x.jobs_local},
                     {"jobs_near", x.jobs_near},
                     {"jobs_far", x.jobs_far},
                     {"jobs_shown", x.jobs_shown},
                     {"jobs_taken", x.jobs_taken},
                     {"batches", x.batches},
                     {"failures", x.failures},
                     {"bytes", x.bytes},
                     {"wakes", x.wakes},
                     {"working_ns", x.working_ns},
                     {"stealing_ns", x.stealing_ns},
                     {"searching_ns", x.searching_ns},
                     {"asleep_ns", x.asleep_ns}});
  }
  auto thefts = nlohmann::json::array();
  for (const TheftReport& x : report.thefts) {
    thefts.push_back({{"thief", x.thief},
                      {"victim", x.victim},
                      {"attempts", x.attempts},
                      {"batches", x.batches},
                      {"jobs", x.jobs},
                      {"cost_ns", x.cost_ns}});
  }
  return {{"transport", report.transport},
          {"needs_help", report.needs_help},
          {"ranks", ranks},
          {"thefts", thefts}};
}

}  // namespace jackdaw::apps
