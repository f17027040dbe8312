#include <algorithm>    // count_if, max
#include <array>        // array
#include <atomic>       // atomic
#include <chrono>       // microseconds, steady_clock
#include <cstdint>      // uint64_t
#include <stdexcept>    // runtime_error
#include <string_view>  // string_view
#include <thread>       // sleep_for
#include <vector>       // vector

#include <fmt/format.h>

#include "demo/scenes.hpp"          // adaptive_stealing, racing, stealing, states
#include "demo/stage.hpp"           // Act, Gate, Stage
#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/race.hpp"         // race

namespace jackdaw::apps::demo {

void racing(Stage& stage) {
  std::atomic<int> slow_ones{0};
  Act act(stage, 3);
  const auto slow = [&](JobContext& job) {
    ++slow_ones;
    (void)await([&] {
      job.checkpoint();
      return false;
    });
    return 0;
  };
  const auto quick = [&] {
    (void)await([&] { return slow_ones == 2; });
    return 42;
  };
  const auto won = race(act.pool, JobOptions{.name = "racer"}, slow, quick, slow);
  act.finish();
  stage.expect(won.index == 1 && won.value == 42, "the second to win with 42",
               fmt::format("number {} with {}", won.index, won.value));
  stage.expect_count(stage.count(JobState::running, JobState::completed), 1, "winner");
  stage.expect_count(stage.count(JobState::running, JobState::cancelled), 2, "cancelled losers");
}

/// The first job runs until somebody has taken one of those that it has made.
void stealing(Stage& stage) {
  constexpr int jobs = 40;
  std::atomic<int> runs{0};
  std::atomic<bool> was_robbed{false};
  Act act(stage, 2);
  act.pool.spawn(
      [&](JobContext& rich) {
        for (int i = 0; i < jobs; ++i) {
          rich.spawn(
              [&, home = rich.worker()](JobContext& job) {
                ++runs;
                if (job.worker() != home) was_robbed = true;
                std::this_thread::sleep_for(std::chrono::microseconds(50));
              },
              {.name = "loot"});
        }
        (void)await([&] {
          rich.checkpoint();
          return was_robbed.load();
        });
      },
      {.name = "rich"});
  act.finish();
  const auto taken = stage.count(JobState::pending, JobState::stolen);
  stage.expect(taken > 0 && was_robbed, "the idle worker to take jobs", fmt::format("{}", taken));
  stage.expect_count(stage.count(JobState::stolen, JobState::pending), taken, "arrivals");
  stage.expect_count(static_cast<std::size_t>(runs), jobs, "jobs run");
}

namespace {

/// Jobs that take so long, many of which this thread makes as worker 0, and waits until the other
/// has taken some. \returns how many that one took at a time, once both knew what they take
template <long microseconds>  // so that they are of two kinds
double jobs_a_steal(Stage& stage, std::string_view name) {
  constexpr int learning = 4, rounds = 8, jobs = 32;
  std::atomic<int> runs{0};
  Act act(stage, 2, [](Config& config) { config.strategy = Strategy::adaptive; });
  const auto job = [&](JobContext&) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
    while (std::chrono::steady_clock::now() < end) {
    }
    ++runs;
  };
  const auto taken = [&] { return act.pool.statistics().workers[1]; };
  WorkerStatistics before;
  for (int round = 0; round < rounds; ++round) {
    if (round == learning) before = taken();
    const auto seen = taken().steals;
    act.pool.run([&](JobContext& rich) {
      for (int i = 0; i < jobs; ++i) rich.spawn(job, {.name = name});
      (void)await([&] { return taken().steals > seen; });
    });
    act.pool.wait();
  }
  const auto after = taken();
  act.finish();
  stage.expect_count(static_cast<std::size_t>(runs), rounds * jobs, "jobs run");
  return static_cast<double>(after.jobs_stolen - before.jobs_stolen) /
         static_cast<double>(std::max<std::uint64_t>(after.steals - before.steals, 1));
}

}  // namespace

void adaptive_stealing(Stage& stage) {
  const double long_ones = jobs_a_steal<2000>(stage, "long");
  const double short_ones = jobs_a_steal<1>(stage, "short");
  stage.expect(long_ones < 1.5, "long jobs to be stolen one by one",
               fmt::format("{:.1f} at a time", long_ones));
  stage.expect(short_ones > 1.5, "short jobs to be stolen many at a time",
               fmt::format("{:.1f} at a time", short_ones));
  stage.follow([](const Step& step) {
    return step.kind == EventKind::job_step && step.job_to == JobState::stolen;
  });
}

void states(Stage& stage) {
  constexpr std::size_t jobs = 400;
  std::vector<std::atomic<int>> starts(jobs);
  std::vector<JobRef> handles;
  Act act(stage, 4);
  for (std::size_t i = 0; i < jobs; ++i) {
    const auto work = [&starts, i](JobContext& job) {
      ++starts[i];
      if (i % 4 == 1) throw std::runtime_error("as planned");
      if (i % 4 >= 2) (void)await([&] { return job.stop_requested(); });
      job.checkpoint();
    };
    JobOptions options{.name = "one of many", .priority = static_cast<Priority>(i % 3 + 1)};
    if (i % 4 == 2) options.timeout = std::chrono::milliseconds(1);
    handles.push_back(act.pool.submit(work, options));
    if (i % 4 == 3) handles.back().cancel();
  }
  act.finish();
  std::array<std::size_t, job_state_count> ends{};
  std::size_t twice = 0, unlike = 0;
  for (std::size_t i = 0; i < jobs; ++i) {
    const auto end = handles[i].state();
    ++ends[static_cast<std::size_t>(end)];
    if (starts[i] > 1) ++twice;
    if (starts[i] == 0 && end != JobState::cancelled) ++unlike;
  }
  stage.expect_count(twice, 0, "jobs that started twice");
  stage.expect_count(unlike, 0, "jobs that ended as if they had started, and had not");
  for (const auto end :
       {JobState::completed, JobState::failed, JobState::timed_out, JobState::cancelled}) {
    stage.expect_count(ends[static_cast<std::size_t>(end)], jobs / 4, name(end));
    const auto told = static_cast<std::size_t>(std::count_if(
        stage.steps().begin(), stage.steps().end(),
        [&](const Step& step) { return step.kind == EventKind::job_step && step.job_to == end; }));
    stage.expect_count(told, jobs / 4, fmt::format("{} by their events", name(end)));
  }
}

}  // namespace jackdaw::apps::demo
