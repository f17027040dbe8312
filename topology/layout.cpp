#include "jackdaw/topology/layout.hpp"

#include <algorithm>  // stable_sort, min, max
#include <cmath>      // ceil
#include <map>        // map
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
/// ranks share cores.
std::vector<Core> share(const std::vector<Core>& cores, LocalRank rank) {
  if (rank.count >= cores.size()) return {cores[rank.index % cores.size()]};
  const auto begin = cores.size() * rank.index / rank.count;
  const auto end = cores.size() * (rank.index + 1) / rank.count;
  return {cores.begin() + static_cast<std::ptrdiff_t>(begin),
          cores.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// Deals the cores out: each comes after as many others of its package, then of its NUMA node, then
/// of its cache, as possible.
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

std::vector<Place> places_of(const std::vector<Core>& cores, const LayoutOptions& options) {
  std::vector<Place> places;
  if (!options.smt || options.order == Order::scatter) {
    for (const Core& core : cores) places.push_back(core.front());
    for (std::size_t sibling = 1; options.smt; ++sibling) {
      const auto before = places.size();
      for (const Core& core : cores) {
        if (sibling < core.size()) places.push_back(core[sibling]);
      }
      if (places.size() == before) break;
    }
    return places;
  }
  for (const Core& core : cores) places.insert(places.end(), core.begin(), core.end());
  return places;
}

std::string count_of(std::size_t n, const std::string& thing) {
  return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

/// Fewer places than the cgroup gives time for would be idle time; more would be throttled.
std::size_t within_quota(std::size_t places, const Allowance& allowance,
                         const LayoutOptions& options, std::vector<std::string>& notes) {
  const double sharers = allowance.bound ? 1.0 : static_cast<double>(options.rank.count);
  const double quota = allowance.quota_cores / sharers;
  if (quota >= static_cast<double>(places)) return places;
  const auto fit = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(quota)));
  if (fit >= places) return places;
  auto text = std::to_string(quota);
  text.erase(text.find('.') + 2);
  notes.push_back("the cgroup allows the CPU time of " + text + " cores, so " +
                  count_of(fit, "worker") + " will run on " + std::to_string(places) +
                  " allowed cores; set workers to override");
  return fit;
}

void note_idle_cores(const Machine& machine, const std::vector<Core>& cores,
                     const Allowance& allowance, std::vector<std::string>& notes) {
  const auto allowed = usable_cores(machine, machine.allowed()).size();
  if (!allowance.bound || cores.size() >= allowed) return;
  notes.push_back("this process is bound to CPUs " + to_string(allowance.cpus) + ", " +
                  std::to_string(cores.size()) + " of " + count_of(allowed, "core") +
                  "; if that was not meant, start it with mpirun --bind-to none (or --map-by "
                  "slot:PE=N), srun --cpu-bind=none or --cpus-per-task=N, or without taskset");
}

}  // namespace

Layout lay_out(const Machine& machine, const Allowance& allowance, const LayoutOptions& options) {
  auto cores = usable_cores(machine, allowance.cpus);
  if (cores.empty()) {
    throw std::invalid_argument("CPUs " + to_string(allowance.cpus) +
                                " are not part of this machine");
  }
  Layout layout;
  note_idle_cores(machine, cores, allowance, layout.notes);
  if (!allowance.bound && options.rank.count > 1) cores = share(cores, options.rank);
  if (options.order == Order::scatter) scatter(cores);
  std::stable_sort(cores.begin(), cores.end(), [](const Core& a, const Core& b) {
    return a.front().kind > b.front().kind;  // the powerful ones first
  });
  const auto places = places_of(cores, options);
  const auto workers = options.workers != 0
                           ? options.workers
                           : within_quota(places.size(), allowance, options, layout.notes);
  if (workers > places.size()) {
    layout.notes.push_back(count_of(workers, "worker") + " will share " +
                           count_of(places.size(), options.smt ? "hardware thread" : "core") +
                           "; more workers than that are slower");
  }
  for (std::size_t i = 0; i < workers; ++i) layout.places.push_back(places[i % places.size()]);
  return layout;
}

}  // namespace jackdaw::topology
