#include <sys/resource.h>  // getrusage

#include <chrono>  // microseconds
#include <thread>  // sleep_for

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

}  // namespace

/// What does an idle pool use, and how soon does a sleeping one start a job?
void measure_idle(const Options& options, Figures& figures) {
  using Clock = std::chrono::steady_clock;
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

  Sample start;
  for (int i = 0; i < 40 * options.rounds; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));  // until all sleep again
    const auto submitted = Clock::now();
    const auto started = pool.submit([] { return Clock::now(); }).get();
    start.add(std::chrono::duration<double, std::micro>(started - submitted).count());
  }
  figures.add("idle.cpu_ms", cpu, "ms", "CPU time of a worker in 10 idle seconds");
  figures.add("idle.start_us", start, "us", "from submit until the job runs, all workers asleep");
}

}  // namespace jackdaw::apps::bench
