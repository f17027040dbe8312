#include "demo/teller.hpp"

#include <fmt/format.h>

#include <algorithm>   // any_of, count_if
#include <cstdio>      // fflush, stdout
#include <cstdlib>     // _Exit
#include <stop_token>  // stop_token

#include "report.hpp"  // statistics_table

namespace jackdaw::apps::demo {
namespace {

constexpr std::size_t most_lines = 14, first_lines = 8, last_lines = 4;
constexpr std::size_t most_complaints = 4;

void add_to(Statistics& sum, const Statistics& more) {
  if (sum.workers.size() < more.workers.size()) sum.workers.resize(more.workers.size());
  for (std::size_t i = 0; i < more.workers.size(); ++i) {
    WorkerStatistics& to = sum.workers[i];
    const WorkerStatistics& from = more.workers[i];
    to.slices.working += from.slices.working;
    to.slices.stealing += from.slices.stealing;
    to.slices.searching += from.slices.searching;
    to.slices.asleep += from.slices.asleep;
    to.jobs_run += from.jobs_run;
    to.jobs_stolen += from.jobs_stolen;
    to.tasks_stolen += from.tasks_stolen;
    to.steals += from.steals;
  }
  sum.jobs_created += more.jobs_created;
  sum.jobs_finished += more.jobs_finished;
  sum.jobs_failed += more.jobs_failed;
  sum.jobs_cancelled += more.jobs_cancelled;
  sum.jobs_timed_out += more.jobs_timed_out;
  sum.jobs_overflowed += more.jobs_overflowed;
}

/// A scene that hangs is a promise that was not kept, too.
class Watchdog {
 public:
  Watchdog(const Scene& scene, const Stage& stage, bool speaks)
      : thread_([&scene, &stage, speaks](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any bell;
          std::unique_lock hold(mutex);
          if (bell.wait_for(hold, stop, 4 * patience, [] { return false; }) ||
              stop.stop_requested())
            return;
          if (speaks) {
            fmt::print("BROKEN: expected the scene {} to end, seen: it hangs, after {}\n",
                       scene.name, summary(stage.sights()));
            std::fflush(stdout);
          }
          std::_Exit(1);
        }) {}

 private:
  std::jthread thread_;
};

}  // namespace

Teller::Teller(const Config& config, int rank, int ranks)
    : config_(config),
      rank_(rank),
      many_ranks_(ranks > 1),
      start_(std::chrono::steady_clock::now()) {
  if (rank == 0) {
    fmt::print("{:>8}     who {:<{}}   what\n", "time", "", many_ranks_ ? 10 : 2);
  }
}

void Teller::play(const Scene& scene) {
  tell(scene, [&](Stage& stage) { scene.local(stage); });
}
void Teller::play(const Scene& scene, Ranks& ranks, Scheduler& scheduler) {
  tell(scene, [&](Stage& stage) { scene.on_ranks(stage, ranks, scheduler); });
}

template <typename Play>
void Teller::tell(const Scene& scene, Play play) {
  if (rank_ == 0) {
    fmt::print("\n{}: {}\n", scene.name, scene.promise);
    std::fflush(stdout);
  }
  Stage stage(config_, rank_, start_);
  {
    const Watchdog watchdog(scene, stage, rank_ == 0);
    play(stage);
  }
  for (const Statistics& act : stage.statistics()) add_to(all_, act);
  const bool kept = stage.broken().empty();
  rows_.push_back({scene.name, kept ? "kept" : "BROKEN", stage.steps()});
  if (rank_ != 0) return;
  print(stage.steps(), stage.followed());
  const auto& complaints = stage.broken();
  for (std::size_t i = 0; i < complaints.size() && i < most_complaints; ++i)
    fmt::print("BROKEN: {}\n", complaints[i]);
  if (complaints.size() > most_complaints)
    fmt::print("BROKEN: and {} more\n", complaints.size() - most_complaints);
  if (kept) fmt::print("kept\n");
  std::fflush(stdout);
}

void Teller::skip(const Scene& scene) {
  if (rank_ != 0) return;
  fmt::print("\n{}: {}\nskipped: it takes two ranks, as in mpirun -n 2 jackdaw demo\n", scene.name,
             scene.promise);
  rows_.push_back({scene.name, "skipped", {}});
}

void Teller::print_line(const Step& step) const {
  std::string who = step.worker < 0 ? "outside" : fmt::format("worker {}", step.worker);
  if (many_ranks_) who = fmt::format("rank {} {}", step.rank, who);
  fmt::print("{:>8.1f} ms  {:<{}}  {}\n", static_cast<double>(step.ns) / 1e6, who,
             many_ranks_ ? 16 : 9, sentence(step));
}

void Teller::print(const std::vector<Step>& steps,
                   const std::function<bool(const Step&)>& followed) const {
  const bool tells_all = steps.size() <= most_lines;
  std::vector<Step> left_out;
  const auto end_gap = [&] {
    if (!left_out.empty()) fmt::print("{:>12} {}\n", "...", summary(left_out));
    left_out.clear();
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool is_told =
        followed ? followed(steps[i]) : i < first_lines || i + last_lines >= steps.size();
    if (!tells_all && !is_told) {
      left_out.push_back(steps[i]);
      continue;
    }
    if (!followed) end_gap();
    print_line(steps[i]);
  }
  end_gap();
}

void Teller::report() const {
  if (rank_ != 0) return;
  constexpr auto line =
      "{:<14} {:>8} {:>6} {:>9} {:>7} {:>9} {:>9} {:>9} {:>7} {:>6} {:>5} {:>8} {:>5}\n";
  fmt::print("\n");
  fmt::print(line, "scene", "promise", "ended", "completed", "failed", "cancelled", "timed out",
             "preempted", "yielded", "stolen", "lent", "promoted", "moved");
  for (const Row& row : rows_) {
    const auto count = [&row](auto which) {
      return std::count_if(row.steps.begin(), row.steps.end(), which);
    };
    const auto to = [&](JobState state) {
      return count([state](const Step& step) {
        return step.kind == EventKind::job_step && step.job_to == state;
      });
    };
    const auto of = [&](EventKind kind) {
      return count([kind](const Step& step) { return step.kind == kind; });
    };
    const auto completed = to(JobState::completed), failed = to(JobState::failed);
    const auto cancelled = to(JobState::cancelled), timed_out = to(JobState::timed_out);
    const auto yielded =
        count([](const Step& step) { return step.is(JobState::running, JobState::pending); });
    fmt::print(line, row.name, row.verdict, completed + failed + cancelled + timed_out, completed,
               failed, cancelled, timed_out, to(JobState::preempted), yielded, to(JobState::stolen),
               of(EventKind::lent), of(EventKind::promoted), of(EventKind::rebalanced));
  }
  if (!all_.workers.empty())
    fmt::print("\nthe pools of the scenes on one rank, all together\n{}\n", statistics_table(all_));
  std::fflush(stdout);
}

std::string Teller::broken() const {
  std::string names;
  for (const Row& row : rows_) {
    if (row.verdict == "BROKEN") names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  return names;
}

}  // namespace jackdaw::apps::demo
