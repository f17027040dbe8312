#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

// No job runs for ever unnoticed: time limits, deadlines, and who overstays them.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::small_pool;
using Clock = std::chrono::steady_clock;

template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

[[noreturn]] void run_for_ever(JobContext& job) {
  for (;;) job.checkpoint();
}

TEST(TimeLimits, ACheckpointUnwindsALateJob) {
  Pool pool(small_pool(2));
  bool unwound = false;
  auto job = pool.submit(
      [&](JobContext& context) {
        struct Mark {
          bool& set;
          ~Mark() { set = true; }
        } mark{unwound};
        run_for_ever(context);
      },
      {.timeout = 5ms});
  EXPECT_THROW(job.get(), TimedOut);
  EXPECT_EQ(job.state(), JobState::timed_out);
  EXPECT_TRUE(unwound);
  EXPECT_EQ(pool.statistics().jobs_timed_out, 1u);
  EXPECT_EQ(pool.statistics().jobs_failed, 0u);
  pool.wait();  // it was no failure
}

TEST(TimeLimits, OfThePoolHoldForJobsThatSayNothing) {
  auto config = small_pool(2);
  config.timeout = 5ms;
  Pool pool(config);
  EXPECT_THROW(pool.submit([](JobContext& job) { run_for_ever(job); }).get(), TimedOut);
  pool.spawn([](JobContext& job) { run_for_ever(job); });  // without a handle
  pool.wait();
  EXPECT_EQ(pool.statistics().jobs_timed_out, 2u);
  // Zero is none, and run() is the caller's own function: both outlive the limit.
  const auto long_enough = [](JobContext& job) {
    const auto end = Clock::now() + 50ms;
    while (Clock::now() < end) job.checkpoint();
    return 7;
  };
  EXPECT_EQ(pool.submit(long_enough, {.timeout = 0ns}).get(), 7);
  EXPECT_EQ(pool.run(long_enough), 7);
  EXPECT_EQ(pool.statistics().jobs_timed_out, 2u);
}

TEST(TimeLimits, TheStopTokenIsSet) {
  Pool pool(small_pool(1));
  auto job = pool.submit(
      [](JobContext& context) {
        std::mutex mutex;
        std::condition_variable_any bell;
        std::unique_lock hold(mutex);
        bell.wait(hold, context.stop_token(), [] { return false; });  // sleeps until then
        return context.stop_requested();
      },
      {.timeout = 5ms});
  EXPECT_THROW((void)job.get(), TimedOut);
}

/// One that never looks is told of while it runs, and its result is dropped when it returns.
TEST(TimeLimits, AnOverstayerIsReportedAndItsResultDropped) {
  Pool pool(small_pool(2));
  struct Counted {
    explicit Counted(std::atomic<int>& count) : alive(&count) { ++*alive; }
    Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
    Counted& operator=(Counted&&) = delete;
    ~Counted() { --*alive; }
    std::atomic<int>* alive;
  };
  std::atomic<int> results_alive{0};
  std::atomic<bool> go_on{false};
  auto job = pool.submit(
      [&] {
        await([&] { return go_on.load(); });
        return Counted(results_alive);
      },
      {.name = "deaf", .timeout = 5ms});
  std::vector<Overstay> late;
  await([&] { return !(late = pool.overstays()).empty(); });
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].job, job.id());
  EXPECT_EQ(late[0].name, "deaf");
  EXPECT_EQ(late[0].rank, 0);
  EXPECT_LT(late[0].worker, 2u);
  EXPECT_EQ(late[0].limit, 5ms);
  EXPECT_GE(late[0].past, 0ns);
  EXPECT_EQ(job.state(), JobState::running);
  const auto first = late[0].past;
  await([&] {
    late = pool.overstays();
    return !late.empty() && late[0].past > first;  // it grows
  });
  EXPECT_NE(describe(late[0]).find("'deaf' on rank 0, worker"), std::string::npos)
      << describe(late[0]);
  go_on = true;
  job.wait();
  EXPECT_EQ(job.state(), JobState::timed_out);
  EXPECT_EQ(results_alive, 0);
  await([&] { return pool.overstays().empty(); });
}

TEST(TimeLimits, AnErrorIsStillAnError) {
  Pool pool(small_pool(1));
  auto job = pool.submit(
      [](JobContext& context) {
        await([&] { return context.stop_requested(); });
        throw std::runtime_error("broken");
      },
      {.timeout = 2ms});
  EXPECT_THROW(job.get(), std::runtime_error);
  EXPECT_EQ(job.state(), JobState::failed);
}

/// The time of a job runs while it runs: not in the queue, not below another, not in a wait.
TEST(TimeLimits, WaitingAndPreemptedTimeDoesNotCount) {
  Pool pool(small_pool(1));
  std::atomic<bool> started{false};
  auto blocker = pool.submit([&] { std::this_thread::sleep_for(60ms); });
  auto patient = pool.submit(
      [&](JobContext& context) {
        started = true;
        auto below = context.submit([] { std::this_thread::sleep_for(60ms); }, {.timeout = 0ns});
        below.wait();
        await([&] {  // until the critical one has been here
          context.checkpoint();
          return !started;
        });
        return 1;
      },
      {.timeout = 50ms});
  await([&] { return started.load(); });
  pool.submit(
          [&] {
            std::this_thread::sleep_for(60ms);
            started = false;
          },
          {.priority = Priority::critical, .timeout = 0ns})
      .wait();
  EXPECT_EQ(patient.get(), 1);
  EXPECT_EQ(pool.statistics().jobs_timed_out, 0u);
}

TEST(TimeLimits, AWaitForWhatRunsElsewhereDoesNotCount) {
  Pool pool(small_pool(2));
  std::atomic<bool> runs{false};
  auto other = pool.submit(
      [&] {
        runs = true;
        std::this_thread::sleep_for(100ms);
      },
      {.timeout = 0ns});
  await([&] { return runs.load(); });
  EXPECT_NO_THROW(pool.submit([&] { other.wait(); }, {.timeout = 40ms}).get());
}

struct Turns {
  std::int64_t until_ns;
  int turns;
};
int run_in_turns(JobContext& job, const Turns& turns) {
  const auto end = Clock::now() + 3ms;
  while (Clock::now() < end && !job.stop_requested()) {
  }
  job.checkpoint();
  job.yield<run_in_turns>(turns.until_ns, turns.turns + 1);
  return turns.turns;
}

/// A job that yields does not get its time anew.
TEST(TimeLimits, YieldingDoesNotStopTheClock) {
  Pool pool(small_pool(1));
  auto late = pool.submit<run_in_turns>(JobOptions{.timeout = 30ms}, Turns{0, 0});
  EXPECT_THROW((void)late.get(), RemoteError);
  pool.wait();
  EXPECT_EQ(pool.statistics().jobs_timed_out, 1u);
  EXPECT_GT(pool.statistics().workers[0].yields, 0u);
}

// --- deadlines -----------------------------------------------------------------------------------

TEST(Deadlines, AJobThatComesTooLateNeverStarts) {
  Pool pool(small_pool(1));
  std::atomic<bool> go_on{false};
  std::atomic<int> starts{0};
  pool.spawn([&] { await([&] { return go_on.load(); }); });
  const auto soon = std::chrono::system_clock::now() + 10ms;
  auto handled = pool.submit([&] { ++starts; }, {.deadline = soon});
  pool.spawn([&] { ++starts; }, {.deadline = soon});
  handled.wait();  // does not wait for the worker
  EXPECT_FALSE(go_on);
  EXPECT_EQ(handled.state(), JobState::timed_out);
  EXPECT_THROW(handled.get(), TimedOut);
  await([&] { return std::chrono::system_clock::now() > soon; });
  go_on = true;
  pool.wait();
  EXPECT_EQ(starts, 0);
  const auto all = pool.statistics();
  EXPECT_EQ(all.jobs_timed_out, 2u);
  EXPECT_EQ(all.jobs_created, all.jobs_finished);
}

TEST(Deadlines, OneThatRunsIsAskedToStop) {
  Pool pool(small_pool(1));
  auto job = pool.submit([](JobContext& context) { run_for_ever(context); },
                         {.timeout = 0ns, .deadline = std::chrono::system_clock::now() + 20ms});
  EXPECT_THROW(job.get(), TimedOut);
}

TEST(Deadlines, OneInTimeIsNotTouched) {
  Pool pool(small_pool(2));
  const auto late = std::chrono::system_clock::now() + 1h;
  std::atomic<int> ran{0};
  for (int i = 0; i < 100; ++i) pool.spawn([&] { ++ran; }, {.deadline = late});
  EXPECT_EQ(pool.submit([] { return 3; }, {.deadline = late}).get(), 3);
  pool.wait();
  EXPECT_EQ(ran, 100);
  EXPECT_EQ(pool.statistics().jobs_timed_out, 0u);
}

int count_start(JobContext&, const std::int64_t& counter) {
  ++*reinterpret_cast<std::atomic<int>*>(counter);
  return 0;
}

/// Whoever would start it looks at the clock, though the steward has not come by yet.
TEST(Deadlines, OneThatHasPassedIsNotMet) {
  Pool pool(small_pool(2));
  std::atomic<int> starts{0};
  const auto counter = reinterpret_cast<std::int64_t>(&starts);
  const JobOptions late{.deadline = std::chrono::system_clock::now() - 1s};
  for (int i = 0; i < 100; ++i) {
    EXPECT_THROW(pool.submit([&] { ++starts; }, late).get(), TimedOut);
    EXPECT_THROW((void)pool.submit<count_start>(late, counter).get(), RemoteError);
    pool.spawn([&] { ++starts; }, late);
    pool.submit([&](JobContext& job) {
          EXPECT_THROW(job.submit([&] { ++starts; }, late).get(), TimedOut);  // by who waits
        })
        .get();
  }
  pool.wait();
  EXPECT_EQ(starts, 0);
  const auto all = pool.statistics();
  EXPECT_EQ(all.jobs_timed_out, 400u);
  EXPECT_EQ(all.jobs_created, all.jobs_finished);
}

/// A service may make jobs with deadlines for ever.
TEST(Deadlines, KeepNoJobsThatHaveEnded) {
  Pool pool(small_pool(1));
  const auto much_later = std::chrono::system_clock::now() + 1h;
  const auto token = std::make_shared<int>(1);
  for (int i = 0; i < 10'000; ++i)
    (void)pool.submit([token] { return token; }, {.deadline = much_later}).get();
  EXPECT_LT(token.use_count(), 3'000);
}

/// It was said to a job while another ran on top of it, which has looked.
TEST(TimeLimits, TheFlagIsUpForAJobThatGoesOn) {
  Pool pool(small_pool(1));
  std::atomic<bool> runs{false}, is_cancelled{false};
  auto below = pool.submit([&](JobContext& job) {
    auto above = job.submit([&](JobContext& inner) {
      runs = true;
      await([&] { return is_cancelled.load(); });
      inner.checkpoint();  // clears the flag of this worker
    });
    above.wait();
    EXPECT_NE(job.attention().load(), 0u);
    job.checkpoint();
  });
  await([&] { return runs.load(); });
  (void)below.cancel();
  is_cancelled = true;
  EXPECT_THROW(below.get(), Cancelled);
}

TEST(TimeLimits, ANegativeOneIsRefused) {
  Pool pool(small_pool(1));
  EXPECT_THROW((void)pool.submit([] {}, {.timeout = -1ns}), std::invalid_argument);
  EXPECT_EQ(pool.submit([] { return 1; }).get(), 1);
  pool.wait();
}

}  // namespace
}  // namespace jackdaw
