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

/// One after the other, each made by a job, and each begun when the one before has ended.
template <typename Make>
void run_phases(Pool& pool, int phases, Make make) {
  for (int phase = 0; phase < phases; ++phase) {
    pool.spawn([&make](JobContext& job) { make(job); });
    pool.wait();
  }
}

/// \returns seconds
double fine_fork_join(Pool& pool) {
  long result = 0;
  const double taken =
      seconds([&] { pool.submit([&result] { result = fib_by_forks(31); }).wait(); });
  expect(result == 1346269, "fib(31)");
  return taken;
}

double coarse_bag(Pool& pool) {
  return seconds([&] {
    run_phases(pool, 1, [](JobContext& job) {
      for (int i = 0; i < 150; ++i) job.spawn([] { compute(200'000); });
    });
  });
}

/// Matrix products among log lines.
double huge_and_tiny(Pool& pool) {
  std::minstd_rand random(1);
  return seconds([&] {
    run_phases(pool, 50, [&](JobContext& job) {
      for (int i = 0; i < 800; ++i) {
        if (random() % 400 == 0) {
          job.spawn([] { compute(80'000); });
        } else {
          job.spawn([] { compute(200); });
        }
      }
    });
  });
}

/// Each piece is first touched, and later summed, by whoever runs it.
double memory_bound(Pool& pool) {
  constexpr std::size_t pieces = 64, piece = 1U << 17;  // 1 MiB each
  std::vector<std::vector<double>> data(pieces);
  const auto pass = [&](JobContext& job) {
    for (auto& mine : data) {
      job.spawn([&mine] {
        if (mine.empty()) mine.assign(piece, 1.0);
        for (double& value : mine) value = value * 0.5 + 1.0;
      });
    }
  };
  run_phases(pool, 1, pass);  // takes as long as the system needs to find the memory
  return seconds([&] { run_phases(pool, 5, pass); });
}

/// Requests of a server. How long none come does not count.
double bursts(Pool& pool) {
  std::minstd_rand random(1);
  double busy = 0;
  for (int burst = 0; burst < 60; ++burst) {
    busy += seconds([&] {
      for (int i = 0; i < 12; ++i) {
        const int steps = 4'000 + static_cast<int>(random() % 32'000);
        pool.spawn([steps] { compute(steps); });
      }
      pool.wait();
    });
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return busy;
}

struct Workload {
  const char* name;
  double (*run)(Pool&);
  const char* what;
};
constexpr std::array workloads{
    Workload{"fork_join", fine_fork_join, "fib(31), a fork a call"},
    Workload{"coarse", coarse_bag, "150 jobs of 0.2 ms made by one"},
    Workload{"huge_and_tiny", huge_and_tiny,
             "50 times 800 jobs, one in 400 four hundred times as long"},
    Workload{"memory", memory_bound, "64 MiB in pieces, five times"},
    Workload{"bursts", bursts, "60 bursts of 12 jobs from outside"},
};

constexpr std::size_t fixed = strategies.size() - 1;  // the last one adapts

/// Of one workload.
struct Times {
  std::array<Sample, strategies.size()> ms;
  std::array<Sample, fixed> ratios;  // of each fixed one to adaptive, round by round
};

/// All in turn, beginning with another one each round.
void run_round(const Config& asked, const Workload& workload, std::size_t round, Times& times) {
  std::array<double, strategies.size()> ms{};
  for (std::size_t i = 0; i < strategies.size(); ++i) {
    const auto s = (i + round) % strategies.size();
    auto config = asked;
    config.strategy = strategies[s];
    Pool pool(config);
    (void)workload.run(pool);  // so that what it learns is learnt
    ms[s] = workload.run(pool) * 1e3;
    times.ms[s].add(ms[s]);
  }
  for (std::size_t s = 0; s < fixed; ++s) times.ratios[s].add(ms[s] / ms[fixed]);
}

/// Of adaptive and the fixed ones: medians of the ratios, since a slow moment slows both alike.
void compare(const std::array<Times, workloads.size()>& times, Figures& figures) {
  double worst = 1e9;
  std::array<double, fixed> logs{};
  for (const auto& of_workload : times) {
    for (std::size_t s = 0; s < fixed; ++s) {
      const double ratio = of_workload.ratios[s].median();
      worst = std::min(worst, ratio);
      logs[s] += std::log(ratio) / workloads.size();
    }
  }
  const auto add = [&](const std::string& name, double ratio, const char* what) {
    Sample one;
    one.add(ratio);
    figures.add("strategies." + name, one, "ratio", what);
  };
  for (std::size_t s = 0; s < fixed; ++s) {
    add("adaptive_mean_vs_" + std::string(name(strategies[s])), std::exp(logs[s]),
        "its time to that of adaptive, geometric mean over the workloads");
  }
  add("adaptive_worst_vs_best", worst,
      "time of the best fixed one to that of adaptive, where that is worst");
  add("adaptive_mean_vs_fixed", std::exp(*std::min_element(logs.begin(), logs.end())),
      "the least of the geometric means");
}

}  // namespace

/// Which way to steal is best for what? Each runs in a pool of its own.
void measure_strategies(const Options& options, Figures& figures) {
  std::array<Times, workloads.size()> times;
  const auto rounds = 5 * static_cast<std::size_t>(options.rounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t w = 0; w < workloads.size(); ++w)
      run_round(options.config, workloads[w], round, times[w]);
  }
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    for (std::size_t s = 0; s < strategies.size(); ++s) {
      figures.add("strategies." + std::string(workloads[w].name) + "." +
                      std::string(name(strategies[s])) + "_ms",
                  times[w].ms[s], "ms", workloads[w].what);
    }
  }
  compare(times, figures);
}

}  // namespace jackdaw::apps::bench
