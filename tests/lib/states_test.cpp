#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "jackdaw/job_state.hpp"
#include "jackdaw/worker_state.hpp"

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

}  // namespace
}  // namespace jackdaw
