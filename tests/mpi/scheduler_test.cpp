#include "jackdaw/scheduler.hpp"
#include "jackdaw/cereal.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/pools.hpp"
#include "support/shared_word.hpp"

// Run by several ranks at once: see support/mpi_main.cpp.

namespace jackdaw {
namespace {

constexpr int max_job = 200'000;

/// The numbers from first to last, halved until one is left, which is counted.
struct Range {
  int first = 0;
  int last = 0;
};
Sum<std::uint64_t> counted;
Sum<std::uint64_t> total;
Sum<std::uint64_t> made_elsewhere;

void count(JobContext& job, const Range& range) {
  if (range.first == range.last) {
    counted += 1;
    total += static_cast<std::uint64_t>(range.first);
    return;
  }
  const int middle = range.first + (range.last - range.first) / 2;
  job.spawn<count>(range.first, middle);
  job.spawn<count>(middle + 1, range.last);
}

void fail_at_seven(JobContext&, const int& number) {
  if (number % 100 == 7) throw std::runtime_error("number " + std::to_string(number));
  counted += 1;
}

Config two_workers() {
  Config config = testing::small_pool(2);
  return config;
}

class SchedulerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    counted.reset();
    total.reset();
  }
};

TEST_F(SchedulerTest, EachJobRunsOnce) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  for (const int size : {1, 2, 100, max_job}) {
    counted.reset();
    total.reset();
    if (scheduler.rank() == 0) scheduler.submit<count>(1, size);
    scheduler.run();
    const auto n = static_cast<std::uint64_t>(size);
    ASSERT_EQ(scheduler.reduce(counted), n);
    ASSERT_EQ(scheduler.reduce(total), n * (n + 1) / 2);
  }
}

TEST_F(SchedulerTest, EveryRankMayBegin) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  scheduler.submit<count>(1, 1000 * (scheduler.rank() + 1));
  scheduler.run();
  const auto ranks = static_cast<std::uint64_t>(scheduler.size());
  EXPECT_EQ(scheduler.reduce(counted), 1000 * ranks * (ranks + 1) / 2);
}

TEST_F(SchedulerTest, ARunWithoutJobsEnds) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  for (int i = 0; i < 20; ++i) scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 0u);
}

/// Many short runs: the end is neither missed nor found too early.
TEST_F(SchedulerTest, AHundredShortRuns) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  for (int i = 1; i <= 100; ++i) {
    if (scheduler.rank() == i % scheduler.size()) scheduler.submit<count>(1, 10 * i);
    scheduler.run();
    std::uint64_t expected = 0;
    for (int j = 1; j <= i; ++j) expected += static_cast<std::uint64_t>(10 * j);
    ASSERT_EQ(scheduler.reduce(counted), expected) << "run " << i;
  }
}

TEST_F(SchedulerTest, JobsThatThrowAreReportedOnEveryRankWhenTheRestHasRun) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  if (scheduler.rank() == 0) {
    for (int i = 0; i < 1000; ++i) scheduler.submit<fail_at_seven>(i);
  }
  try {
    scheduler.run();
    ADD_FAILURE() << "run() says nothing";
  } catch (const JobsFailed& error) {
    EXPECT_NE(std::string(error.what()).find("10 job(s) threw"), std::string::npos) << error.what();
  }
  EXPECT_EQ(scheduler.reduce(counted), 990u);
  EXPECT_NO_THROW(scheduler.run());  // what failed before is not told again
}

void fail_at_first(JobContext&, const int& number) {
  if (number == 0) throw std::runtime_error("the first");
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
  while (std::chrono::steady_clock::now() < end) {
  }
  counted += 1;
}

TEST_F(SchedulerTest, TheFirstFailureStopsAllRanksIfAsked) {
  Config config = two_workers();
  config.fail_fast = true;
  Scheduler scheduler(MPI_COMM_WORLD, config);
  constexpr std::uint64_t jobs = 20'000;
  if (scheduler.rank() == 0) {
    for (std::uint64_t i = 0; i < jobs; ++i) scheduler.submit<fail_at_first>(static_cast<int>(i));
  }
  try {
    scheduler.run();
    ADD_FAILURE() << "run() says nothing";
  } catch (const JobsFailed& error) {
    EXPECT_NE(std::string(error.what()).find("were cancelled"), std::string::npos) << error.what();
  }
  EXPECT_LT(scheduler.reduce(counted), jobs - 1);
  counted.reset();
  scheduler.submit<count>({.priority = Priority::high}, 1, 1000);
  scheduler.run();  // as if nothing had been
  EXPECT_EQ(scheduler.reduce(counted), 1000u * static_cast<unsigned>(scheduler.size()));
}

/// Keeps the order: "a then b".
struct Order {
  int first = 0;
  int last = 0;
  bool in_order = true;
};
struct Join {
  Order operator()(const Order& a, const Order& b) const {
    if (a.first == 0) return b;  // nothing yet
    if (b.first == 0) return a;
    return {a.first, b.last, a.in_order && b.in_order && a.last < b.first};
  }
};

TEST_F(SchedulerTest, ReducesInTheOrderOfTheRanks) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  Reducer<Order, Join> order;
  order.local() = {scheduler.rank() + 1, scheduler.rank() + 1, true};
  const Order all = scheduler.reduce(order);
  EXPECT_EQ(all.first, 1);
  EXPECT_EQ(all.last, scheduler.size());
  EXPECT_TRUE(all.in_order);
}

/// Texts of all lengths, from one byte to a mebibyte: each is counted by its sum of characters.
struct Text {
  std::string text;
  std::vector<std::uint32_t> copies;  // so many more like it
  template <typename Archive>
  void serialize(Archive& archive) {
    archive(text, copies);
  }
};

void read_text(JobContext& job, const Text& text) {
  counted += 1;
  for (const char c : text.text) total += static_cast<unsigned char>(c);
  for (const auto size : text.copies)
    job.spawn<read_text>(std::string(size, 'x'), std::vector<std::uint32_t>{});
}

TEST_F(SchedulerTest, PayloadsOfAnySizeArriveWhole) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  std::vector<std::uint32_t> sizes;
  std::uint64_t characters = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    sizes.push_back(i % 50 == 0 ? 1U << 20 : i % 10 == 0 ? 10'000 : i % 90);
    characters += sizes.back();
  }
  scheduler.submit<read_text>(std::string(), sizes);
  scheduler.run();
  const auto ranks = static_cast<std::uint64_t>(scheduler.size());
  EXPECT_EQ(scheduler.reduce(counted), ranks * (sizes.size() + 1));
  EXPECT_EQ(scheduler.reduce(total), ranks * characters * 'x');
}

/// Results that come back to where they are waited for, and jobs that wait for them.
std::uint64_t fibonacci(JobContext& job, const std::uint64_t& n) {
  if (n < 2) return n;
  const auto first = job.submit<fibonacci>(n - 1);
  const auto second = job.submit<fibonacci>(n - 2);
  return first.get() + second.get();
}

std::string greet(JobContext&, const int& rank) {
  if (rank < 0) throw std::invalid_argument("no such rank");
  return std::string(200, 'x') + std::to_string(rank);
}

TEST_F(SchedulerTest, ResultsComeBack) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  std::vector<RemoteFuture<std::string>> greetings;
  for (int i = 0; i < 200; ++i) greetings.push_back(scheduler.submit<greet>(i));
  const auto refused = scheduler.submit<greet>(-1);
  const auto fib = scheduler.submit<fibonacci>(15U);
  scheduler.run();  // what a future tells is no failure of the run
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(greetings[static_cast<std::size_t>(i)].get(),
              std::string(200, 'x') + std::to_string(i));
  EXPECT_EQ(fib.get(), 610u);
  try {
    (void)refused.get();
    ADD_FAILURE() << "get() brings something";
  } catch (const RemoteError& error) {
    EXPECT_STREQ(error.what(), "no such rank");
    EXPECT_GE(error.rank(), 0);
    EXPECT_LT(error.rank(), scheduler.size());
  }
}

/// A job that does not come back to the scheduler for longer than any patience of a worker.
void hog(JobContext&, const int& milliseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
  counted += 1;
}

TEST_F(SchedulerTest, ARankThatDoesNotComeBackForLongLosesNothing) {
  Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
  if (scheduler.rank() == 0) scheduler.submit<hog>(200);
  if (scheduler.rank() == scheduler.size() - 1) scheduler.submit<count>(1, 1000);
  scheduler.run();
  EXPECT_EQ(scheduler.reduce(counted), 1001u);
}

/// What a program may do in a job: here, send itself a message.
Scheduler* running = nullptr;
std::atomic<int> calling{0};  // threads of this rank that are at it
Sum<std::uint64_t> refused;

void send_to_self(JobContext&, const std::uint64_t& amount) {
  std::uint64_t arrived = 0;
  try {
    running->with_mpi([&] {
      EXPECT_EQ(calling.fetch_add(1), 0) << "somebody else calls MPI";
      std::this_thread::yield();
      MPI_Sendrecv(&amount, 1, MPI_UINT64_T, 0, 7, &arrived, 1, MPI_UINT64_T, 0, 7, MPI_COMM_SELF,
                   MPI_STATUS_IGNORE);
      calling.fetch_sub(1);
    });
    counted += 1;
    total += arrived;
  } catch (const std::logic_error&) {
    refused += 1;
  }
}

/// A word that all ranks of the host see.
std::atomic_ref<int>* seen_by_all = nullptr;

void say_so(JobContext& job, const int& home) {
  counted += 1;
  if (running->rank() != home) seen_by_all->store(1, std::memory_order_relaxed);
  (void)job;
}
/// Makes jobs, and does not come back until another rank has run one.
void hold_on(JobContext& job, const int& home) {
  for (int i = 0; i < 100; ++i) job.spawn<say_so>(home);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (seen_by_all->load(std::memory_order_relaxed) == 0 && running->size() > 1 &&
         std::chrono::steady_clock::now() < end) {
  }
}

TEST_F(SchedulerTest, JobsOfARankThatIsDeepInALongOneCanBeHad) {
  int level = 0;
  MPI_Query_thread(&level);
  if (level < MPI_THREAD_SERIALIZED) GTEST_SKIP() << "there is no steward then";
  MPI_Comm host = MPI_COMM_NULL;
  int ranks_here = 0;
  int ranks = 0;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
  MPI_Comm_size(host, &ranks_here);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (ranks_here != ranks) {
    MPI_Comm_free(&host);
    GTEST_SKIP() << "ranks of several hosts share no word";
  }
  {
    Scheduler scheduler(MPI_COMM_WORLD, testing::small_pool(1));
    testing::SharedWord shared(host);
    std::atomic_ref<int> seen(shared.word());
    seen_by_all = &seen;
    running = &scheduler;
    if (scheduler.rank() == 0) scheduler.submit<hold_on>(0);
    scheduler.run();
    EXPECT_EQ(scheduler.reduce(counted), 100u);
    EXPECT_EQ(seen.load(), ranks > 1 ? 1 : 0);
  }
  MPI_Comm_free(&host);
}

TEST_F(SchedulerTest, JobsMayCallMpiOneAtATime) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  running = &scheduler;
  refused.reset();
  constexpr std::uint64_t jobs = 500;
  for (std::uint64_t i = 0; i < jobs; ++i) scheduler.submit<send_to_self>(i + 1);
  scheduler.run();
  int level = 0;
  MPI_Query_thread(&level);
  const auto all = jobs * static_cast<std::uint64_t>(scheduler.size());
  const auto done = scheduler.reduce(counted);
  if (level >= MPI_THREAD_SERIALIZED) {
    EXPECT_EQ(done, all);
    EXPECT_EQ(scheduler.reduce(total), all * (jobs + 1) / 2);
  }
  EXPECT_EQ(done + scheduler.reduce(refused), all);  // those on other workers, under FUNNELED
}

TEST_F(SchedulerTest, TheReportAddsUp) {
  Scheduler scheduler(MPI_COMM_WORLD, two_workers());
  if (scheduler.rank() == 0) scheduler.submit<count>(1, max_job);
  scheduler.run();
  const Report report = scheduler.report();
  if (scheduler.rank() != 0) {
    EXPECT_TRUE(report.ranks.empty());
    return;
  }
  ASSERT_EQ(report.ranks.size(), static_cast<std::size_t>(scheduler.size()));
  RankReport all;
  for (const RankReport& rank : report.ranks) {
    all.jobs_created += rank.jobs_created;
    all.jobs_executed += rank.jobs_executed;
    all.jobs_near += rank.jobs_near;
    all.jobs_far += rank.jobs_far;
    all.jobs_taken += rank.jobs_taken;
    all.batches += rank.batches;
    EXPECT_GT(rank.working_ns, 0u);
    EXPECT_EQ(rank.workers, scheduler.pool().workers());
  }
  EXPECT_EQ(all.jobs_created, 2u * max_job - 1);
  EXPECT_EQ(all.jobs_executed, 2u * max_job - 1);
  EXPECT_EQ(all.jobs_near + all.jobs_far, all.jobs_taken);
  EXPECT_FALSE(report.transport.empty());
  std::uint64_t jobs = 0;
  std::uint64_t batches = 0;
  for (const TheftReport& theft : report.thefts) {
    EXPECT_NE(theft.thief, theft.victim);
    EXPECT_GE(theft.attempts, theft.batches);
    jobs += theft.jobs;
    batches += theft.batches;
  }
  EXPECT_EQ(jobs, all.jobs_taken);
  EXPECT_EQ(batches, all.batches);
}

}  // namespace
}  // namespace jackdaw
