#include "jackdaw/topology/machine.hpp"

#include <hwloc.h>

#include <algorithm>  // max
#include <memory>     // unique_ptr
#include <set>        // set
#include <stdexcept>  // invalid_argument, runtime_error

namespace jackdaw::topology {
namespace {

struct Destroy {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using Topology = std::unique_ptr<hwloc_topology, Destroy>;

Topology start() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) throw std::runtime_error("hwloc_topology_init failed");
  Topology topology(raw);
  // PUs that the cgroup forbids are part of the machine all the same.
  hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  return topology;
}

CpuSet to_set(hwloc_const_bitmap_t bitmap) {
  CpuSet cpus;
  if (hwloc_bitmap_weight(bitmap) < 0) return cpus;  // infinite: says nothing
  for (int i = hwloc_bitmap_first(bitmap); i >= 0; i = hwloc_bitmap_next(bitmap, i))
    cpus.insert(static_cast<std::uint32_t>(i));
  return cpus;
}

std::uint32_t index_of(hwloc_obj_t object) { return object ? object->logical_index : 0; }

/// The last-level cache that a PU shares with other cores, else its core's own.
std::uint32_t cache_of(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_t core) {
  if (hwloc_obj_t l3 = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_L3CACHE, pu))
    return index_of(l3);
  // Some chips have clusters of cores around an L2 and no L3. Beyond the L3 indices, to be unequal.
  const auto l3_count = static_cast<std::uint32_t>(
      std::max(0, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_L3CACHE)));
  if (hwloc_obj_t l2 = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_L2CACHE, pu))
    return l3_count + index_of(l2);
  return l3_count + index_of(core);
}

std::uint32_t numa_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  hwloc_obj_t numa = nullptr;
  while ((numa = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, numa)) != nullptr) {
    if (hwloc_bitmap_isincluded(pu->cpuset, numa->cpuset)) return numa->logical_index;
  }
  return 0;
}

Place place_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
  hwloc_obj_t own = core ? core : pu;  // some machines show no cores
  const int kind = hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0);
  return {.package = index_of(hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, pu)),
          .numa = numa_of(topology, pu),
          .cache = cache_of(topology, pu, own),
          .core = index_of(own),
          .pu = pu->logical_index,
          .os_index = pu->os_index,
          .kind = static_cast<std::uint32_t>(std::max(kind, 0))};
}

/// Taken once: later, this thread may be one that we pinned ourselves.
const CpuSet& first_binding(hwloc_topology_t topology) {
  static const CpuSet binding = [&] {
    hwloc_bitmap_t bitmap = hwloc_bitmap_alloc();
    CpuSet cpus;
    if (hwloc_get_cpubind(topology, bitmap, HWLOC_CPUBIND_THREAD) == 0) cpus = to_set(bitmap);
    hwloc_bitmap_free(bitmap);
    return cpus;
  }();
  return binding;
}

}  // namespace

struct Machine::Reader {
  static Machine read(const Topology& topology) {
    hwloc_topology_t raw = topology.get();
    Machine machine;
    for (hwloc_obj_t pu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, nullptr); pu != nullptr;
         pu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, pu))
      machine.places_.push_back(place_of(raw, pu));
    count(machine);
    machine.is_here_ = hwloc_topology_is_thissystem(raw) != 0;
    CpuSet all;
    for (const Place& place : machine.places_) all.insert(place.os_index);
    machine.allowed_ = intersection(all, to_set(hwloc_topology_get_allowed_cpuset(raw)));
    machine.binding_ = machine.is_here_ ? intersection(all, first_binding(raw)) : all;
    if (machine.binding_.empty()) machine.binding_ = all;  // the system does not tell
    return machine;
  }

  static void count(Machine& machine) {
    std::set<std::uint32_t> packages, numa_nodes, caches, cores;
    for (const Place& place : machine.places_) {
      packages.insert(place.package);
      numa_nodes.insert(place.numa);
      caches.insert(place.cache);
      cores.insert(place.core);
    }
    machine.counts_ = {packages.size(), numa_nodes.size(), caches.size(), cores.size(),
                       machine.places_.size()};
  }
};

Machine Machine::here() {
  const Topology topology = start();
  if (hwloc_topology_load(topology.get()) != 0)
    throw std::runtime_error("hwloc cannot find out what this machine is");
  return Reader::read(topology);
}

Machine Machine::synthetic(const std::string& description) {
  const Topology topology = start();
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0 ||
      hwloc_topology_load(topology.get()) != 0) {
    throw std::invalid_argument("hwloc cannot read the machine \"" + description +
                                "\"; it should look like \"package:2 numa:4 core:8 pu:2\"");
  }
  return Reader::read(topology);
}

Machine Machine::from_xml(const std::filesystem::path& file) {
  const Topology topology = start();
  if (!std::filesystem::is_regular_file(file) ||
      hwloc_topology_set_xml(topology.get(), file.c_str()) != 0 ||
      hwloc_topology_load(topology.get()) != 0) {
    throw std::invalid_argument("hwloc cannot read the machine in the file \"" + file.string() +
                                "\"; `lstopo machine.xml` writes such files");
  }
  return Reader::read(topology);
}

}  // namespace jackdaw::topology
