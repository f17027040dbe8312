#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <span>
#include <thread>
#include <vector>

#include "jackdaw/pool.hpp"
#include "support/pool_network.hpp"
#include "support/pools.hpp"

// What waits long is promoted, again and again, so that it comes to run.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::PoolNetwork;
using testing::small_pool;

template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

Config ageing_pool(unsigned workers, std::chrono::milliseconds age) {
  auto config = small_pool(workers);
  config.starvation_age = age;
  return config;
}

/// High jobs without end: each makes the next one, and some company for it, until it is told to
/// stop.
class Stream {
 public:
  Stream(Pool& pool, unsigned width) {
    for (unsigned i = 0; i < width; ++i)
      pool.spawn([this](JobContext& job) { flow(job); }, {.priority = Priority::high});
  }
  void stop() { stop_ = true; }

 private:
  void flow(JobContext& job) {
    if (stop_) return;
    job.spawn([this](JobContext& next) { flow(next); });
  }
  std::atomic<bool> stop_{false};
};

TEST(Ageing, ALowJobFinishesUnderAnEndlessStreamOfHighOnes) {
  for (const unsigned workers : {1U, 2U}) {
    Pool pool(ageing_pool(workers, 8ms));
    Stream stream(pool, 2 * workers);
    std::atomic<int> ran{0};
    // From outside, with a handle, and made by a job: in an inbox, and in a deque.
    auto handled = pool.submit([&] { ++ran; }, {.priority = Priority::low});
    pool.spawn([&] { ++ran; }, {.priority = Priority::low});
    pool.spawn(
        [&](JobContext& job) {
          for (int i = 0; i < 10; ++i) job.spawn([&] { ++ran; }, {.priority = Priority::low});
        },
        {.priority = Priority::high});
    handled.wait();
    await([&] { return ran == 12; });
    stream.stop();
    pool.wait();
    EXPECT_GE(pool.statistics().jobs_promoted, 12U);
  }
}

/// One class for each wait, up to critical; and nobody else waits meanwhile.
TEST(Ageing, PromotesByOneClassAgainAndAgain) {
  Pool pool(ageing_pool(1, 8ms));
  std::vector<Priority> seen;
  std::uint64_t watched = 0;
  std::atomic<bool> is_critical{false};
  auto heard = pool.subscribe([&](const Event& event) {
    if (event.kind != EventKind::promoted || event.job != watched) return;
    seen.push_back(event.priority);
    if (event.priority == Priority::critical) is_critical = true;
  });
  std::atomic<bool> started{false};
  auto blocker = pool.submit([&](JobContext&) {
    started = true;
    await([&] { return is_critical.load(); });
  });
  await([&] { return started.load(); });
  auto low = pool.submit([] {}, {.priority = Priority::low});
  watched = low.id();
  low.wait();
  heard.flush();
  EXPECT_EQ(seen, (std::vector{Priority::normal, Priority::high, Priority::critical}));
  EXPECT_EQ(low.report().priority, Priority::critical);
}

/// Promoted jobs of a deque that has overflowed, too.
TEST(Ageing, ReachesJobsInTheOverflowList) {
  auto config = ageing_pool(1, 5ms);
  config.deque_capacity = 4;
  Pool pool(config);
  Stream stream(pool, 2);
  std::atomic<int> ran{0};
  pool.spawn(
      [&](JobContext& job) {
        for (int i = 0; i < 100; ++i) job.spawn([&] { ++ran; }, {.priority = Priority::low});
      },
      {.priority = Priority::high});
  await([&] { return ran == 100; });
  stream.stop();
  pool.wait();
  EXPECT_GT(pool.statistics().jobs_overflowed, 0U);
}

/// What is old in a tree lies near its root, and makes what will be old: it must not all go first.
TEST(Ageing, LeavesATreeSearchDepthFirst) {
  constexpr int depth = 9;  // 4^9 leaves
  Pool pool(ageing_pool(2, 4ms));
  std::atomic<int> queued{1}, most{0}, leaves{0};
  const auto visit = [&](auto self, JobContext& job, int level) -> void {
    const auto until = std::chrono::steady_clock::now() + 1us;
    while (std::chrono::steady_clock::now() < until) {
    }
    if (level == depth) ++leaves;
    const int now = queued += level == depth ? -1 : 3;
    if (int seen = most; now > seen) most.compare_exchange_strong(seen, now);
    if (level == depth) return;
    for (int i = 0; i < 4; ++i) job.spawn([=](JobContext& next) { self(self, next, level + 1); });
  };
  pool.spawn([&](JobContext& job) { visit(visit, job, 0); });
  pool.wait();
  EXPECT_EQ(leaves, 262'144);
  EXPECT_GT(pool.statistics().jobs_promoted, 0U);
  EXPECT_LT(most, 30'000);
  RecordProperty("most", most);
}

TEST(Ageing, WhatAnAgedJobMakesHasItsOwnPriority) {
  Pool pool(ageing_pool(1, 100ms));
  JobRef low;
  std::atomic<bool> is_made{false};
  auto blocker =
      pool.submit([&] { await([&] { return is_made && low.report().priority < Priority::low; }); });
  auto own = Priority::critical, aged = Priority::low;
  low = pool.submit(
      [&](JobContext& job) {
        aged = job.priority();
        own = job.submit([] {}).report().priority;
      },
      {.priority = Priority::low});
  is_made = true;
  low.wait();
  pool.wait();
  EXPECT_LT(aged, Priority::low);
  EXPECT_EQ(own, Priority::low);
}

/// What it has got by its age is its own, whoever lends it more or less meanwhile.
TEST(Ageing, OutlastsALoan) {
  Pool pool(ageing_pool(1, 10ms));
  std::atomic<bool> go_on{false}, runs{false};
  auto blocker = pool.submit([&] {
    runs = true;
    await([&] { return go_on.load(); });
  });
  await([&] { return runs.load(); });
  const JobRef low = pool.submit([] {}, {.priority = Priority::low});
  auto later = pool.submit([] {}, {.priority = Priority::normal, .after = std::span(&low, 1)});
  EXPECT_LE(low.report().priority, Priority::normal);  // lent
  await([&] { return low.report().priority == Priority::critical; });
  EXPECT_TRUE(later.cancel());
  EXPECT_EQ(low.report().priority, Priority::critical);
  go_on = true;
  pool.wait();
}

// --- ranks ---------------------------------------------------------------------------------------

PoolNetwork* network = nullptr;
std::atomic<int> ran_elsewhere{0};
constexpr int movers = 40;

void run_elsewhere(JobContext&, const int&) {
  // The first holds its rank up until what is left behind has aged.
  await([] { return network->pool(0).statistics().jobs_promoted > 0; });
  ++ran_elsewhere;
}
void stay_and_wait(JobContext& job, const int& count) {
  for (int i = 0; i < count; ++i) job.spawn<run_elsewhere>({.priority = Priority::low}, i);
  await([&] { return ran_elsewhere == count; });
}

/// They are somewhere else in the rank then.
TEST(Ageing, OtherRanksCanHaveWhatHasAged) {
  ran_elsewhere = 0;
  PoolNetwork net({1, 1}, [](Config& config) { config.starvation_age = 10ms; });
  network = &net;
  net.submit<stay_and_wait>(0, movers);
  net.run();
  EXPECT_EQ(ran_elsewhere, movers);
}

TEST(Ageing, CanBeTurnedOff) {
  Pool pool(ageing_pool(1, 0ms));
  std::atomic<bool> go_on{false};
  auto blocker = pool.submit([&] { await([&] { return go_on.load(); }); });
  auto low = pool.submit([] {}, {.priority = Priority::low});
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(low.report().priority, Priority::low);
  go_on = true;
  low.wait();
  EXPECT_EQ(pool.statistics().jobs_promoted, 0U);
}

}  // namespace
}  // namespace jackdaw
