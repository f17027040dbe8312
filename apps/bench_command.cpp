#include <memory>  // make_shared

#include "bench/benches.hpp"  // measure_spawn, ...
#include "commands.hpp"       // add_bench_command
#include "jackdaw/pool.hpp"   // Pool
#include "pool_options.hpp"   // PoolOptions
#include "report.hpp"         // print_notes

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
    {"idle", "what sleeping workers use, and how soon they wake", bench::measure_idle},
    {"uts", "tree search by a job a node, and serially", bench::measure_uts},
    {"compare", "the same programs on oneTBB and OpenMP tasks", bench::compare_with_peers}};

struct BenchOptions {
  PoolOptions pool;
  int rounds = 7;
  bool json = false;
};

void run_bench(const Bench& chosen, const BenchOptions& options) {
  const Config config = options.pool.config();
  unsigned workers = 0;
  {
    const Pool pool(config);
    print_notes(pool);
    workers = pool.workers();
  }
  bench::Figures figures;
  chosen.measure({config, options.rounds}, figures);
  figures.print(options.json, workers);
}

}  // namespace

void add_bench_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "bench", "Benchmarks: each prints a table, medians of several rounds in turn");
  command->require_subcommand(1);
  for (const Bench& bench : benches) {
    auto* one = command->add_subcommand(bench.name, bench.question);
    auto options = std::make_shared<BenchOptions>();
    one->add_option("--rounds", options->rounds, "how often each variant is run (default 7)")
        ->check(CLI::Range(1, 1000));
    one->add_flag("--json", options->json, "print one JSON object, and nothing else");
    options->pool.add_to(*one);
    one->callback([&bench, options] { run_bench(bench, *options); });
  }
}

}  // namespace jackdaw::apps
