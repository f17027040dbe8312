#include <fmt/format.h>

#include <memory>     // make_shared
#include <stdexcept>  // invalid_argument
#include <string>     // string

#include "bench/benches.hpp"             // measure_spawn, ...
#include "commands.hpp"                  // add_bench_command
#include "environment.hpp"               // environment_json
#include "jackdaw/launch.hpp"            // launched_ranks, library
#include "jackdaw/pool.hpp"              // Pool
#include "jackdaw/ranks.hpp"             // Ranks
#include "pool_options.hpp"              // PoolOptions
#include "report.hpp"                    // print_notes
#include "workloads/uts_parameters.hpp"  // find_tree

namespace jackdaw::apps {
namespace {

struct Bench {
  const char* name;
  const char* question;
  void (*measure)(const bench::Options&, bench::Figures&);
};
constexpr Bench benches[] = {
    {"spawn", "the price of a fork that nobody steals", bench::measure_spawn},
    {"jobs", "independent jobs a second", bench::measure_jobs},
    {"loop", "parallel_for at grain 1 and at automatic grain", bench::measure_loop},
    {"nqueens", "a real recursion by forks, and without", bench::measure_nqueens},
    {"balance", "moving jobs to workers by name, to stealing alone", bench::measure_balance},
    {"strategies", "four ways to steal, on five workloads", bench::measure_strategies},
    {"idle", "what sleeping workers use, and how soon they wake", bench::measure_idle},
    {"uts", "tree search by a job a node, and serially", bench::measure_uts},
    {"compare", "the same programs on oneTBB and OpenMP tasks", bench::compare_with_peers}};

struct BenchOptions {
  PoolOptions pool;
  int rounds = 7;
  bool json = false;

  void add_to(CLI::App& command) {
    command.add_option("--rounds", rounds, "how often each variant is run (default 7)")
        ->check(CLI::Range(1, 1000));
    command.add_flag("--json", json, "print one JSON object, and nothing else");
    pool.add_to(command);
  }
};

template <typename Measure>
void run_bench(const char* name, const BenchOptions& options, Measure measure) {
  if (const int ranks = mpi::launched_ranks(); ranks > 1) {
    throw std::invalid_argument(
        fmt::format("{} ranks were started, but bench {} runs on one rank; start it without mpirun",
                    ranks, name));
  }
  const Config config = options.pool.config();
  auto environment = environment_json();
  {
    const Pool pool(config);
    print_notes(pool.notes());
    environment["workers"] = pool.workers();
  }
  environment["seed"] = config.seed;
  bench::Figures figures;
  measure(bench::Options{config, options.rounds}, figures);
  figures.print(options.json, environment);
}

/// One of those that several ranks run at once.
/// \param measure  gives the number of workers of each rank
template <typename Measure>
void run_on_ranks(const BenchOptions& options, Measure measure) {
  const Config config = options.pool.config();
  auto environment = environment_json();
  int argc = 0;
  char** argv = nullptr;
  Ranks ranks(argc, argv);
  bench::Figures figures;
  environment["workers"] = measure(ranks, bench::Options{config, options.rounds}, figures);
  environment["ranks"] = ranks.size();
  environment["mpi"] = mpi::library();
  environment["seed"] = config.seed;
  if (ranks.rank() == 0) figures.print(options.json, environment);
}

void add_steal(CLI::App& command) {
  auto* steal = command.add_subcommand(
      "steal", "a steal from another rank, beside bare MPI operations; mpirun -n 2");
  auto options = std::make_shared<BenchOptions>();
  options->add_to(*steal);
  steal->callback([options] {
    if (mpi::launched_ranks() < 2)
      throw std::invalid_argument(
          "a steal needs two ranks; start it as mpirun -n 2 jackdaw bench steal");
    run_on_ranks(*options, [](Ranks& ranks, const bench::Options& how, bench::Figures& figures) {
      bench::measure_steal(ranks, how, figures);
      return 1;  // the thread that steals, or lets steal
    });
  });
}

void add_tree(CLI::App& command) {
  auto* tree = command.add_subcommand(
      "tree", "tree search on 1, 2, 4 ... ranks of those that mpirun has started: a scaling table");
  auto options = std::make_shared<BenchOptions>();
  auto chosen = std::make_shared<bench::TreeOptions>();
  options->add_to(*tree);
  tree->add_option("--tree", chosen->tree, "a published tree (default T1)");
  tree->add_option("--csv", chosen->csv, "write the table to this file, too");
  tree->add_option("--plot", chosen->plot, "write a gnuplot script of it to this file");
  tree->callback([options, chosen] {
    (void)workloads::find_tree(chosen->tree);  // before MPI starts
    run_on_ranks(*options, [&](Ranks& ranks, const bench::Options& how, bench::Figures& figures) {
      return bench::measure_tree(ranks, how, *chosen, figures);
    });
  });
}

#if defined(JACKDAW_HAS_KOKKOS)
void add_kokkos(CLI::App& command) {
  auto* kokkos =
      command.add_subcommand("kokkos", "irregular Kokkos kernels on WorkStealing, and on Serial");
  auto options = std::make_shared<BenchOptions>();
  auto picture = std::make_shared<std::string>();
  options->add_to(*kokkos);
  kokkos->add_option("--picture", *picture, "write the Mandelbrot set to this file, as PNG");
  kokkos->callback([options, picture] {
    run_bench("kokkos", *options, [&](const bench::Options& how, bench::Figures& figures) {
      bench::measure_kokkos(how, *picture, figures);
    });
  });
}
#endif

}  // namespace

void add_bench_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "bench", "Benchmarks: each prints a table, medians of several rounds in turn");
  command->require_subcommand(1);
  for (const Bench& bench : benches) {
    auto* one = command->add_subcommand(bench.name, bench.question);
    auto options = std::make_shared<BenchOptions>();
    options->add_to(*one);
    one->callback([&bench, options] { run_bench(bench.name, *options, bench.measure); });
  }
#if defined(JACKDAW_HAS_KOKKOS)
  add_kokkos(*command);
#endif
  add_steal(*command);
  add_tree(*command);
}

}  // namespace jackdaw::apps
