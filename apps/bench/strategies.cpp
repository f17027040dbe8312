#include <algorithm>  // max, min
#include <array>      // array
#include <chrono>     // microseconds
#include <cmath>      // exp, log
#include <cstddef>    // size_t
#include <cstdint>    // uint64_t
#include <random>     // minstd_rand
#include <string>     // string
#include <thread>     // sleep_for
#include <vector>     // vector

#include "bench/benches.hpp"
#include "bench/fib.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

constexpr std::array strategies{Strategy::single, Strategy::batched, Strategy::locality_aware,
                                Strategy::adaptive};

/// Work that takes the same whoever else is on the core: about 1 us for 1000 steps.
void compute(int steps) {
  std::uint64_t x = 1;
  for (int i = 0; i < steps; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    asm volatile("" : "+r"(x));
  }
}

void fine_fork_join(Pool& pool) {
  long result = 0;
  pool.submit([&] { result = fib_by_forks(31); }).wait();
  expect(result == 1346269, "fib(31)");
}

void coarse_bag(Pool& pool) {
  pool.spawn([](JobContext& job) {
    for (int i = 0; i < 150; ++i) job.spawn([] { compute(200'000); });
  });
  pool.wait();
}

/// Matrix products among log lines.
void huge_and_tiny(Pool& pool) {
  pool.spawn([](JobContext& job) {
    std::minstd_rand random(1);
    for (int i = 0; i < 6'000; ++i) {
      if (random() % 100 == 0) {
        job.spawn([] { compute(400'000); });
      } else {
        job.spawn([] { compute(300); });
      }
    }
  });
  pool.wait();
}

/// Each piece is first touched, and later summed, by whoever runs it.
void memory_bound(Pool& pool) {
  constexpr std::size_t pieces = 64, piece = 1U << 17;  // 1 MiB each
  std::vector<std::vector<double>> data(pieces);
  for (int round = 0; round < 5; ++round) {
    pool.spawn([&](JobContext& job) {
      for (auto& mine : data) {
        job.spawn([&mine] {
          if (mine.empty()) mine.assign(piece, 1.0);
          for (double& value : mine) value = value * 0.5 + 1.0;
        });
      }
    });
    pool.wait();
  }
}

void bursts(Pool& pool) {
  for (int burst = 0; burst < 30; ++burst) {
    for (int i = 0; i < 200; ++i) pool.spawn([] { compute(5'000); });
    pool.wait();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

struct Workload {
  const char* name;
  void (*run)(Pool&);
  const char* what;
};
constexpr std::array workloads{
    Workload{"fork_join", fine_fork_join, "fib(31), a fork a call"},
    Workload{"coarse", coarse_bag, "150 jobs of 0.2 ms made by one"},
    Workload{"huge_and_tiny", huge_and_tiny,
             "6000 jobs, one in a hundred a thousand times as long"},
    Workload{"memory", memory_bound, "64 MiB in pieces, five times"},
    Workload{"bursts", bursts, "30 bursts of 200 jobs from outside"},
};

using Times = std::array<std::array<Sample, strategies.size()>, workloads.size()>;

/// All in turn, beginning with another one each round.
void run_round(const Config& asked, std::size_t round, Times& times) {
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    for (std::size_t i = 0; i < strategies.size(); ++i) {
      const auto s = (i + round) % strategies.size();
      auto config = asked;
      config.strategy = strategies[s];
      Pool pool(config);
      workloads[w].run(pool);  // so that what it learns is learnt
      times[w][s].add(seconds([&] { workloads[w].run(pool); }) * 1e3);
    }
  }
}

/// Of adaptive, which is the last, and the fixed ones.
void compare(const Times& times, Figures& figures) {
  constexpr std::size_t fixed = strategies.size() - 1;
  Sample worst, mean;
  double least = 1e9;
  std::array<double, fixed> logs{};
  for (const auto& of_workload : times) {
    const double adaptive = of_workload[fixed].median();
    double best = 1e9;
    for (std::size_t s = 0; s < fixed; ++s) {
      best = std::min(best, of_workload[s].median());
      logs[s] += std::log(of_workload[s].median() / adaptive);
    }
    least = std::min(least, best / adaptive);
  }
  worst.add(least);
  mean.add(std::exp(*std::min_element(logs.begin(), logs.end()) / workloads.size()));
  figures.add("strategies.adaptive_worst_vs_best", worst, "ratio",
              "time of the best fixed one to that of adaptive, where that is worst");
  figures.add("strategies.adaptive_mean_vs_fixed", mean, "ratio",
              "geometric mean over the workloads, to the best fixed one");
}

}  // namespace

/// Which way to steal is best for what? Each runs in a pool of its own.
void measure_strategies(const Options& options, Figures& figures) {
  Times times;
  const auto rounds = 3 * static_cast<std::size_t>(options.rounds);
  for (std::size_t round = 0; round < rounds; ++round) run_round(options.config, round, times);
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    for (std::size_t s = 0; s < strategies.size(); ++s) {
      figures.add("strategies." + std::string(workloads[w].name) + "." +
                      std::string(name(strategies[s])) + "_ms",
                  times[w][s], "ms", workloads[w].what);
    }
  }
  compare(times, figures);
}

}  // namespace jackdaw::apps::bench
