#include <atomic>   // atomic
#include <chrono>   // steady_clock
#include <cstdint>  // uint64_t

#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

using Clock = std::chrono::steady_clock;

void compute_for(std::chrono::microseconds time) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
  }
}

/// All that there is to do is made by one job: a skewed start. Every hundredth job is long.
struct Skewed {
  double seconds = 0;
  std::uint64_t moved = 0, steals = 0;

  explicit Skewed(const Config& config) {
    Pool pool(config);
    constexpr int jobs = 10'000;
    const auto start = Clock::now();
    pool.spawn([](JobContext& job) {
      for (int i = 0; i < jobs; ++i) {
        const bool is_long = i % 100 == 0;
        job.spawn([is_long] { compute_for(std::chrono::microseconds(is_long ? 1000 : 20)); });
      }
    });
    pool.wait();
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const auto all = pool.statistics();
    moved = all.jobs_rebalanced;
    for (const auto& worker : all.workers) steals += worker.steals;
  }
};

}  // namespace

/// Does it pay to move jobs to workers by name, beside stealing?
void measure_balance(const Options& options, Figures& figures) {
  auto stealing = options.config;
  stealing.rebalance_interval = std::chrono::milliseconds(0);
  auto rebalancing = options.config;
  rebalancing.rebalance_interval = std::chrono::milliseconds(20);  // the whole takes but 0.3 s
  Sample alone, with, ratio, steals_alone, steals_with, moved;
  for (int i = 0; i < options.rounds; ++i) {
    const Skewed a(stealing), b(rebalancing);
    alone.add(a.seconds * 1e3);
    with.add(b.seconds * 1e3);
    ratio.add(a.seconds / b.seconds);
    steals_alone.add(static_cast<double>(a.steals));
    steals_with.add(static_cast<double>(b.steals));
    moved.add(static_cast<double>(b.moved));
  }
  figures.add("balance.rebalancing_vs_stealing", ratio, "ratio",
              "time by stealing alone to time with rebalancing every 20 ms");
  figures.add("balance.stealing_ms", alone, "ms", "10000 jobs made by one, by stealing alone");
  figures.add("balance.rebalancing_ms", with, "ms", "the same with rebalancing");
  figures.add("balance.steals_alone", steals_alone, "steals", "by stealing alone");
  figures.add("balance.steals", steals_with, "steals", "with rebalancing");
  figures.add("balance.moved", moved, "jobs", "moved by rebalancing");
}

}  // namespace jackdaw::apps::bench
