#include <fmt/format.h>

#include <cmath>   // fabs
#include <memory>  // make_shared

#include "commands.hpp"                   // add_integrate_command
#include "jackdaw/pool.hpp"               // Pool
#include "workload_run.hpp"               // run, tell
#include "workloads/integrate.hpp"        // integrate_by_fork_join
#include "workloads/integrate_ranks.hpp"  // integrate_on_ranks

namespace jackdaw::apps {
namespace {

struct IntegrateOptions {
  RunOptions run;
  std::string function = "chirp";
  double tolerance = 1e-9;
};

Findings findings_of(const IntegrateOptions& options, const workloads::Integrand& integrand,
                     const workloads::Integral& found, bool by_jobs) {
  const double error = std::fabs(found.value - integrand.exact);
  Findings findings;
  findings.lines = {
      {"function", fmt::format("{}: {} on [{}, {}]", integrand.name, integrand.formula,
                               integrand.from, integrand.to)},
      {"integral", fmt::format("{:.17g}", found.value)},
      {"error", fmt::format("{:.2e}, asked for {:.2e}", error, options.tolerance)},
      {"evaluated", fmt::format("{} times, {} halvings at most", found.evaluations, found.depth)}};
  findings.json = {{"function", integrand.name},
                   {"formula", integrand.formula},
                   {"from", integrand.from},
                   {"to", integrand.to},
                   {"mode", options.run.serial ? "serial"
                            : by_jobs          ? "jobs"
                                               : "fork-join"},
                   {"value", found.value},
                   {"exact", integrand.exact},
                   {"error", error},
                   {"tolerance", options.tolerance},
                   {"evaluations", found.evaluations},
                   {"halvings", found.depth}};
  findings.count = found.evaluations;
  if (!(error <= options.tolerance)) {
    findings.failed = fmt::format("{}: the error is {:.2e}, but {:.2e} was asked for",
                                  integrand.name, error, options.tolerance);
  }
  return findings;
}

void run_integrate(const IntegrateOptions& options) {
  const workloads::Integrand& integrand = workloads::find_integrand(options.function);
  const double tolerance = options.tolerance;
  workloads::check_tolerance(tolerance);
  workloads::Integral found;
  Workload workload{.name = "integrate", .thing = "evaluations"};
  workload.alone = [&] { found = workloads::integrate_alone(integrand, tolerance); };
  workload.on_pool = [&](Pool& pool) {
    found = pool.run([&] { return workloads::integrate_by_fork_join(integrand, tolerance); });
  };
  workload.on_ranks = [&](Scheduler& ranks, const workloads::Resume& resume) {
    found = workloads::integrate_on_ranks(ranks, integrand, tolerance, resume);
  };
  workload.label = fmt::format("integrate {} to {}", integrand.name, tolerance);
  const WorkloadRun done = run(workload, options.run);
  tell(findings_of(options, integrand, found, done.scheduler != nullptr), workload, done,
       options.run);
}

}  // namespace

void add_integrate_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "integrate", "Adaptive quadrature of a function that is hard in a few places");
  auto options = std::make_shared<IntegrateOptions>();
  std::string names;
  for (const auto& integrand : workloads::integrands()) names += " " + std::string(integrand.name);
  command->add_option("--function", options->function, "Which (default chirp):" + names);
  command->add_option("--tolerance", options->tolerance, "Of the absolute error (default 1e-9)");
  options->run.add_to(*command, "Compare the error with the tolerance");
  command->callback([options] { run_integrate(*options); });
}

}  // namespace jackdaw::apps
