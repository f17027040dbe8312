#include "workloads/nqueens.hpp"

#include "bench/benches.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {

/// What do forks without a cutoff cost a real recursion?
void measure_nqueens(const Options& options, Figures& figures) {
  constexpr int n = 12;
  Pool one(with_workers(options.config, 1));
  Pool all(options.config);
  Sample ratio, speedup;
  for (int round = 0; round < options.rounds; ++round) {
    std::uint64_t solutions = 0;
    const auto on = [&](Pool& pool) {
      return pool
          .submit([&] { return seconds([&] { solutions = workloads::nqueens_by_fork_join(n); }); })
          .get();
    };
    const double serial = seconds([&] { solutions = workloads::nqueens_alone(n); });
    expect(solutions == 14200, "nqueens(12), alone");
    const double with_one = on(one);
    expect(solutions == 14200, "nqueens(12), by one worker");
    const double with_all = on(all);
    expect(solutions == 14200, "nqueens(12), by all workers");
    ratio.add(with_one / serial);
    speedup.add(with_one / with_all);
  }
  figures.add("nqueens.one_worker_vs_serial", ratio, "ratio",
              "time of nqueens(12), one worker to serial");
  figures.add("nqueens.speedup", speedup, "ratio", "time of nqueens(12), one worker to all");
}

}  // namespace jackdaw::apps::bench
