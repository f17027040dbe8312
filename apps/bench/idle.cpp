#include <sys/resource.h>  // getrusage

#include <atomic>              // atomic
#include <chrono>              // duration, steady_clock
#include <condition_variable>  // condition_variable
#include <mutex>               // mutex, unique_lock
#include <thread>              // sleep_for, thread

#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

using Clock = std::chrono::steady_clock;

double us_since(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double, std::micro>(end - start).count();
}

/// A plain thread that sleeps until it is told: the least that the system makes of a wake-up.
class Sleeper {
 public:
  Sleeper() : thread_([this] { live(); }) {}
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    ends_ = true;
    (void)wake();
    thread_.join();
  }
  /// \returns from the call until it runs, in us
  double wake() {
    std::unique_lock hold(mutex_);
    const auto called = Clock::now();
    called_ = true;
    hold.unlock();
    told_.notify_one();
    hold.lock();
    told_.wait(hold, [&] { return !called_; });
    return us_since(called, woken_);
  }

 private:
  void live() {
    std::unique_lock hold(mutex_);
    while (!ends_) {
      told_.wait(hold, [&] { return called_; });
      woken_ = Clock::now();
      called_ = false;
      told_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable told_;  // one of the two waits
  bool called_ = false;
  std::atomic<bool> ends_{false};
  Clock::time_point woken_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace

/// What does an idle pool use, and how soon does a sleeping one start a job?
void measure_idle(const Options& options, Figures& figures) {
  constexpr std::chrono::seconds watched{2};  // each round; told as for 10 s
  Pool pool(options.config);
  pool.submit([] {}).wait();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until all sleep
  Sample cpu;
  for (int i = 0; i < options.rounds; ++i) {
    const double before = cpu_seconds();
    std::this_thread::sleep_for(watched);
    cpu.add((cpu_seconds() - before) * 1e3 * 10 / watched.count() / pool.workers());
  }

  Sample start, plain;
  Sleeper sleeper;
  const auto forty_times = [](auto what) {
    for (int i = 0; i < 40; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(3));  // until all sleep again
      what();
    }
  };
  for (int round = 0; round < options.rounds; ++round) {
    forty_times([&] {
      const auto submitted = Clock::now();
      start.add(us_since(submitted, pool.submit([] { return Clock::now(); }).get()));
    });
    forty_times([&] { plain.add(sleeper.wake()); });
  }
  figures.add("idle.cpu_ms", cpu, "ms", "CPU time of a worker in 10 idle seconds");
  figures.add("idle.start_us", start, "us", "from submit until the job runs, all workers asleep");
  figures.add("idle.plain_start_us", plain, "us",
              "from notify_one until a plain thread runs that slept on a condition variable");
}

}  // namespace jackdaw::apps::bench
