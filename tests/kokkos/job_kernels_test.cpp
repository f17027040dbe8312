#include "jackdaw/kokkos/job_kernels.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "jackdaw/kokkos/regions.hpp"
#include "support/kokkos_spaces.hpp"

namespace jackdaw::testing {
namespace {

/// A space whose kernels take a number of looks: what a GPU is to jobs. Where a kernel has failed,
/// a fence ends the process, as that of Kokkos::Cuda may.
class SlowDevice {
 public:
  struct State {
    std::atomic<int> looks_left{0};
    std::atomic<bool> fails{false};
  };
  SlowDevice() : state(std::make_shared<State>()) {}
  void fence() const {
    if (state->fails) throw std::runtime_error("a fence after a failure");
    state->looks_left = 0;
  }
  std::shared_ptr<State> state;
};

}  // namespace
}  // namespace jackdaw::testing

template <>
struct jackdaw::kokkos::Completion<jackdaw::testing::SlowDevice> {
  static bool is_done(const jackdaw::testing::SlowDevice& device) {
    if (device.state->fails) throw std::runtime_error("the device has failed");
    return --device.state->looks_left <= 0;
  }
};

namespace jackdaw::testing {
namespace {

using kokkos::KernelQueue;

TEST(JobKernels, OtherJobsRunWhileAKernelDoes) {
  Pool pool(small_pool(1));
  KernelQueue<SlowDevice> queue({SlowDevice()});
  std::atomic<int> others{0};
  bool right = false;
  JobHandle<void> job;
  pool.run([&](JobContext& context) {  // on the only worker, so nothing starts meanwhile
    job = queue.submit(
        context, [](const SlowDevice& device) { device.state->looks_left = 10; },
        [&] { right = others == 100; });
    for (int i = 0; i < 100; ++i) context.spawn([&] { ++others; });
  });
  pool.wait();
  EXPECT_EQ(job.state(), JobState::completed);
  EXPECT_TRUE(right) << "10 looks were over before the jobs that were queued in between";
}

TEST(JobKernels, NoMoreAreInFlightThanThereAreInstances) {
  Pool pool(small_pool(4));
  KernelQueue<SlowDevice> queue({SlowDevice(), SlowDevice()});
  std::atomic<int> in_flight{0}, most{0}, finished{0};
  pool.run([&](JobContext& context) {
    std::vector<JobHandle<void>> jobs;
    for (int i = 0; i < 40; ++i) {
      jobs.push_back(queue.submit(
          context,
          [&, i](const SlowDevice& device) {
            const int now = ++in_flight;
            int before = most;
            while (before < now && !most.compare_exchange_weak(before, now)) {
            }
            --in_flight;
            EXPECT_EQ(device.state->looks_left, 0) << "two jobs on one instance";
            device.state->looks_left = i % 5 + 1;
          },
          [&](JobContext&) { ++finished; }));
    }
    for (const auto& job : jobs) job.get();
  });
  EXPECT_EQ(finished, 40);
  EXPECT_LE(most, 2);
}

/// It goes in and out of the queue by the hand of who waits; wherever it is when it is cancelled,
/// it counts once, and the pool finds its end.
TEST(JobKernels, OneThatIsWaitedForMayBeCancelledAtAnyMoment) {
  for (int round = 0; round < 300; ++round) {
    Pool pool(small_pool(2));
    const SlowDevice device;
    KernelQueue<SlowDevice> queue({device});
    const auto job = queue.submit(
        pool, [](const SlowDevice& on) { on.state->looks_left = 1'000'000'000; },
        [](JobContext& context) { context.checkpoint(); });
    const auto waiter = pool.submit([&] { job.wait(); });
    std::this_thread::sleep_for(std::chrono::microseconds(round));
    bool is_over = false;
    while (!is_over) {
      (void)job.cancel();
      is_over = is_final(job.state());
      device.state->looks_left = 1;  // a kernel that is in flight is waited for
    }
    waiter.wait();
    pool.wait();
    EXPECT_EQ(job.state(), JobState::cancelled);
    const auto counts = pool.statistics();
    EXPECT_EQ(counts.jobs_finished, 2u);
    EXPECT_EQ(counts.jobs_created, 2u);
  }
}

TEST(JobKernels, ErrorsMakeTheJobFailed) {
  Pool pool(small_pool(2));
  const SlowDevice device;
  KernelQueue<SlowDevice> queue({device});
  const auto launch = [](const SlowDevice& on) { on.state->looks_left = 3; };
  device.state->fails = true;
  const auto by_device = queue.submit(pool, launch, [] { FAIL(); });
  by_device.wait();
  EXPECT_EQ(by_device.state(), JobState::failed);
  EXPECT_THROW(by_device.get(), std::runtime_error);
  const auto by_both = queue.submit(
      pool, [](const SlowDevice&) { throw std::logic_error("launch"); }, [] { FAIL(); });
  EXPECT_THROW(by_both.get(), std::logic_error);
  device.state->fails = false;
  const auto by_launch = queue.submit(
      pool, [](const SlowDevice&) { throw std::logic_error("launch"); }, [] { FAIL(); });
  EXPECT_THROW(by_launch.get(), std::logic_error);
  const auto by_then = queue.submit(pool, launch, [] { throw std::logic_error("then"); });
  EXPECT_THROW(by_then.get(), std::logic_error);
  EXPECT_NO_THROW(queue.submit(pool, launch, [] {}).get());  // the instance is free again
  EXPECT_THROW(KernelQueue<SlowDevice>({}), std::invalid_argument);
}

/// What a kernel works on: notes whether that kernel was in flight when it went.
class Buffer {
 public:
  Buffer(const SlowDevice& device, bool& went_in_flight)
      : state_(device.state), went_in_flight_(&went_in_flight) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { *went_in_flight_ = state_->looks_left > 0; }

 private:
  std::shared_ptr<SlowDevice::State> state_;
  bool* went_in_flight_;
};

TEST(JobKernels, AJobThatIsCancelledKeepsWhatItHasUntilItsKernelIsDoneThenNoMore) {
  Pool pool(small_pool(1));
  const SlowDevice device;
  bool in_flight = true;
  JobHandle<void> job;
  {
    KernelQueue<SlowDevice> queue({device});
    auto buffer = std::make_shared<Buffer>(device, in_flight);
    const std::weak_ptr<Buffer> kept = buffer;
    pool.run([&](JobContext& context) {
      job = queue.submit(
          context,
          [&, buffer = std::move(buffer)](const SlowDevice& on) {
            on.state->looks_left = 10;
            pool.spawn([&] {  // before the job, which comes back behind it
              EXPECT_TRUE(job.cancel());
              EXPECT_FALSE(kept.expired());
            });
          },
          [] { FAIL(); });
    });
    pool.wait();
    EXPECT_EQ(job.state(), JobState::cancelled);
    EXPECT_TRUE(kept.expired());
    EXPECT_FALSE(in_flight);
  }
  EXPECT_EQ(device.state.use_count(), 1) << "a handle keeps the instances";
}

TEST(JobKernels, WhoWaitsForAnInstanceLooksAtTheKernelThatHasIt) {
  for (const bool cancelled : {false, true}) {
    Pool pool(small_pool(1));
    const SlowDevice device;
    KernelQueue<SlowDevice> queue({device});
    JobHandle<void> first;
    bool second_done = false;
    const auto second = [&](JobContext& context) {  // on the only worker: nobody comes to the first
      EXPECT_EQ(cancelled && first.cancel(), cancelled);
      queue
          .submit(
              context, [](const SlowDevice& on) { on.state->looks_left = 5; },
              [&] { second_done = true; })
          .get();
    };
    pool.run([&](JobContext& context) {
      first = queue.submit(
          context,
          [&](const SlowDevice& on) {
            on.state->looks_left = 10;
            pool.spawn(second);
          },
          [&] { EXPECT_TRUE(second_done); });
    });
    pool.wait();
    EXPECT_TRUE(second_done);
    EXPECT_EQ(first.state(), cancelled ? JobState::cancelled : JobState::completed);
  }
}

TEST(JobKernels, AnErrorIsThatOfTheJobWhoseKernelFailedWhoeverFindsIt) {
  Pool pool(small_pool(1));
  const SlowDevice device;
  KernelQueue<SlowDevice> queue({device});
  JobHandle<void> first;
  pool.run([&](JobContext& context) {
    first = queue.submit(
        context,
        [&](const SlowDevice& on) {
          on.state->looks_left = 10;
          pool.spawn([&](JobContext& inside) {
            on.state->fails = true;
            queue
                .submit(
                    inside, [](const SlowDevice& again) { again.state->fails = false; }, [] {})
                .get();
          });
        },
        [] { FAIL(); });
  });
  pool.wait();
  EXPECT_EQ(first.state(), JobState::failed);
  EXPECT_EQ(first.report().error, "the device has failed");
}

TEST(JobKernels, KernelsOfTheHostAreDoneAtOnce) {
  Pool pool(small_pool(2));
  KernelQueue<WorkStealing> queue({WorkStealing(), WorkStealing()});
  long sum = 0;
  const auto job = queue.submit(
      pool,
      [&](const WorkStealing& space) {
        Kokkos::parallel_reduce(
            Kokkos::RangePolicy<WorkStealing>(space, 0, 1000),
            [](std::size_t i, long& x) { x += static_cast<long>(i); }, sum);
      },
      [&] { EXPECT_EQ(sum, 499'500); });
  job.get();
}

std::vector<std::string> regions;  // NOLINT: tools call functions, not objects
void visit(JobContext&, const int& number) {
  if (number > 0) regions.push_back("visited");
}

TEST(Regions, AreNamedAfterTheFunctionAndNested) {
  regions.clear();
  Pool pool(small_pool(1));
  pool.spawn<kokkos::in_region<visit>>(1);  // without a tool: nothing
  pool.wait();
  EXPECT_EQ(regions, std::vector<std::string>{"visited"});
  using namespace Kokkos::Tools::Experimental;
  set_push_region_callback([](const char* name) { regions.push_back(std::string("(") + name); });
  set_pop_region_callback([] { regions.push_back(")"); });
  pool.spawn<kokkos::in_region<visit>>(1);
  pool.wait();
  pool.submit([](JobContext& job) { const kokkos::Region region(job); }, {.name = "named"}).get();
  set_push_region_callback(nullptr);
  set_pop_region_callback(nullptr);
  ASSERT_EQ(regions.size(), 6u);
  EXPECT_NE(regions[1].find("visit"), std::string::npos) << regions[1];
  EXPECT_EQ(regions[2], "visited");
  EXPECT_EQ(regions[3], ")");
  EXPECT_EQ(regions[4], "(named");
  EXPECT_EQ(regions[5], ")");
}

}  // namespace
}  // namespace jackdaw::testing
