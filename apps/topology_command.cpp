#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>    // make_shared
#include <optional>  // optional

#include <nlohmann/json.hpp>

#include "commands.hpp"                       // add_topology_command
#include "jackdaw/topology/layout.hpp"        // lay_out
#include "jackdaw/topology/victim_order.hpp"  // order_victims

namespace jackdaw::apps {
namespace {

using namespace topology;

struct TopologyOptions {
  std::optional<std::string> synthetic, xml;
  std::string placement = "compact";
  unsigned workers = 0;
  bool smt = false, json = false;
  std::uint64_t seed = 1;
};

struct MachineFindings {
  Machine machine;
  Allowance allowance;
  LocalRank rank;
  Layout layout;
};

Machine machine_of(const TopologyOptions& options) {
  if (options.synthetic) return Machine::synthetic(*options.synthetic);
  return options.xml ? Machine::from_xml(*options.xml) : Machine::here();
}

MachineFindings find(const TopologyOptions& options) {
  auto machine = machine_of(options);
  auto allowance = allowance_of_this_process(machine);
  const bool elsewhere = options.synthetic || options.xml;  // where no rank of ours runs
  const auto rank = elsewhere ? LocalRank{} : local_rank_from_environment();
  auto layout = lay_out(machine, allowance,
                        {.workers = options.workers,
                         .order = options.placement == "compact" ? Order::compact : Order::scatter,
                         .smt = options.smt,
                         .rank = rank});
  return {std::move(machine), std::move(allowance), rank, std::move(layout)};
}

VictimOrder victims_of(const MachineFindings& found, std::size_t worker, std::uint64_t seed) {
  return order_victims(found.layout.places, static_cast<std::uint32_t>(worker), seed + worker);
}

nlohmann::json json_of(const MachineFindings& found, std::uint64_t seed) {
  const auto& counts = found.machine.counts();
  nlohmann::json workers = nlohmann::json::array();
  for (std::size_t i = 0; i < found.layout.places.size(); ++i) {
    const Place& p = found.layout.places[i];
    nlohmann::json victims = nlohmann::json::object();
    const auto order = victims_of(found, i, seed);
    for (std::size_t t = 0; t < order.tiers.size(); ++t)
      victims[std::string(name(static_cast<Tier>(t)))] = order.tiers[t];
    workers.push_back({{"worker", i},
                       {"cpu", p.os_index},
                       {"core", p.core},
                       {"cache", p.cache},
                       {"numa", p.numa},
                       {"package", p.package},
                       {"kind", p.kind},
                       {"victims", victims}});
  }
  nlohmann::json json{{"packages", counts.packages},
                      {"numa_nodes", counts.numa_nodes},
                      {"caches", counts.caches},
                      {"cores", counts.cores},
                      {"pus", counts.pus},
                      {"allowed_cpus", to_string(found.machine.allowed())},
                      {"binding_cpus", to_string(found.machine.binding())},
                      {"usable_cpus", to_string(found.allowance.cpus)},
                      {"bound", found.allowance.bound},
                      {"quota_cores", nullptr},
                      {"local_rank", found.rank.index},
                      {"local_ranks", found.rank.count},
                      {"sharers", nullptr},
                      {"workers", workers},
                      {"notes", found.layout.notes}};
  if (found.allowance.quota_cores != no_quota) json["quota_cores"] = found.allowance.quota_cores;
  return json;
}

void print(const MachineFindings& found, std::uint64_t seed) {
  const auto& counts = found.machine.counts();
  fmt::print(
      "machine  {} package(s), {} NUMA node(s), {} last-level cache(s), {} core(s), {} PU(s)\n",
      counts.packages, counts.numa_nodes, counts.caches, counts.cores, counts.pus);
  fmt::print("usable   CPUs {} (the cgroup allows {}, this process is bound to {})\n",
             to_string(found.allowance.cpus), to_string(found.machine.allowed()),
             to_string(found.machine.binding()));
  if (found.allowance.quota_cores != no_quota)
    fmt::print("quota    the CPU time of {:.1f} cores\n", found.allowance.quota_cores);
  if (found.rank.count > 1)
    fmt::print("rank     {} of {} on this host\n", found.rank.index, found.rank.count);
  if (found.allowance.sharers && found.allowance.sharers->count > 1)
    fmt::print("shared   by {} ranks\n", found.allowance.sharers->count);
  for (const auto& note : found.layout.notes) fmt::print("note     {}\n", note);
  fmt::print("\n{:>6} {:>5} {:>5} {:>6} {:>5} {:>8} {:>5}  victims, nearest first\n", "worker",
             "CPU", "core", "cache", "NUMA", "package", "kind");
  for (std::size_t i = 0; i < found.layout.places.size(); ++i) {
    const Place& p = found.layout.places[i];
    std::string victims;
    const auto order = victims_of(found, i, seed);
    for (std::size_t t = 0; t < order.tiers.size(); ++t) {
      if (order.tiers[t].empty()) continue;
      victims += fmt::format("{}{}: {}", victims.empty() ? "" : "; ", name(static_cast<Tier>(t)),
                             fmt::join(order.tiers[t], " "));
    }
    fmt::print("{:>6} {:>5} {:>5} {:>6} {:>5} {:>8} {:>5}  {}\n", i, p.os_index, p.core, p.cache,
               p.numa, p.package, p.kind, victims.empty() ? "none" : victims);
  }
}

}  // namespace

void add_topology_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "topology", "What the machine is, which part of it may be used, and where workers go");
  auto options = std::make_shared<TopologyOptions>();
  auto* synthetic = command->add_option("--synthetic", options->synthetic,
                                        "a made-up machine: \"package:2 numa:4 core:8 pu:2\"");
  command->add_option("--xml", options->xml, "a machine in a file, as lstopo writes it")
      ->excludes(synthetic);
  command->add_option("--workers", options->workers, "how many (default: one for each usable core)")
      ->check(CLI::Range(1, 1024));
  command->add_option("--placement", options->placement, "compact (default) or scatter")
      ->check(CLI::IsMember({"compact", "scatter"}));
  command->add_flag("--smt", options->smt, "use all hardware threads of a core");
  command->add_option("--seed", options->seed, "of the order of victims (default 1)")
      ->check([](const std::string& text) {
        return text.starts_with('-') ? text + " is negative" : std::string();
      });
  command->add_flag("--json", options->json, "print one JSON object, and nothing else");
  command->callback([options] {
    const MachineFindings found = find(*options);
    if (options->json) {
      fmt::print("{}\n", json_of(found, options->seed).dump(2));
    } else {
      print(found, options->seed);
    }
  });
}

}  // namespace jackdaw::apps
