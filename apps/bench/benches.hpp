#pragma once
/// \file
/// The benchmarks of `jackdaw bench`. Each answers one question, checks its result, and leaves its
/// figures behind; variants are run in turn, round by round, so that a slow moment hits them all.

#include <string>  // string

#include "bench/figures.hpp"   // Figures
#include "jackdaw/config.hpp"  // Config

namespace jackdaw {
class Ranks;
}

namespace jackdaw::apps::bench {

struct Options {
  Config config;
  int rounds = 7;
};

void measure_spawn(const Options& options, Figures& figures);
void measure_balance(const Options& options, Figures& figures);
void measure_strategies(const Options& options, Figures& figures);
void measure_jobs(const Options& options, Figures& figures);
void measure_loop(const Options& options, Figures& figures);
void measure_nqueens(const Options& options, Figures& figures);
void measure_idle(const Options& options, Figures& figures);
void measure_uts(const Options& options, Figures& figures);
void compare_with_peers(const Options& options, Figures& figures);
/// Where Kokkos was found. \param picture  a PNG to write; empty: none
void measure_kokkos(const Options& options, const std::string& picture, Figures& figures);

/// Where the scaling table goes beside the screen; empty: nowhere.
struct TreeOptions {
  std::string tree = "T1";
  std::string csv, plot;
};

// Collective over the ranks; rank 0 has the figures.
void measure_steal(Ranks& ranks, const Options& options, Figures& figures);
/// \returns the workers of each rank
unsigned measure_tree(Ranks& ranks, const Options& options, const TreeOptions& tree,
                      Figures& figures);

/// `config` with another number of workers.
[[nodiscard]] inline Config with_workers(Config config, unsigned workers) {
  config.workers = workers;
  return config;
}

}  // namespace jackdaw::apps::bench
