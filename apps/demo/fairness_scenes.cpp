#include <atomic>  // atomic
#include <chrono>  // microseconds, milliseconds
#include <thread>  // sleep_for

#include <fmt/format.h>

#include "demo/scenes.hpp"          // ageing, rebalancing
#include "demo/stage.hpp"           // Act, Gate, Stage
#include "jackdaw/job_context.hpp"  // JobContext

namespace jackdaw::apps::demo {
namespace {

/// High jobs without end: each makes the next one, until it is told to stop.
class Stream {
 public:
  void flow(JobContext& job) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (stop_) return;
    job.spawn([this](JobContext& next) { flow(next); },
              {.name = "stream", .priority = Priority::high});
  }
  void stop() { stop_ = true; }

 private:
  std::atomic<bool> stop_{false};
};

}  // namespace

void ageing(Stage& stage) {
  Stream stream;
  Act act(stage, 1, [](Config& config) { config.starvation_age = std::chrono::milliseconds(8); });
  for (int i = 0; i < 2; ++i) {
    act.pool.spawn([&](JobContext& job) { stream.flow(job); },
                   {.name = "stream", .priority = Priority::high});
  }
  const JobRef low = act.pool.submit([] {}, {.name = "patient", .priority = Priority::low});
  const bool has_run = await([&] { return low.state() == JobState::completed; });
  stream.stop();
  act.finish();
  stage.expect(has_run, "the low job to run while the stream flows", "it waited until the end");
  const auto promotions = stage.count(EventKind::promoted);
  stage.expect(promotions > 0, "promotions", "none");
  stage.expect_count(stage.statistics().back().jobs_promoted, promotions,
                     "promotions in the statistics");
  stage.follow([id = low.id()](const Step& step) { return step.job == id; });
}

void rebalancing(Stage& stage) {
  constexpr int jobs = 60;
  constexpr int busy_workers = 2;
  std::atomic<int> busy{0}, runs{0};
  std::atomic<bool> was_moved{false};
  Gate go_on;
  Act act(stage, busy_workers + 1,
          [](Config& config) { config.rebalance_interval = std::chrono::milliseconds(1); });
  for (int i = 0; i < busy_workers; ++i) {
    act.pool.spawn(
        [&] {
          ++busy;
          go_on.pass();
        },
        {.name = "busy"});
  }
  (void)await([&] { return busy == busy_workers; });
  act.pool.spawn(
      [&](JobContext& rich) {
        for (int i = 0; i < jobs; ++i) rich.spawn([&] { ++runs; }, {.name = "surplus"});
        was_moved = await([&] { return act.pool.statistics().jobs_rebalanced > 0; });
        go_on.open();
      },
      {.name = "rich"});
  act.finish();
  stage.expect(was_moved, "jobs to be moved to workers that are too busy to come for them", "none");
  stage.expect_count(static_cast<std::size_t>(runs), jobs, "jobs run");
  stage.expect_count(stage.count(EventKind::rebalanced), stage.statistics().back().jobs_rebalanced,
                     "moves by their events");
}

}  // namespace jackdaw::apps::demo
