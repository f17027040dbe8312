#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "jackdaw/detail/steal_share.hpp"
#include "jackdaw/fork_join.hpp"
#include "jackdaw/kind.hpp"
#include "jackdaw/pool.hpp"
#include "lib/packing.hpp"
#include "support/pools.hpp"

// Stealing that adapts: work is stolen, not numbers.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using detail::MeanTime;
using detail::steal_share;
using detail::StealCase;
using testing::small_pool;

template <auto Function>
std::int64_t run_ns() {
  return detail::MovableJob<Function>::note.run_time.ns();
}

// --- how many ------------------------------------------------------------------------------------

TEST(StealShare, TakesFewLongJobsAndManyShortOnes) {
  constexpr auto share = [](std::int64_t job_ns) {
    return steal_share({.queued = 1000, .job_ns = job_ns, .steal_ns = 1000, .max_batch = 64});
  };
  EXPECT_EQ(share(1'000'000'000), 1);  // a matrix product
  EXPECT_EQ(share(200'000), 1);
  EXPECT_EQ(share(10'000), 25);
  EXPECT_EQ(share(100), 64);  // log lines
  EXPECT_EQ(share(0), 64);    // nothing is known
}

TEST(StealShare, TakesMoreWhereRacesAreLostAndStealsAreDear) {
  StealCase is{.queued = 1000, .job_ns = 20'000, .steal_ns = 1000, .max_batch = 64};
  const auto usual = steal_share(is);
  is.lost = 1;
  const auto contended = steal_share(is);
  EXPECT_GT(contended, usual);
  is.steal_ns = 5000;
  EXPECT_GT(steal_share(is), contended);
}

TEST(StealShare, LeavesHalfAndKeepsToTheBatch) {
  for (std::int64_t queued = 0; queued < 200; ++queued) {
    for (const std::int64_t batch : {1, 2, 64}) {
      for (std::int64_t job_ns = 0; job_ns < 2'000'000; job_ns = 3 * job_ns + 1) {
        for (const std::int64_t lost : {0, 3, 1000}) {
          const auto share = steal_share({queued, job_ns, 500, lost, batch});
          ASSERT_GE(share, 1);
          ASSERT_LE(share, batch);
          ASSERT_LE(share, std::max<std::int64_t>((queued + 1) / 2, 1));
        }
      }
    }
  }
}

// --- what jobs take ------------------------------------------------------------------------------

TEST(MeanTimes, FollowWhatIsMeasuredUnlessTheyAreTold) {
  MeanTime mean;
  EXPECT_EQ(mean.ns(), 0);
  mean.learn(1000);
  EXPECT_EQ(mean.ns(), 1000);  // the first one counts whole
  for (int i = 0; i < 100; ++i) mean.learn(9000);
  EXPECT_GT(mean.ns(), 8900);
  EXPECT_LE(mean.ns(), 9000);
  mean.set(5);
  mean.learn(1'000'000);
  EXPECT_EQ(mean.ns(), 5);
}

void nap(JobContext&, const int& ms) { std::this_thread::sleep_for(ms * 1ms); }
void blink(JobContext&, const int&) {}
void told(JobContext&, const int&) {}

TEST(MeanTimes, AreMeasuredByKind) {
  Pool pool(small_pool(2));
  for (int i = 0; i < 20; ++i) {
    pool.spawn<nap>(2);
    pool.wait();  // so that each comes after a hunt
  }
  for (int i = 0; i < 20'000; ++i) pool.spawn<blink>(i);
  pool.wait();
  EXPECT_GE(run_ns<nap>(), 2'000'000);
  EXPECT_GT(run_ns<blink>(), 0);
  EXPECT_LT(run_ns<blink>(), run_ns<nap>());
}

TEST(MeanTimes, AHintIsKept) {
  describe<told>({.expected = 7ms});
  EXPECT_EQ(run_ns<told>(), 7'000'000);
  Pool pool(small_pool(1));
  for (int i = 0; i < 10; ++i) {
    pool.spawn<told>(i);
    pool.wait();
  }
  EXPECT_EQ(run_ns<told>(), 7'000'000);
  EXPECT_THROW(describe<told>({.expected = 0ns}), std::invalid_argument);
  EXPECT_THROW(describe<told>({.timeout = -1ns}), std::invalid_argument);
}

int stay(JobContext& job, const int& what) {
  while (!job.stop_requested()) std::this_thread::sleep_for(100us);
  job.checkpoint();
  return what;
}

TEST(Kinds, HaveATimeLimitOfTheirOwn) {
  describe<stay>({.timeout = 3ms});
  Pool pool(small_pool(1));
  EXPECT_THROW((void)pool.submit<stay>(1).get(), RemoteError);
  pool.wait();
  EXPECT_EQ(pool.statistics().jobs_timed_out, 1U);
  // A job's own limit comes first.
  describe<stay>({.timeout = 0ns});
  EXPECT_THROW((void)pool.submit<stay>(JobOptions{.timeout = 3ms}, 2).get(), RemoteError);
}

// --- on the shelf --------------------------------------------------------------------------------

void tiny(JobContext&, const int&) {}
void huge(JobContext&, const int&) {}

struct NoParcels final : Parcels {
  std::uint64_t keep(Bytes) override { throw std::runtime_error("nothing is long here"); }
};

/// In growing order of time, so that the front half of the jobs is not half of the work.
TEST(Shelf, ShowsLongJobsLast) {
  describe<tiny>({.expected = 1us});
  describe<huge>({.expected = 1s});
  auto* engine = new detail::Engine(small_pool(1));  // close() deletes it
  std::array<PackedJob, 64> room{};
  NoParcels parcels;
  detail::Packing packing(room, parcels, *engine);
  detail::JobStore& store = engine->inboxes[0]->store;
  for (int i = 0; i < 20; ++i) {
    const auto pack = [&]<auto Function>() {
      using Job = detail::DetachedJob<detail::MovableJob<Function>>;
      ASSERT_TRUE(packing.take(detail::make_job<Job>(store, Priority::normal, i)));
    };
    if (i % 5 == 0) {
      pack.operator()<&huge>();
    } else {
      pack.operator()<&tiny>();
    }
  }
  packing.order_by_time();
  ASSERT_EQ(packing.count(), 20U);
  std::vector<int> payloads;
  for (std::size_t i = 0; i < 20; ++i) {
    const bool is_huge = i >= 16;
    EXPECT_EQ(room[i].kind,
              is_huge ? detail::MovableJob<&huge>::kind.id : detail::MovableJob<&tiny>::kind.id);
    int payload = 0;
    std::memcpy(&payload, room[i].payload.data(), sizeof payload);
    payloads.push_back(payload);
  }
  EXPECT_TRUE(std::is_sorted(payloads.begin(), payloads.begin() + 16));  // else as they were
  EXPECT_TRUE(std::is_sorted(payloads.begin() + 16, payloads.end()));
  engine->close();
}

// --- whose times count ---------------------------------------------------------------------------

/// A job that takes long makes many that do not: what the thief goes by is the latter.
TEST(Thieves, KnowWhatTheyTakeWhateverItsMakerDoes) {
  constexpr int rounds = 12, learning = 4, jobs = 200;
  Pool pool(small_pool(2));
  std::atomic<int> runs{0};
  const auto taken = [&] {
    const auto all = pool.statistics().workers;
    return std::pair(all[0].steals + all[1].steals, all[0].jobs_stolen + all[1].jobs_stolen);
  };
  auto before = taken();
  for (int round = 0; round < rounds; ++round) {
    if (round == learning) before = taken();
    const auto seen = taken();
    pool.submit([&](JobContext& job) {
          for (int i = 0; i < jobs; ++i) job.spawn([&runs] { ++runs; });
          const auto end = std::chrono::steady_clock::now() + 3ms;
          const auto last = end + 10s;
          for (auto now = end - 3ms; now < end || (taken() == seen && now < last);
               now = std::chrono::steady_clock::now())
            job.checkpoint();
        })
        .wait();
    pool.wait();
  }
  const auto after = taken();
  EXPECT_EQ(runs, rounds * jobs);
  EXPECT_GT(after.second - before.second, 2 * (after.first - before.first));
}

// --- and nothing is lost -------------------------------------------------------------------------

int fib(int n) {
  if (n < 2) return n;
  const auto [a, b] = fork_join([=] { return fib(n - 1); }, [=] { return fib(n - 2); });
  return a + b;
}

TEST(Strategies, RunEveryJobOnce) {
  for (const auto strategy :
       {Strategy::single, Strategy::batched, Strategy::locality_aware, Strategy::adaptive}) {
    auto config = small_pool(4);
    config.strategy = strategy;
    Pool pool(config);
    std::vector<std::atomic<int>> runs(5000);
    pool.spawn([&](JobContext& job) {
      for (auto& count : runs) {
        job.spawn([&count, &runs] {
          ++count;
          if (&count - runs.data() == 77) std::this_thread::sleep_for(2ms);
        });
      }
    });
    EXPECT_EQ(pool.submit([] { return fib(18); }).get(), 2584);
    pool.wait();
    for (const auto& count : runs) ASSERT_EQ(count, 1) << name(strategy);
  }
  EXPECT_EQ(Config{}.strategy, Strategy::adaptive);
}

}  // namespace
}  // namespace jackdaw
