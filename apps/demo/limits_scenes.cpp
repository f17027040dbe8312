#include <atomic>              // atomic
#include <chrono>              // hours, milliseconds, system_clock
#include <condition_variable>  // condition_variable_any
#include <mutex>               // mutex, unique_lock
#include <thread>              // sleep_for

#include <fmt/format.h>

#include "demo/scenes.hpp"          // time_limits, free_time, deadlines
#include "demo/stage.hpp"           // Act, Gate, Stage
#include "jackdaw/job_context.hpp"  // JobContext

namespace jackdaw::apps::demo {
namespace {

using std::chrono::milliseconds;

/// Until the job is stopped; or the patience has an end, and it returns.
void look_for_ever(JobContext& job) {
  (void)await([&] {
    job.checkpoint();
    return false;
  });
}

template <typename Handle>
bool has_no_result(const Handle& job) {
  try {
    (void)job.get();
    return false;
  } catch (const TimedOut&) {
    return true;
  }
}

void expect_timed_out(Stage& stage, const JobRef& job) {
  stage.expect(job.state() == JobState::timed_out,
               fmt::format("the job \"{}\" to be timed_out", job.report().name), name(job.state()));
}

}  // namespace

void time_limits(Stage& stage) {
  Gate go_on;
  Act act(stage, 2);
  const auto limited = [](const char* name) {
    return JobOptions{.name = name, .timeout = milliseconds(5)};
  };
  const auto looker = act.pool.submit(&look_for_ever, limited("looker"));
  const auto sleeper = act.pool.submit(
      [](JobContext& job) {
        std::mutex mutex;
        std::condition_variable_any bell;
        std::unique_lock hold(mutex);
        bell.wait_for(hold, job.stop_token(), patience, [] { return false; });
      },
      limited("sleeper"));
  const auto deaf = act.pool.submit(
      [&] {
        go_on.pass();
        return 42;
      },
      limited("deaf"));
  const bool was_listed = await([&] {
    for (const Overstay& late : act.pool.overstays()) {
      if (late.job == deaf.id()) return true;
    }
    return false;
  });
  const bool was_told = await([&] { return act.has_heard(EventKind::overstay, deaf); });
  const auto meanwhile = deaf.state();
  go_on.open();
  act.finish();
  for (const JobRef& job : {JobRef(looker), JobRef(sleeper), JobRef(deaf)})
    expect_timed_out(stage, job);
  stage.expect(was_listed, "the deaf job among the overstays while it runs", "nothing of it");
  stage.expect(was_told, "an event that tells of it", "none");
  stage.expect(meanwhile == JobState::running, "the deaf job to run meanwhile", name(meanwhile));
  stage.expect(has_no_result(deaf), "no result of a job that came too late", "one");
}

/// A machine that is busy takes time away from a job, and that counts; so, if need be, once more
/// with more time.
void free_time(Stage& stage) {
  constexpr milliseconds most(800);
  for (milliseconds limit(50);; limit *= 4) {
    Gate started;
    std::atomic<bool> was_preempted{false};
    const auto longer = [limit] { std::this_thread::sleep_for(limit + limit / 5); };
    Act act(stage, 1);
    act.pool.spawn(longer, {.name = "first", .timeout = milliseconds(0)});
    const auto patient = act.pool.submit(
        [&](JobContext& job) {
          job.submit(longer, {.name = "awaited", .timeout = milliseconds(0)}).wait();
          started.open();
          (void)await([&] {
            job.checkpoint();
            return was_preempted.load();
          });
        },
        {.name = "patient", .priority = Priority::low, .timeout = limit});
    started.pass();
    act.pool.spawn(
        [&] {
          longer();
          was_preempted = true;
        },
        {.name = "on top", .priority = Priority::critical, .timeout = milliseconds(0)});
    act.finish();
    if (patient.state() == JobState::timed_out && limit < most) continue;
    stage.expect(
        patient.state() == JobState::completed,
        fmt::format("a job to complete that waits thrice as long as its {} ms", limit.count()),
        name(patient.state()));
    return;
  }
}

void deadlines(Stage& stage) {
  Gate go_on;
  std::atomic<int> late_starts{0};
  Act act(stage, 1);
  const auto now = std::chrono::system_clock::now();
  act.pool.spawn([&] { go_on.pass(); }, {.name = "gate", .timeout = milliseconds(0)});
  const auto late =
      act.pool.submit([&] { ++late_starts; }, {.name = "late", .deadline = now + milliseconds(5)});
  const auto in_time =
      act.pool.submit([] {}, {.name = "in time", .deadline = now + std::chrono::hours(1)});
  const bool was_given_up = await([&] { return late.state() == JobState::timed_out; });
  go_on.open();
  const auto stopped = act.pool.submit(
      &look_for_ever, {.name = "looker",
                       .timeout = milliseconds(0),
                       .deadline = std::chrono::system_clock::now() + milliseconds(20)});
  act.finish();
  stage.expect(was_given_up, "a job to be given up when its deadline has passed",
               name(late.state()));
  stage.expect(late_starts == 0, "it never to start", "it did");
  stage.expect(has_no_result(late), "no result of it", "one");
  expect_timed_out(stage, stopped);
  stage.expect(in_time.state() == JobState::completed, "a job in time to complete",
               name(in_time.state()));
}

}  // namespace jackdaw::apps::demo
