#include <gtest/gtest.h>
#include <signal.h>  // raise

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/checkpoints.hpp"
#include "support/pools.hpp"

// Checkpoints, by several ranks at once: see support/mpi_main.cpp.

namespace jackdaw {
namespace {

using namespace testing;

using namespace std::chrono_literals;

TEST_F(Checkpoints, ASignalToAnyRankEndsTheRunAndTheNextOneGoesOn) {
  int runs = 0;
  std::uint64_t total = 0;
  for (bool over = false; !over; ++runs) {
    ASSERT_LT(runs, 7);
    start_again();
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
    scheduler.keep("counted", counted);
    const auto from = scheduler.use_checkpoints(options());
    EXPECT_EQ(from.has_value(), runs > 0);
    if (from) {
      EXPECT_EQ(from->generation, static_cast<std::uint64_t>(runs));
      EXPECT_EQ(from->ranks, static_cast<unsigned>(scheduler.size()));
      EXPECT_GT(from->jobs, 0u);
    }
    if (!from && is_first) scheduler.submit<count>(1, numbers);
    what_then = +[] { (void)raise(SIGUSR1); };
    // Now this rank, now that one, six times.
    when = runs < 6 && runs % scheduler.size() == scheduler.rank() ? 300 : -1;
    try {
      scheduler.run();
      over = true;
      (void)raise(SIGUSR1);  // comes too late, and ends nothing
      total = scheduler.reduce(counted);
      scheduler.remove_checkpoint();
      EXPECT_FALSE(is_first && fs::exists(directory / "manifest"));
    } catch (const Interrupted& interruption) {
      EXPECT_NE(std::string(interruption.what()).find("SIGUSR1"), std::string::npos);
      (void)raise(SIGTERM);  // the ranks are leaving already
    }
  }
  EXPECT_GT(runs, 1);
  EXPECT_EQ(total, static_cast<std::uint64_t>(numbers));
}

Scheduler* running = nullptr;

TEST_F(Checkpoints, MayBeAskedForAndTheRunGoesOn) {
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
  running = &scheduler;
  scheduler.keep("counted", counted);
  EXPECT_FALSE(scheduler.use_checkpoints(options()));
  if (is_first) scheduler.submit<count>(1, numbers);
  what_then = +[] { running->request_checkpoint(); };
  when = is_first ? 100 : -1;
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), static_cast<std::uint64_t>(numbers));
  const auto statistics = scheduler.checkpoint_statistics();
  EXPECT_EQ(statistics.made, 1u);
  EXPECT_GT(statistics.jobs, 0u);
  EXPECT_TRUE(fs::exists(directory / "manifest"));
}

/// What a kill leaves: the last periodic one, from which another run counts the same.
TEST_F(Checkpoints, ComeEverySoOften) {
  auto often = options();
  often.every = 5ms;
  {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
    scheduler.keep("counted", counted);
    (void)scheduler.use_checkpoints(often);
    if (is_first) scheduler.submit<count>(1, 10 * numbers);
    scheduler.run();
    EXPECT_EQ(scheduler.reduce(counted), 10u * numbers);
    const auto statistics = scheduler.checkpoint_statistics();
    EXPECT_GT(statistics.made, 1u);
    std::vector<double> seconds(static_cast<std::size_t>(scheduler.size()));
    MPI_Allgather(&statistics.seconds, 1, MPI_DOUBLE, seconds.data(), 1, MPI_DOUBLE,
                  MPI_COMM_WORLD);
    EXPECT_EQ(seconds, std::vector(seconds.size(), statistics.seconds)) << "not the same on all";
  }
  start_again();
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
  scheduler.keep("counted", counted);
  ASSERT_TRUE(scheduler.use_checkpoints(options()));
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 10u * numbers);
}

int square(JobContext&, const int& number) { return number * number; }
std::atomic<bool> is_stuck{false};

/// Waits for a job that it has made, and makes others.
void wait_for_square(JobContext& job, const int& number) {
  auto future = job.submit<square>(number);
  job.spawn<count>(1, 10);
  waited += static_cast<std::uint64_t>(future.get());
}

TEST_F(Checkpoints, JobsThatSomebodyWaitsForRunAndTheOthersAreSaved) {
  {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
    scheduler.keep("counted", counted);
    scheduler.keep("waited", waited);
    (void)scheduler.use_checkpoints(options());
    if (is_first) {
      for (int i = 0; i < 200; ++i) scheduler.submit<wait_for_square>(2);
    }
    (void)raise(SIGTERM);
    EXPECT_THROW(scheduler.run(), Interrupted);
  }
  start_again();
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
  scheduler.keep("counted", counted);
  scheduler.keep("waited", waited);
  ASSERT_TRUE(scheduler.use_checkpoints(options()));
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 2000u);
  EXPECT_EQ(scheduler.reduce(waited), 800u);
}

void step(JobContext& job, const int& left) {
  counted += 1;
  while (!job.yield_requested() && is_stuck) std::this_thread::sleep_for(1ms);
  if (left > 1) job.yield<step>(left - 1);
}

TEST_F(Checkpoints, AJobThatYieldsIsSavedWithWhatIsLeftOfIt) {
  is_stuck = true;  // until it is asked to yield
  {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
    scheduler.keep("counted", counted);
    auto soon = options();
    soon.every = 50ms;
    (void)scheduler.use_checkpoints(soon);
    if (is_first) scheduler.submit<step>(5);
    const std::jthread later([] {
      std::this_thread::sleep_for(100ms);
      (void)kill(getpid(), SIGUSR1);
    });
    EXPECT_THROW(scheduler.run(), Interrupted);
  }
  const auto before = counted.value();
  start_again();
  is_stuck = false;
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
  scheduler.keep("counted", counted);
  ASSERT_TRUE(scheduler.use_checkpoints(options()));
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 5u);
  EXPECT_LT(before, 5u);
}

void take_long(JobContext& job, const int& ms) {
  job.spawn<count>(1, 100);
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  counted += 1;
}

TEST_F(Checkpoints, AreCalledOffIfRunningJobsTakeTooLong) {
  auto hasty = options();
  hasty.every = 20ms;
  hasty.grace = 30ms;
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
  scheduler.keep("counted", counted);
  (void)scheduler.use_checkpoints(hasty);
  if (is_first) scheduler.submit<take_long>(400);
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 101u);
  EXPECT_GT(scheduler.checkpoint_statistics().called_off, 0u);
}

std::atomic<std::uint64_t> requests{0};

/// Asks for a checkpoint that cannot be, as it goes on itself; and then goes on for a while.
void ask_and_stay(JobContext& job, const int&) {
  for (int looks = 0; !job.yield_requested(); ++looks) {  // again, if it was away meanwhile
    if (looks % 100'000 == 0) {
      running->request_checkpoint();
      ++requests;
    }
    std::this_thread::yield();
  }
  while (job.yield_requested()) std::this_thread::yield();
  for (int i = 0; i < 100; ++i) {  // the other worker here looks for work between these
    std::atomic<bool> done{false};
    job.spawn([&](JobContext&) { done = true; });
    while (!done) std::this_thread::yield();
  }
}

TEST_F(Checkpoints, ARequestOfAnyRankThatIsCalledOffIsNotRepeated) {
  auto hasty = options();
  hasty.grace = 20ms;
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
  running = &scheduler;
  (void)scheduler.use_checkpoints(hasty);
  if (scheduler.rank() == scheduler.size() - 1) scheduler.submit<ask_and_stay>(0);
  requests = 0;
  scheduler.run();
  const auto statistics = scheduler.checkpoint_statistics();
  EXPECT_GT(statistics.called_off, 0u);
  if (requests > 0) {  // the job was here
    EXPECT_LE(statistics.made + statistics.called_off, requests);
  }
}

void fail_once(JobContext& job, const int&) {
  job.spawn<count>(1, numbers);
  throw std::runtime_error("as planned");
}

TEST_F(Checkpoints, JobsThatThrewBeforeAreNotForgotten) {
  {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
    scheduler.keep("counted", counted);
    (void)scheduler.use_checkpoints(options());
    if (is_first) scheduler.submit<fail_once>(0);
    what_then = +[] { (void)raise(SIGUSR1); };
    when = 50;
    EXPECT_THROW(scheduler.run(), Interrupted);
  }
  start_again();
  when = -1;
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(2));
  scheduler.keep("counted", counted);
  ASSERT_TRUE(scheduler.use_checkpoints(options()));
  try {
    scheduler.run();
    ADD_FAILURE() << "nothing is said of it";
  } catch (const JobsFailed& failed) {
    EXPECT_NE(std::string(failed.what()).find("as planned"), std::string::npos);
  }
  EXPECT_EQ(scheduler.reduce(counted), static_cast<std::uint64_t>(numbers));
}

}  // namespace
}  // namespace jackdaw
