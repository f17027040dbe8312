#include <fmt/format.h>

#include <array>     // array
#include <memory>    // make_shared
#include <optional>  // optional

#include "commands.hpp"              // add_uts_command
#include "workload_run.hpp"          // run, tell
#include "workloads/uts_ranks.hpp"   // search_on_ranks
#include "workloads/uts_search.hpp"  // search_by_jobs

namespace jackdaw::apps {
namespace {

using workloads::NamedTree;
using workloads::Tally;
using workloads::TreeParameters;
using workloads::TreeShape;
using workloads::TreeType;

/// What was given; what was not keeps the benchmark's default.
struct FreeParameters {
  std::optional<int> t, a;
  std::optional<std::int32_t> d, m;
  std::optional<double> b, q;
  std::optional<std::uint32_t> r;

  [[nodiscard]] bool any() const { return t || a || d || m || b || q || r; }
  /// `tree` with these in their places.
  [[nodiscard]] TreeParameters put_into(TreeParameters tree) const {
    if (t) tree.t = static_cast<TreeType>(*t);
    if (a) tree.a = static_cast<TreeShape>(*a);
    tree.d = d.value_or(tree.d);
    tree.b = b.value_or(tree.b);
    tree.r = r.value_or(tree.r);
    tree.q = q.value_or(tree.q);
    tree.m = m.value_or(tree.m);
    return tree;
  }
};

struct UtsOptions {
  RunOptions run;
  std::string tree;
  FreeParameters free;
  bool fork_join = false;
};

TreeParameters parameters_of(const UtsOptions& options) {
  if (options.tree.empty() && options.free.any()) return options.free.put_into({});
  const NamedTree& tree = workloads::find_tree(options.tree.empty() ? "T1" : options.tree);
  const TreeParameters changed = options.free.put_into(tree.parameters);
  if (changed == tree.parameters) return changed;
  throw std::invalid_argument(fmt::format("{} is the tree {}; leave out --tree for any other",
                                          tree.name, tree.parameters.text()));
}

std::string difference(std::string_view tree, const Tally& found, const Tally& published) {
  return fmt::format(
      "tree {}: found {} nodes, depth {}, {} leaves, but published are {}, {} and {}", tree,
      found.nodes, found.depth, found.leaves, published.nodes, published.depth, published.leaves);
}

/// "T1, fixed geometric (-t 1 -a 3 ...)"
std::string describe(const TreeParameters& p, std::string_view tree_name) {
  const std::string shape = p.is_geometric() ? std::string(name(p.a)) + " " : "";
  return fmt::format("{}{}{}{} ({})", tree_name, tree_name.empty() ? "" : ", ", shape, name(p.t),
                     p.text());
}

Findings findings_of(const UtsOptions& options, const TreeParameters& p, const Tally& found) {
  const NamedTree* named = workloads::find_tree(p);
  const std::string_view tree_name = named == nullptr ? "" : named->name;
  const auto mode = options.run.serial ? "serial" : options.fork_join ? "fork-join" : "jobs";
  Findings findings;
  findings.lines = {{"tree", describe(p, tree_name)},
                    {"nodes", std::to_string(found.nodes)},
                    {"depth", std::to_string(found.depth)},
                    {"leaves", std::to_string(found.leaves)},
                    {"mode", mode}};
  findings.json = {{"tree", tree_name},    {"parameters", p.text()}, {"mode", mode},
                   {"nodes", found.nodes}, {"depth", found.depth},   {"leaves", found.leaves}};
  findings.count = found.nodes;
  if (named != nullptr && found != named->published)
    findings.failed = difference(tree_name, found, named->published);
  return findings;
}

void run_uts(const UtsOptions& options) {
  const workloads::UtsTree tree(parameters_of(options));
  if (options.run.check && workloads::find_tree(tree.parameters()) == nullptr) {
    throw std::invalid_argument("--check: nothing is published about the tree " +
                                tree.parameters().text() +
                                "; leave it out, or name a tree by --tree");
  }
  Tally found;
  Workload workload{.name = "uts",
                    .thing = "nodes",
                    .variant = options.fork_join ? " --fork-join" : "",
                    .job_is_thing = !options.fork_join};
  workload.alone = [&] { found = search_serially(tree); };
  workload.on_pool = [&](Pool& pool) {
    found = options.fork_join ? search_by_tasks(pool, tree) : search_by_jobs(pool, tree);
  };
  if (!options.fork_join)
    workload.on_ranks = [&](Scheduler& ranks, const workloads::Resume& resume) {
      found = search_on_ranks(ranks, tree, resume);
    };
  workload.label = "uts " + tree.parameters().text();
  const WorkloadRun done = run(workload, options.run);
  tell(findings_of(options, tree.parameters(), found), workload, done, options.run);
}

void add_free_parameters(CLI::App& command, FreeParameters& free) {
  const auto add = [&](const char* names, auto& value, const char* help) {
    return command.add_option(names, value, help)->group("Tree");
  };
  add("-t,--type", free.t, "0 binomial, 1 geometric (default), 2 hybrid")->check(CLI::Range(0, 2));
  add("-a,--shape", free.a, "geometric: 0 linear (default), 1 exponential, 2 cyclic, 3 fixed")
      ->check(CLI::Range(0, 3));
  add("-d,--depth", free.d, "geometric: depth (default 6)");
  add("-b,--branching", free.b, "Children of the root; geometric: on average (default 4)");
  add("-r,--root", free.r, "Seed of the root (default 0)");
  add("-q,--chance", free.q, "binomial: chance that a node has children (default 0.234375)");
  add("-m,--children", free.m, "binomial: how many it has then (default 4)");
}

}  // namespace

void add_uts_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "uts", "Unbalanced Tree Search: one job for each node of a tree of unknown shape");
  auto options = std::make_shared<UtsOptions>();
  std::string names;
  for (const NamedTree& tree : workloads::named_trees()) names += " " + std::string(tree.name);
  command->add_option("--tree", options->tree, "A published tree (default T1):" + names)
      ->group("Tree");
  add_free_parameters(*command, options->free);
  auto* fork_join = command->add_flag("--fork-join", options->fork_join,
                                      "Halve the children of a node by fork-join, in one job");
  options->run.add_to(*command, "Compare with the published counts");
  fork_join->excludes("--serial");
  command->callback([options] { run_uts(*options); });
}

}  // namespace jackdaw::apps
