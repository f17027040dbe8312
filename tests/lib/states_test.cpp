#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "jackdaw/detail/job_word.hpp"
#include "jackdaw/job_state.hpp"
#include "jackdaw/pool.hpp"
#include "jackdaw/worker_state.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

TEST(JobState, OnlyTheStepsOfTheTableAreLegal) {
  using enum JobState;
  const std::set<std::pair<JobState, JobState>> legal{
      {pending, running}, {pending, stolen},    {pending, cancelled}, {running, completed},
      {running, failed},  {running, timed_out}, {running, cancelled}, {running, preempted},
      {running, pending}, {preempted, running}, {stolen, pending}};
  for (std::size_t from = 0; from < job_state_count; ++from) {
    for (std::size_t to = 0; to < job_state_count; ++to) {
      const auto step = std::pair(static_cast<JobState>(from), static_cast<JobState>(to));
      EXPECT_EQ(may_step(step.first, step.second), legal.contains(step))
          << name(step.first) << " -> " << name(step.second);
    }
  }
}

TEST(WorkerState, OnlyTheStepsOfTheTableAreLegal) {
  using enum WorkerState;
  const std::set<std::pair<WorkerState, WorkerState>> legal{
      {idle, working},     {idle, stealing},      {idle, draining},      {working, idle},
      {working, stealing}, {working, preempting}, {working, draining},   {stealing, working},
      {stealing, idle},    {stealing, draining},  {preempting, working}, {draining, shutdown}};
  for (std::size_t from = 0; from < worker_state_count; ++from) {
    for (std::size_t to = 0; to < worker_state_count; ++to) {
      const auto step = std::pair(static_cast<WorkerState>(from), static_cast<WorkerState>(to));
      EXPECT_EQ(may_step(step.first, step.second), legal.contains(step))
          << name(step.first) << " -> " << name(step.second);
    }
  }
}

TEST(JobStateDeathTest, AStepOutsideTheTableAbortsADebugBuild) {
#ifdef NDEBUG
  GTEST_SKIP() << "a build without assertions";
#endif
  for (std::size_t from = 0; from < job_state_count; ++from) {
    for (std::size_t to = 0; to < job_state_count; ++to) {
      const auto state = static_cast<JobState>(from);
      if (may_step(state, static_cast<JobState>(to))) continue;
      detail::JobWord<> word(state, Priority::normal);
      EXPECT_DEATH(word.step_alone(static_cast<JobState>(to)), "this step of a job is not legal");
    }
  }
  detail::JobWord<> completed(JobState::completed, Priority::normal, detail::JobWord<>::shared);
  EXPECT_DEATH(completed.finish(JobState::failed), "this step of a job is not legal");
}

/// From `preempting`, a worker comes to be idle only by way of `working`.
void leave_while_preempting() {
  Pool pool(testing::small_pool(1));
  pool.run([](JobContext& job) {
    job.spawn([] { detail::this_worker->leave_as_guest(); }, {.priority = Priority::critical});
  });
}

TEST(WorkerStateDeathTest, AStepOutsideTheTableAbortsADebugBuild) {
#ifdef NDEBUG
  GTEST_SKIP() << "a build without assertions";
#endif
  EXPECT_DEATH(leave_while_preempting(), "this step of a worker is not legal");
}

}  // namespace
}  // namespace jackdaw
