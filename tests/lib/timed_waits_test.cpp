#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "jackdaw/pool.hpp"
#include "support/pools.hpp"

namespace jackdaw {
namespace {

using std::chrono::nanoseconds;
using testing::small_pool;

/// A job that runs until it may end.
struct Held {
  explicit Held(Pool& pool)
      : job(pool.submit([this] {
          entered = true;
          while (!open) std::this_thread::yield();
        })) {
    while (!entered) std::this_thread::yield();
  }
  ~Held() {
    open = true;
    job.wait();  // it looks at what is below
  }
  std::atomic<bool> entered{false}, open{false};
  JobHandle<void> job;
};

/// Lets it end once the wait has gone wrong, or has had every chance to.
void open_later(Held& held, const std::atomic<bool>& returned) {
  for (int i = 0; i < 2000 && !returned; ++i) std::this_thread::yield();
  EXPECT_FALSE(returned) << "it gave up";
  held.open = true;
}

TEST(TimedWaits, EndHoweverShortTheyAre) {
  Pool pool(small_pool(1));
  const Held held(pool);
  // Some of these pass between a look at the clock and the next: nothing must come of it.
  for (int ns = -10; ns < 2000; ++ns) EXPECT_FALSE(held.job.wait_for(nanoseconds(ns)));
}

TEST(TimedWaits, EndInsideAJobToo) {
  Pool pool(small_pool(2));
  const Held held(pool);
  pool.run([&] {
    for (int ns = -10; ns < 2000; ++ns) EXPECT_FALSE(held.job.wait_for(nanoseconds(ns)));
  });
}

TEST(TimedWaits, LastForEverIfTheTimeIsBeyondTheClock) {
  Pool pool(small_pool(1));
  Held held(pool);
  std::atomic<bool> returned{false};
  std::thread opener([&] { open_later(held, returned); });
  EXPECT_TRUE(held.job.wait_for(nanoseconds::max()));
  returned = true;
  opener.join();
}

TEST(TimedWaits, LastForEverInsideAJobToo) {
  Pool pool(small_pool(2));
  Held held(pool);
  std::atomic<bool> returned{false};
  std::thread opener([&] { open_later(held, returned); });
  pool.run([&] { EXPECT_TRUE(held.job.wait_for(nanoseconds::max())); });
  returned = true;
  opener.join();
}

TEST(TimedWaits, SeeAJobThatIsFinalWithoutWaiting) {
  Pool pool(small_pool(1));
  const auto job = pool.submit([] {});
  job.wait();
  EXPECT_TRUE(job.wait_for(nanoseconds::zero()));
  EXPECT_TRUE(job.wait_for(nanoseconds::min()));
}

}  // namespace
}  // namespace jackdaw
