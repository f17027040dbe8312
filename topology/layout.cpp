#include "jackdaw/topology/layout.hpp"

#include <algorithm>  // stable_sort, min, max
#include <cmath>      // ceil
#include <iomanip>    // setprecision
#include <map>        // map
#include <sstream>    // ostringstream
#include <stdexcept>  // invalid_argument
#include <tuple>      // tuple

namespace jackdaw::topology {
namespace {

using Core = std::vector<Place>;  // its usable hardware threads

std::vector<Core> usable_cores(const Machine& machine, const CpuSet& cpus) {
  std::vector<Core> cores;
  for (const Place& place : machine.places()) {
    if (!cpus.contains(place.os_index)) continue;
    if (cores.empty() || cores.back().front().core != place.core) cores.emplace_back();
    cores.back().push_back(place);
  }
  return cores;
}

/// The part of rank `index` of `count`: neighbours, as equal as can be. With more ranks than cores,
/// ranks share cores, but not hardware threads if that can be.
std::vector<Core> share(const std::vector<Core>& cores, LocalRank rank) {
  if (rank.count <= cores.size()) {
    const auto begin = cores.size() * rank.index / rank.count;
    const auto end = cores.size() * (rank.index + 1) / rank.count;
    return {cores.begin() + static_cast<std::ptrdiff_t>(begin),
            cores.begin() + static_cast<std::ptrdiff_t>(end)};
  }
  const Core& core = cores[rank.index % cores.size()];
  return {Core{core[rank.index / cores.size() % core.size()]}};
}

/// Deals the cores out: round robin over the packages, inside a package over its NUMA nodes, inside
/// a node over its caches.
void scatter(std::vector<Core>& cores) {
  std::map<std::uint32_t, unsigned> of_cache;
  // The turn of a core is its rank inside its cache, its cache's inside its NUMA node, and so on.
  std::map<std::uint32_t, std::map<std::uint32_t, unsigned>> numa_turns, cache_turns;
  std::vector<std::tuple<unsigned, unsigned, unsigned, std::uint32_t, std::size_t>> keys;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const Place& p = cores[i].front();
    auto& numas = numa_turns[p.package];
    const auto numa = numas.try_emplace(p.numa, static_cast<unsigned>(numas.size())).first->second;
    auto& caches = cache_turns[p.numa];
    const auto cache =
        caches.try_emplace(p.cache, static_cast<unsigned>(caches.size())).first->second;
    keys.emplace_back(of_cache[p.cache]++, cache, numa, p.package, i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<Core> dealt;
  for (const auto& key : keys) dealt.push_back(std::move(cores[std::get<4>(key)]));
  cores = std::move(dealt);
}

/// First one hardware thread of each core, then the second ones, and so on.
std::vector<Place> siblings_last(const std::vector<Core>& cores) {
  std::vector<Place> places;
  for (std::size_t sibling = 0, before = 0;; ++sibling, before = places.size()) {
    for (const Core& core : cores) {
      if (sibling < core.size()) places.push_back(core[sibling]);
    }
    if (places.size() == before) return places;
  }
}

std::vector<Place> siblings_together(const std::vector<Core>& cores) {
  std::vector<Place> places;
  for (const Core& core : cores) places.insert(places.end(), core.begin(), core.end());
  return places;
}

std::string count_of(std::size_t n, const std::string& thing) {
  return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

std::string cores_of(double quota) {
  std::ostringstream text;
  text << std::setprecision(3) << quota << (quota == 1 ? " core" : " cores");
  return text.str();
}

/// Fewer workers than the cgroup gives time for would be idle time; more would be throttled. The
/// ranks of a host are in one cgroup.
std::size_t workers_in(double quota, LocalRank rank) {
  const double whole = std::ceil(std::min(quota, 65536.0));
  const auto all = static_cast<std::size_t>(whole);
  const auto mine = all * (rank.index + 1) / rank.count - all * rank.index / rank.count;
  return std::max<std::size_t>(1, mine);
}

/// Who shares the cores that this rank may use: the others that are known to have them too; if
/// nothing is known, every rank of the host has them, unless they were bound.
LocalRank sharers_of(const Allowance& allowance, LocalRank rank) {
  if (allowance.sharers) return *allowance.sharers;
  return allowance.bound ? LocalRank{} : rank;
}

void check(LocalRank rank) {
  if (rank.index < rank.count) return;
  throw std::invalid_argument("there is no local rank " + std::to_string(rank.index) + " among " +
                              std::to_string(rank.count) + " ranks; the first is 0");
}

/// Puts into words what the user may want to change.
class Notes {
 public:
  Notes(const Allowance& allowance, const LayoutOptions& options)
      : allowance_(allowance), options_(options), sharers_(sharers_of(allowance, options.rank)) {}

  /// A binding that keeps cores idle, if all ranks of this host are bound like this one.
  void binding(std::size_t bound, std::size_t allowed) {
    const auto groups = (options_.rank.count + sharers_.count - 1) / sharers_.count;
    if (!allowance_.bound || bound * groups >= allowed) return;
    say("this process is bound to CPU" + std::string(allowance_.cpus.size() == 1 ? " " : "s ") +
        to_string(allowance_.cpus) + ", " + std::to_string(bound) + " of " +
        count_of(allowed, "core") +
        ", and cores stay idle; if that was not meant, start it with mpirun --bind-to none (or "
        "--map-by slot:PE=N), srun --cpu-bind=none or --cpus-per-task=N, or without taskset");
  }

  void sharing(std::size_t cores) {
    if (sharers_.count <= cores) return;
    say(count_of(sharers_.count, "rank") + " of this host share " + count_of(cores, "core") +
        "; start at most " + count_of(cores, "rank") + " there");
  }

  /// \param places  where workers would go if there were no quota
  void quota(std::size_t workers, std::size_t places) {
    const auto fit = workers_in(allowance_.quota_cores, options_.rank);
    if (workers < fit || (workers == fit && fit >= places)) return;
    const auto ranks = options_.rank.count;
    const auto whose = ranks == 1 ? "" : " to " + count_of(ranks, "rank") + " together";
    const auto limit =
        "the cgroup allows the CPU time of " + cores_of(allowance_.quota_cores) + whose;
    if (options_.workers == 0) {
      say(limit + ", so " + count_of(workers, "worker") + " will run on " + std::to_string(places) +
          " allowed cores; set workers to override");
    } else if (workers > fit) {
      say(limit + ", so " + count_of(workers, "worker") + " will be held up; " +
          std::to_string(fit) + " would not");
    }
  }

  void crowd(std::size_t workers, std::size_t cores, std::size_t threads) {
    if (workers > threads) {
      say(count_of(workers, "worker") + " will share " +
          (threads > cores ? count_of(threads, "hardware thread") + " of " : "") +
          count_of(cores, "core") + "; more workers than that are slower");
    } else if (!options_.smt && workers > cores) {
      say(count_of(workers, "worker") + " on " + count_of(cores, "core") +
          " will use more than one hardware thread of a core");
    }
  }

  [[nodiscard]] std::vector<std::string> all() && { return std::move(said_); }

 private:
  void say(std::string sentence) { said_.push_back(std::move(sentence)); }

  const Allowance& allowance_;
  const LayoutOptions& options_;
  LocalRank sharers_;
  std::vector<std::string> said_;
};

}  // namespace

Layout lay_out(const Machine& machine, const Allowance& allowance, const LayoutOptions& options) {
  const auto sharers = sharers_of(allowance, options.rank);
  check(options.rank);
  check(sharers);
  auto cores = usable_cores(machine, allowance.cpus);
  if (cores.empty()) {
    throw std::invalid_argument("CPUs " + to_string(allowance.cpus) +
                                " are not part of this machine");
  }
  Notes notes(allowance, options);
  notes.binding(cores.size(), usable_cores(machine, machine.allowed()).size());
  notes.sharing(cores.size());

  cores = share(cores, sharers);
  if (options.order == Order::scatter) scatter(cores);
  std::stable_sort(cores.begin(), cores.end(), [](const Core& a, const Core& b) {
    return a.front().kind > b.front().kind;  // the powerful ones first
  });
  const auto places = options.smt && options.order == Order::compact ? siblings_together(cores)
                                                                     : siblings_last(cores);
  const auto wanted = options.smt ? places.size() : cores.size();
  const auto workers = options.workers != 0
                           ? options.workers
                           : std::min(wanted, workers_in(allowance.quota_cores, options.rank));
  notes.quota(workers, wanted);
  notes.crowd(workers, cores.size(), places.size());

  Layout layout{.places = {}, .notes = std::move(notes).all()};
  for (std::size_t i = 0; i < workers; ++i) layout.places.push_back(places[i % places.size()]);
  return layout;
}

}  // namespace jackdaw::topology
