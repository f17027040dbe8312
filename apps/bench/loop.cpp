#include <algorithm>  // min_element
#include <array>      // array
#include <cstddef>    // size_t
#include <span>       // span
#include <vector>     // vector

#include "bench/benches.hpp"
#include "jackdaw/parallel_for.hpp"
#include "jackdaw/pool.hpp"

namespace jackdaw::apps::bench {
namespace {

/// The least of several noisy times of one round would be a lucky time rather than a good grain.
std::size_t with_best_median(std::span<const Sample> times) {
  const auto best = std::min_element(times.begin(), times.end(), [](const auto& a, const auto& b) {
    return a.median() < b.median();
  });
  return static_cast<std::size_t>(best - times.begin());
}

}  // namespace

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
  for (int round = 0; round < options.rounds; ++round) fine.add(time(alone, 1) / size * 1e9);
  for (int round = 0; round < 3 * options.rounds; ++round) {
    // In turn, beginning with another one each round; the first finds its workers asleep.
    std::array<double, grains.size() + 1> taken{};  // the last one at automatic grain
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const std::size_t g = (i + static_cast<std::size_t>(round)) % taken.size();
      taken[g] = time(pool, g == grains.size() ? 0 : grains[g]);
    }
    automatic.add(taken.back() / size * 1e9);
    for (std::size_t g = 0; g < grains.size(); ++g) {
      by_hand[g].add(taken[g]);
      ratios[g].add(taken.back() / taken[g]);
    }
  }
  const auto best = with_best_median(by_hand);
  for (const float x : data) expect(x > 1.0F && x <= 2.0F, "an element of the loop");
  figures.add("loop.grain1_ns", fine, "ns", "an iteration at grain 1, on one worker");
  figures.add("loop.auto_ns", automatic, "ns", "an iteration at automatic grain, on all workers");
  figures.add("loop.auto_vs_best", ratios[best], "ratio",
              "time at automatic grain to the best of five grains");
}

}  // namespace jackdaw::apps::bench
