#include <algorithm>  // min_element
#include <array>      // array
#include <vector>     // vector

#include "bench/benches.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {

/// What does an iteration cost at grain 1, and does the automatic grain find the best one?
void measure_loop(const Options& options, Figures& figures) {
  constexpr std::size_t size = 20'000'000;
  constexpr std::array<std::uint64_t, 5> grains{64, 512, 4096, 32'768, 262'144};
  std::vector<float> data(size, 1.0F);
  const auto body = [&](std::size_t i) { data[i] = data[i] * 0.5F + 1.0F; };
  Pool pool(options.config);
  Pool alone(with_workers(options.config, 1));
  const auto time = [&](Pool& on, std::uint64_t grain) {
    return on.run([&] {
      return seconds([&] { parallel_for(std::size_t{0}, size, body, {.grain = grain}); });
    });
  };
  (void)time(pool, 4096);  // the first touch of the data
  Sample fine, automatic;
  std::array<Sample, grains.size()> by_hand, ratios;
  for (int round = 0; round < options.rounds; ++round) {
    fine.add(time(alone, 1) / size * 1e9);
    const double found = time(pool, 0);
    automatic.add(found / size * 1e9);
    for (std::size_t g = 0; g < grains.size(); ++g) {
      const double taken = time(pool, grains[g]);
      by_hand[g].add(taken);
      ratios[g].add(found / taken);
    }
  }
  // The best grain is the one with the best median: the least of five noisy times of one round
  // would be a lucky time rather than a good grain.
  const auto best = static_cast<std::size_t>(
      std::min_element(by_hand.begin(), by_hand.end(),
                       [](const Sample& a, const Sample& b) { return a.median() < b.median(); }) -
      by_hand.begin());
  for (const float x : data) expect(x > 1.0F && x <= 2.0F, "an element of the loop");
  figures.add("loop.grain1_ns", fine, "ns", "an iteration at grain 1, on one worker");
  figures.add("loop.auto_ns", automatic, "ns", "an iteration at automatic grain, on all workers");
  figures.add("loop.auto_vs_best", ratios[best], "ratio",
              "time at automatic grain to the best of five grains");
}

}  // namespace jackdaw::apps::bench
