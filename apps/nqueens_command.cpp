#include <fmt/format.h>

#include <memory>  // make_shared

#include "commands.hpp"                 // add_nqueens_command
#include "jackdaw/pool.hpp"             // Pool
#include "workload_run.hpp"             // run, tell
#include "workloads/nqueens.hpp"        // nqueens_by_fork_join
#include "workloads/nqueens_ranks.hpp"  // nqueens_on_ranks

namespace jackdaw::apps {
namespace {

struct NqueensOptions {
  RunOptions run;
  int n = 0;
};

void run_nqueens(const NqueensOptions& options) {
  const int n = options.n;
  std::uint64_t found = 0;
  Workload workload{.name = "nqueens", .thing = "solutions"};
  workload.alone = [&] { found = workloads::nqueens_alone(n); };
  workload.on_pool = [&](Pool& pool) {
    found = pool.run([n] { return workloads::nqueens_by_fork_join(n); });
  };
  workload.on_ranks = [&](Scheduler& ranks, const workloads::Resume& resume) {
    found = workloads::nqueens_on_ranks(ranks, n, resume);
  };
  workload.label = fmt::format("nqueens {}", n);
  const WorkloadRun done = run(workload, options.run);

  const auto published = workloads::nqueens_published(n);
  Findings findings;
  findings.lines = {{"queens", std::to_string(n)}, {"solutions", std::to_string(found)}};
  const auto* mode = options.run.serial ? "serial" : done.scheduler ? "jobs" : "fork-join";
  findings.json = {{"n", n}, {"mode", mode}, {"solutions", found}};
  findings.count = found;
  if (found != published) {
    findings.failed =
        fmt::format("{} queens: found {} solutions, but published are {}", n, found, published);
  }
  tell(findings, workload, done, options.run);
}

}  // namespace

void add_nqueens_command(CLI::App& app) {
  auto* command = app.add_subcommand("nqueens", "Count the solutions of the n queens problem");
  auto options = std::make_shared<NqueensOptions>();
  command->add_option("n", options->n, "Queens, and rows and columns of the board")
      ->required()
      ->check(CLI::Range(1, workloads::max_queens));
  options->run.add_to(*command, "Compare with the published count");
  command->callback([options] { run_nqueens(*options); });
}

}  // namespace jackdaw::apps
