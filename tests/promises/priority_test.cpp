#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

// What is urgent comes first: preemption, yielding, the flag that loops may poll.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::small_pool;

/// Blocks the caller until `done`; a test that waits in vain fails by its time limit.
template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

const JobOptions critical{.name = "critical", .priority = Priority::critical};

TEST(Preemption, ACriticalJobRunsAtTheNextCheckpoint) {
  Pool pool(small_pool(1));
  std::atomic<bool> started{false}, urgent_ran{false};
  JobRef low;
  auto seen = JobState::pending;
  auto job = pool.submit(
      [&](JobContext& context) {
        started = true;
        while (!urgent_ran) context.checkpoint();
        return context.worker();
      },
      {.name = "low", .priority = Priority::low});
  low = job;
  await([&] { return started.load(); });
  EXPECT_EQ(low.state(), JobState::running);
  auto urgent = pool.submit(
      [&] {
        seen = low.state();
        urgent_ran = true;
      },
      critical);
  urgent.get();
  EXPECT_EQ(seen, JobState::preempted);
  EXPECT_EQ(job.get(), 0u);  // it went on, and returned
  EXPECT_EQ(low.state(), JobState::completed);
  const auto all = pool.statistics();
  EXPECT_EQ(all.workers[0].preemptions, 1u);
  EXPECT_EQ(all.job_steps[static_cast<std::size_t>(JobState::preempted)]
                         [static_cast<std::size_t>(JobState::running)],
            1u);
  EXPECT_EQ(all.workers[0].steps[static_cast<std::size_t>(WorkerState::working)]
                                [static_cast<std::size_t>(WorkerState::preempting)],
            1u);
}

/// The worker is seen to preempt while it does.
TEST(Preemption, TheStateOfTheWorkerSaysSo) {
  Pool pool(small_pool(1));
  std::atomic<bool> started{false}, urgent_runs{false}, go_on{false};
  auto job = pool.submit([&](JobContext& context) {
    started = true;
    while (!urgent_runs) context.checkpoint();
  });
  await([&] { return started.load(); });
  auto urgent = pool.submit(
      [&] {
        urgent_runs = true;
        await([&] { return go_on.load(); });
      },
      critical);
  await([&] { return urgent_runs.load(); });
  EXPECT_EQ(pool.statistics().workers[0].state, WorkerState::preempting);
  EXPECT_EQ(job.state(), JobState::preempted);
  go_on = true;
  job.get();
  urgent.get();
}

/// A job that spawns, or forks and joins, need not call checkpoint().
TEST(Preemption, AlsoAtASpawnAndAtAForkJoin) {
  const std::vector<std::function<void(JobContext&)>> ways{
      [](JobContext& context) { context.spawn([] {}); },
      [](JobContext& context) { (void)context.submit([] {}); },
      [](JobContext&) { fork_join([] {}, [] {}); },
      [](JobContext& context) { context.checkpoint(); },
  };
  for (const auto& way : ways) {
    Pool pool(small_pool(1));
    std::atomic<bool> started{false}, urgent_ran{false};
    pool.spawn([&](JobContext& context) {
      started = true;
      while (!urgent_ran) way(context);
    });
    await([&] { return started.load(); });
    pool.spawn([&] { urgent_ran = true; }, critical);
    pool.wait();
    EXPECT_TRUE(urgent_ran);
  }
}

int answer(JobContext&, const int& what) { return what; }

/// Low jobs that give way to critical ones, which wait, so that other low ones run on top, which
/// give way to critical ones: a tower.
class Tower {
 public:
  explicit Tower(unsigned most) : pool_(config_for(most)) {}

  /// \returns how many jobs were preempted at once, at most
  [[nodiscard]] unsigned build() {
    std::atomic<bool> gate_stands{false};
    gate_ = pool_.submit([&] {
      gate_stands = true;
      await([&] { return is_high_enough_.load(); });
    });
    await([&] { return gate_stands.load(); });
    pool_.spawn([this](JobContext& job) { add_low(job, 0); });  // by the worker that goes on
    pool_.wait();
    return deepest_;
  }

 private:
  static constexpr std::size_t floors = 6;
  static Config config_for(unsigned most) {
    auto config = small_pool(2);  // one of them keeps the gate
    config.max_preemption_depth = most;
    return config;
  }
  void add_low(JobContext& context, std::size_t floor) {
    low_[floor] = context.submit(
        [this, floor](JobContext& job) {
          job.spawn([this, floor](JobContext& top) { stand_on(top, floor); }, critical);
          job.checkpoint();
        },
        {.priority = Priority::low});
  }
  void stand_on(JobContext& job, std::size_t floor) {
    const auto preempted = std::count_if(low_.begin(), low_.end(), [](const JobRef& low) {
      return low && low.state() == JobState::preempted;
    });
    deepest_ = std::max(deepest_, static_cast<unsigned>(preempted));
    if (floor + 1 < floors) {
      add_low(job, floor + 1);
    } else {
      is_high_enough_ = true;
    }
    auto later = job.submit<answer>({.after = std::span(&gate_, 1)}, static_cast<int>(floor));
    EXPECT_EQ(later.get(), static_cast<int>(floor));
  }

  std::atomic<bool> is_high_enough_{false};
  JobRef gate_;
  std::array<JobRef, floors> low_;
  unsigned deepest_ = 0;
  Pool pool_;  // last: its jobs use the others
};

TEST(Preemption, IsNestedAtMostSoDeep) {
  for (const unsigned most : {0u, 1u, 3u}) EXPECT_EQ(Tower(most).build(), most);
}

/// A job that was not made critical may wait for one that it would preempt.
void wait_on(Config config, const std::function<void(JobContext&, const JobRef&)>& make_critical,
             std::size_t promised) {
  Pool pool(config);
  std::atomic<bool> has_handle{false};
  JobRef waiter, below;
  below = pool.submit([&](JobContext& job) {
    await([&] { return has_handle.load(); });
    waiter = job.submit([&] { below.wait(); }, {.priority = Priority::low});
    make_critical(job, waiter);
    await([&] { return waiter.report().priority == Priority::critical; });
    job.checkpoint();
    EXPECT_EQ(waiter.state(), JobState::pending);
  });
  has_handle = true;
  pool.wait();
  EXPECT_EQ(waiter.state(), JobState::completed);
  EXPECT_EQ(below.state(), JobState::completed);
  EXPECT_EQ(pool.statistics().jobs_promoted > 0, promised > 0);
}

TEST(Preemption, AJobThatWasLentItsPriorityDoesNotPreemptWhatItMayWaitFor) {
  wait_on(
      small_pool(1),
      [](JobContext& job, const JobRef& waiter) {
        job.spawn([] {}, {.priority = Priority::critical, .after = std::span(&waiter, 1)});
      },
      0);
}

TEST(Preemption, NorDoesOneThatHasGotItByItsAge) {
  auto config = small_pool(1);
  config.starvation_age = 1ms;
  wait_on(
      config, [](JobContext&, const JobRef&) {}, 1);
}

/// Nobody can wait for a job without handles.
TEST(Preemption, AJobThatWasLentItsPriorityPreemptsJobsWithoutHandles) {
  Pool pool(small_pool(1));
  bool ran = false;
  pool.spawn([&](JobContext& job) {
    const JobRef lent = job.submit([&] { ran = true; }, {.priority = Priority::low});
    job.spawn([] {}, {.priority = Priority::critical, .after = std::span(&lent, 1)});
    job.checkpoint();
    EXPECT_TRUE(ran);
  });
  pool.wait();
}

TEST(Preemption, ACriticalJobGivesWayToNone) {
  Pool pool(small_pool(1));
  std::vector<int> order;
  pool.spawn(
      [&](JobContext& context) {
        context.spawn([&] { order.push_back(2); }, critical);
        context.checkpoint();
        order.push_back(1);
      },
      critical);
  pool.wait();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

/// Loops that call nothing can poll one word.
TEST(Preemption, TheFlagTellsOfCriticalJobsAndOfCancelling) {
  Pool pool(small_pool(1));
  std::atomic<bool> started{false};
  std::atomic<int> urgent_runs{0};
  auto job = pool.submit([&](JobContext& context) {
    started = true;
    for (;;) {
      const auto& flag = context.attention();
      while (flag.load(std::memory_order_relaxed) == 0) {
      }
      context.checkpoint();
    }
  });
  await([&] { return started.load(); });
  for (int i = 1; i <= 3; ++i) {
    pool.submit([&] { ++urgent_runs; }, critical).get();
    EXPECT_EQ(urgent_runs, i);
  }
  job.cancel();
  EXPECT_THROW(job.get(), Cancelled);
  EXPECT_EQ(job.state(), JobState::cancelled);
}

/// What is said to a job while it is preempted, the flag tells it afterwards, though the critical
/// job has looked as well.
TEST(Preemption, TheFlagIsNotSpentByTheJobOnTop) {
  Pool pool(small_pool(1));
  std::atomic<bool> started{false}, cancelled{false};
  auto job = pool.submit([&](JobContext& context) {
    started = true;
    while (!cancelled) context.checkpoint();  // the critical job runs in here
    while (context.attention().load(std::memory_order_relaxed) == 0) {
    }
    context.checkpoint();
  });
  await([&] { return started.load(); });
  pool.submit(
          [&](JobContext& context) {
            job.cancel();
            context.checkpoint();  // clears the flag of this worker
            cancelled = true;
          },
          critical)
      .get();
  EXPECT_THROW(job.get(), Cancelled);
}

/// While many critical jobs come, nothing is lost, and nothing runs twice.
TEST(Preemption, UnderAStreamOfCriticalJobsEverythingRunsOnce) {
  Pool pool(small_pool(4));
  constexpr int jobs = 2000;
  std::vector<std::atomic<int>> runs(jobs + 1);
  for (int i = 0; i < 8; ++i) {
    pool.spawn([&](JobContext& context) {
      for (int n = 0; n < 2000; ++n) {
        fork_join([&] { context.checkpoint(); }, [&] { context.checkpoint(); });
      }
      ++runs[jobs];
    });
  }
  for (int i = 0; i < jobs; ++i) {
    pool.spawn(
        [&runs, i](JobContext& context) {
          context.spawn([] {});
          ++runs[static_cast<std::size_t>(i)];
        },
        critical);
  }
  pool.wait();
  EXPECT_EQ(runs[jobs], 8);
  for (std::size_t i = 0; i < jobs; ++i) ASSERT_EQ(runs[i], 1);
}

// --- yielding ------------------------------------------------------------------------------------

struct Steps {
  std::vector<std::string>* log;
  int left;
};
void step_down(JobContext& job, const Steps& steps) {
  steps.log->push_back("step " + std::to_string(steps.left));
  if (steps.left > 0) job.yield<step_down>(steps.log, steps.left - 1);
}

TEST(Yield, AJobGoesOnBehindWhatWaits) {
  Pool pool(small_pool(1));
  std::vector<std::string> log;
  pool.spawn([&](JobContext& job) {
    job.spawn<step_down>(&log, 2);
    job.spawn([&] { log.emplace_back("other"); });
  });
  pool.wait();
  EXPECT_EQ(log, (std::vector<std::string>{"other", "step 2", "step 1", "step 0"}));
  const auto all = pool.statistics();
  EXPECT_EQ(all.workers[0].yields, 2u);
  EXPECT_EQ(all.jobs_created, 3u);  // it stays one job
  EXPECT_EQ(all.jobs_finished, 3u);
}

int count_down(JobContext& job, const int& left) {
  if (left == 0) return 42;
  job.yield<count_down>(left - 1);
  return -1;  // dropped
}

TEST(Yield, AFutureGetsWhatTheLastStepReturns) {
  Pool pool(small_pool(2));
  auto future = pool.submit<count_down>(1000);
  EXPECT_EQ(future.get(), 42);
}

TEST(Yield, OfAJobOfAnotherFunctionIsAnError) {
  Pool pool(small_pool(1));
  auto job = pool.submit([](JobContext& context) { context.yield<count_down>(1); });
  EXPECT_THROW(job.get(), std::logic_error);
}

}  // namespace
}  // namespace jackdaw
