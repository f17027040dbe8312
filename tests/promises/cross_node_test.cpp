#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "jackdaw/scheduler.hpp"
#include "support/pools.hpp"

// The promises across ranks, over real MPI: run by 2, 4 and 32 ranks at once, see
// support/mpi_main.cpp.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;

Config one_worker() {
  auto config = testing::small_pool(1);
  config.warn = false;
  return config;
}

// --- everything runs once ------------------------------------------------------------------------

struct Range {
  int first = 0;
  int last = 0;
};
Sum<std::uint64_t> counted, total;

void count(JobContext& job, const Range& range) {
  if (range.first == range.last) {
    counted += 1;
    total += static_cast<std::uint64_t>(range.first);
    return;
  }
  const int middle = range.first + (range.last - range.first) / 2;
  job.spawn<count>({.priority = static_cast<Priority>(range.first % 4)}, range.first, middle);
  job.spawn<count>(middle + 1, range.last);
}

TEST(CrossNode, JobsOfAllPrioritiesRunOnce) {
  Scheduler scheduler(MPI_COMM_WORLD, one_worker());
  counted.reset();
  total.reset();
  constexpr int jobs = 20'000;
  if (scheduler.rank() == 0) scheduler.submit<count>(Range{0, jobs - 1});
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), std::uint64_t{jobs});
  EXPECT_EQ(scheduler.reduce(total), std::uint64_t{jobs} * (jobs - 1) / 2);
}

// --- waits ---------------------------------------------------------------------------------------

Sum<std::uint64_t> answered;

int answer(JobContext& job, const int& depth) {
  answered += 1;
  if (depth == 0) return 1;
  auto low = job.submit<answer>({.priority = Priority::low}, depth - 1);
  auto high = job.submit<answer>({.priority = Priority::high}, depth - 1);
  return low.get() + high.get();
}

TEST(CrossNode, WaitsDownTheRanksEnd) {
  Scheduler scheduler(MPI_COMM_WORLD, one_worker());
  answered.reset();
  RemoteFuture<int> root;
  if (scheduler.rank() == 0) root = scheduler.submit<answer>(9);
  scheduler.run();
  if (scheduler.rank() == 0) {
    EXPECT_EQ(root.get(), 512);
  }
  EXPECT_EQ(scheduler.reduce(answered), 1023U);
}

// --- limits --------------------------------------------------------------------------------------

Sum<std::uint64_t> stayed, stopped;

int stay(JobContext& job, const int& what) {
  stayed += 1;
  while (!job.stop_requested()) std::this_thread::sleep_for(200us);
  stopped += 1;
  job.checkpoint();
  return what;
}
void make_stayers(JobContext& job, const int& count) {
  std::vector<RemoteFuture<int>> all;
  for (int i = 0; i < count; ++i) all.push_back(job.submit<stay>({.timeout = 3ms}, i));
  int late = 0;
  for (auto& future : all) {
    try {
      (void)future.get();
    } catch (const RemoteError& error) {
      EXPECT_NE(std::string(error.what()).find("time limit"), std::string::npos) << error.what();
      ++late;
    }
  }
  EXPECT_EQ(late, count);
}

TEST(CrossNode, ATimeLimitHoldsWhereverTheJobRuns) {
  Scheduler scheduler(MPI_COMM_WORLD, one_worker());
  stayed.reset();
  stopped.reset();
  if (scheduler.rank() == 0) scheduler.submit<make_stayers>(40);
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(stayed), 40U);
  EXPECT_EQ(scheduler.reduce(stopped), 40U);
}

// --- continuations -------------------------------------------------------------------------------

struct Walk {
  int left = 0;
  int walker = 0;
};
Sum<std::uint64_t> steps, arrivals;

void walk(JobContext& job, const Walk& state) {
  steps += 1;
  if (state.left == 0) {
    arrivals += static_cast<std::uint64_t>(state.walker);
    return;
  }
  job.yield<walk>(state.left - 1, state.walker);
}

TEST(CrossNode, JobsThatYieldGoOnSomewhereAndArriveOnce) {
  Scheduler scheduler(MPI_COMM_WORLD, one_worker());
  steps.reset();
  arrivals.reset();
  constexpr int walkers = 100, length = 50;
  if (scheduler.rank() == 0) {
    for (int i = 1; i <= walkers; ++i) scheduler.submit<walk>(length, i);
  }
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(steps), std::uint64_t{walkers} * (length + 1));
  EXPECT_EQ(scheduler.reduce(arrivals), std::uint64_t{walkers} * (walkers + 1) / 2);
}

}  // namespace
}  // namespace jackdaw
