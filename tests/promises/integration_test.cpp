#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <thread>
#include <vector>

#include "jackdaw/fork_join.hpp"
#include "jackdaw/pool.hpp"
#include "support/pool_network.hpp"
#include "support/pools.hpp"

// The law: each job ends in exactly one final state, and its function is started at most once,
// whichever way it goes. Read from the stream of events, and from what the functions count.

namespace jackdaw {
namespace {

using namespace std::chrono_literals;
using testing::PoolNetwork;
using testing::small_pool;

template <typename Done>
void await(Done done) {
  while (!done()) std::this_thread::sleep_for(100us);
}

/// Follows each job of one pool, and each of its workers, from state to state.
class Chronicle {
 public:
  explicit Chronicle(Pool& pool)
      : subscription_(pool.subscribe([this](const Event& event) { note(event); })) {}

  /// All jobs that were seen have ended; the pool is quiet.
  void expect_law() {
    subscription_.flush();
    for (const auto& [job, life] : lives_) {
      EXPECT_TRUE(is_final(life.state) || life.has_left) << "job " << job << " has not ended";
      EXPECT_EQ(life.finals, life.has_left ? 0 : 1) << "job " << job;
    }
  }
  /// What is counted always is what the events say.
  void expect_counts(const Statistics& all) const {
    for (std::size_t from = 0; from < job_state_count; ++from) {
      for (std::size_t to = 0; to < job_state_count; ++to) {
        EXPECT_EQ(steps_[from][to], all.job_steps[from][to])
            << name(static_cast<JobState>(from)) << " -> " << name(static_cast<JobState>(to));
      }
    }
  }
  [[nodiscard]] std::size_t jobs() const { return lives_.size(); }
  [[nodiscard]] std::uint64_t steps(JobState from, JobState to) const {
    return steps_[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  }

 private:
  struct Life {
    JobState state = JobState::pending;
    int finals = 0;
    bool has_left = false;  // for another rank
  };

  void note(const Event& event) {
    EXPECT_EQ(event.sequence, ++last_);
    if (event.kind == EventKind::worker_step) {
      EXPECT_TRUE(may_step(event.worker_from, event.worker_to));
      const auto known = workers_.find(event.worker);
      if (known != workers_.end()) {
        EXPECT_EQ(known->second, event.worker_from);
      }
      workers_[event.worker] = event.worker_to;
    }
    if (event.kind != EventKind::job_step) return;
    EXPECT_TRUE(may_step(event.job_from, event.job_to))
        << name(event.job_from) << " -> " << name(event.job_to);
    const bool is_new = lives_.find(event.job) == lives_.end();
    Life& life = lives_[event.job];
    if (is_new && event.job_from == JobState::stolen) life.state = JobState::stolen;  // comes in
    EXPECT_EQ(life.state, event.job_from) << "job " << event.job << " " << event.name;
    life.state = event.job_to;
    life.finals += is_final(event.job_to) ? 1 : 0;
    life.has_left = event.job_to == JobState::stolen;
    ++steps_[static_cast<std::size_t>(event.job_from)][static_cast<std::size_t>(event.job_to)];
  }

  // Before the subscription, which writes them.
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Life> lives_;
  std::map<int, WorkerState> workers_;
  std::array<std::array<std::uint64_t, job_state_count>, job_state_count> steps_{};
  Subscription subscription_;
};

struct Yielding {
  std::atomic<int>* ends;
  int left;
};
void yield_down(JobContext& job, const Yielding& state) {
  if (state.left == 0) {
    ++*state.ends;
    return;
  }
  job.yield<yield_down>(state.ends, state.left - 1);
}

/// Jobs of every sort, each counting its starts.
class Mixture {
  template <typename F>
  auto counted(std::size_t sort, std::size_t index, F function) {
    return [this, sort, index, function](JobContext& job) {
      ++starts_[sort][index];
      function(job);
    };
  }

 public:
  explicit Mixture(Pool& pool) : pool_(pool) {}

  void submit_all() {
    pool_.spawn(counted(9, 0, [this](JobContext& job) {
      for (is_running_ = true; !urgent_ran_;) job.checkpoint();
    }));
    await([this] { return is_running_.load(); });  // what is critical finds it there
    for (std::size_t i = 0; i < each; ++i) {
      pool_.spawn(counted(0, i, [](JobContext&) {}));
      pool_.spawn(counted(1, i, [](JobContext&) { throw std::runtime_error("thrown"); }));
      handles_.push_back(pool_.submit(counted(2, i, [](JobContext&) {})));
      handles_.push_back(
          pool_.submit(counted(3, i, [](JobContext&) { throw std::runtime_error("thrown"); })));
      handles_.push_back(pool_.submit(counted(4, i, [](JobContext&) {}), {.name = "to cancel"}));
      to_cancel_.push_back(handles_.back());
      pool_.spawn(counted(5, i, [](JobContext& job) {  // forks, and gives way
        fork_join([&] { job.checkpoint(); }, [&] { job.checkpoint(); });
      }));
      pool_.spawn(counted(6, i, [this](JobContext&) { urgent_ran_ = true; }),
                  {.priority = Priority::critical});
      pool_.spawn(counted(7, i, [](JobContext& job) {  // makes others, and waits for one
        job.spawn([] {});
        job.submit([] {}, {.priority = Priority::low}).wait();
      }));
      if (i % 50 == 0) {
        handles_.push_back(pool_.submit(counted(8, i / 50,
                                                [](JobContext& job) {
                                                  for (;;) job.checkpoint();
                                                }),
                                        {.timeout = 2ms}));
      }
      pool_.spawn<yield_down>(&yielded, 3);
    }
    for (const JobRef& job : to_cancel_) job.cancel();
  }
  void expect_law() {
    for (const auto& sort : starts_) {
      for (const auto& starts : sort) ASSERT_LE(starts, 1);
    }
    for (const auto sort : {0U, 1U, 2U, 3U, 5U, 6U, 7U}) {
      for (const auto& starts : starts_[sort]) ASSERT_EQ(starts, 1) << "sort " << sort;
    }
    EXPECT_EQ(yielded, static_cast<int>(each));
    for (const JobRef& job : handles_) ASSERT_TRUE(is_final(job.state()));
    for (std::size_t i = 0; i < each; ++i) {
      ASSERT_EQ(starts_[4][i], to_cancel_[i].state() == JobState::cancelled ? 0 : 1)
          << name(to_cancel_[i].state());
    }
  }
  static constexpr std::size_t each = 200;
  std::atomic<int> yielded{0};

 private:
  Pool& pool_;
  std::atomic<bool> is_running_{false}, urgent_ran_{false};
  std::array<std::array<std::atomic<int>, each>, 10> starts_{};
  std::vector<JobRef> handles_, to_cancel_;
};

TEST(Law, HoldsOnEveryPathOfAPool) {
  for (const unsigned workers : {1u, 2u, 4u}) {
    Pool pool(small_pool(workers));
    Chronicle chronicle(pool);
    Mixture mixture(pool);
    mixture.submit_all();
    EXPECT_THROW(pool.wait(), std::runtime_error);
    mixture.expect_law();
    chronicle.expect_law();
    const auto all = pool.statistics();
    EXPECT_EQ(chronicle.jobs(), all.jobs_created);
    EXPECT_EQ(all.jobs_created, all.jobs_finished);
    chronicle.expect_counts(all);
    const auto count = [&](JobState from, JobState to) { return chronicle.steps(from, to); };
    if (workers == 1) {
      EXPECT_GT(count(JobState::running, JobState::preempted), 0u);
    }
    EXPECT_GT(count(JobState::running, JobState::pending), 0u);
    EXPECT_GT(count(JobState::running, JobState::timed_out), 0u);
    // Which of them somebody steals, and which are cancelled before they start, is not certain.
  }
}

TEST(Law, HoldsForAPoolThatCancelsWhatItHas) {
  auto config = small_pool(2);
  config.at_exit = AtExit::cancel;
  std::atomic<int> runs{0}, ends{0};
  constexpr int jobs = 500;
  {
    Pool pool(config);
    std::atomic<bool> started{false};
    auto heard = pool.subscribe([&](const Event& event) {
      if (event.kind == EventKind::job_step && is_final(event.job_to)) ++ends;
    });
    for (int i = 0; i < jobs; ++i) {
      pool.spawn([&] {
        started = true;
        ++runs;
        std::this_thread::sleep_for(100us);
      });
    }
    await([&] { return started.load(); });
    // The events of the end are told when the pool has ended, if somebody listens until then.
    static std::vector<Subscription> kept;
    kept.push_back(std::move(heard));
    struct Drop {
      ~Drop() { kept.clear(); }
    };
    static Drop drop;
  }
  EXPECT_EQ(ends, jobs);
  EXPECT_LE(runs, jobs);
}

// --- ranks ---------------------------------------------------------------------------------------

std::atomic<int> visits{0};
int visit(JobContext& job, const int& depth) {
  ++visits;
  if (depth > 0) {
    job.spawn<visit>({.priority = Priority::low}, depth - 1);
    auto one = job.submit<visit>({.priority = Priority::normal}, depth - 1);
    auto two = job.submit<visit>({.priority = Priority::high, .timeout = 1h}, depth - 1);
    EXPECT_EQ(one.get() + two.get(), 2 * (depth - 1));
  }
  return depth;
}

TEST(Law, HoldsForJobsThatGoFromRankToRank) {
  visits = 0;
  PoolNetwork net({2, 1, 2});
  Chronicle first(net.pool(0)), second(net.pool(1)), third(net.pool(2));
  auto root = net.submit<visit>(0, 7);
  net.run();
  EXPECT_EQ(root.get(), 7);
  for (std::size_t i = 0; i < 3; ++i) net.pool(i).wait();
  std::size_t rank = 0;
  for (Chronicle* chronicle : {&first, &second, &third}) {
    chronicle->expect_law();
    chronicle->expect_counts(net.pool(rank++).statistics());
  }
  EXPECT_EQ(visits, (6561 - 1) / 2);  // 3^0 + ... + 3^7
  EXPECT_GT(net.jobs_moved(), 0u);
}

/// It is a job like others, wherever it runs.
TEST(Law, HoldsForTheFunctionOfRun) {
  Pool pool(small_pool(2));
  Chronicle chronicle(pool);
  EXPECT_EQ(pool.run([](JobContext& job) {
    job.spawn([] {});
    return 1;
  }),
            1);
  EXPECT_THROW(pool.run([] { throw std::runtime_error("thrown"); }), std::runtime_error);
  pool.wait();
  chronicle.expect_law();
  EXPECT_EQ(chronicle.jobs(), 3u);
  EXPECT_EQ(chronicle.steps(JobState::running, JobState::failed), 1u);
  chronicle.expect_counts(pool.statistics());
}

/// Events cost nothing that one would have to pay for ever.
TEST(Events, EndWithTheirSubscription) {
  Pool pool(small_pool(1));
  std::atomic<int> heard{0};
  {
    auto subscription = pool.subscribe([&](const Event&) { ++heard; });
    pool.submit([] {}).wait();
    pool.wait();
    subscription.flush();
    EXPECT_GT(heard, 0);
  }
  const int before = heard;
  pool.submit([] {}).wait();
  pool.wait();
  EXPECT_EQ(heard, before);
}

}  // namespace
}  // namespace jackdaw
