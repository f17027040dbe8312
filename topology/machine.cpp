#include "jackdaw/topology/machine.hpp"

#include <hwloc.h>

#include <algorithm>  // max
#include <cstdlib>    // getenv
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
  // PUs that the cgroup forbids are part of the machine all the same. Without the second flag hwloc
  // sends the calling thread from CPU to CPU, where the ranks beside us would see it.
  hwloc_topology_set_flags(
      raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING);
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

std::uint32_t count_of(hwloc_topology_t topology, hwloc_obj_type_t type) {
  return static_cast<std::uint32_t>(std::max(0, hwloc_get_nbobjs_by_type(topology, type)));
}

/// Some chips have clusters of cores around an L2 and no L3.
hwloc_obj_t last_cache_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  hwloc_obj_t l3 = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_L3CACHE, pu);
  return l3 ? l3 : hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_L2CACHE, pu);
}

/// One number for an L3, an L2 or, where there is neither, a core: no two of them are equal.
std::uint32_t cache_index(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_obj_t core) {
  const hwloc_obj_t cache = last_cache_of(topology, pu);
  if (cache && cache->type == HWLOC_OBJ_L3CACHE) return index_of(cache);
  const auto below_l3 = count_of(topology, HWLOC_OBJ_L3CACHE);
  if (cache) return below_l3 + index_of(cache);
  return below_l3 + count_of(topology, HWLOC_OBJ_L2CACHE) + index_of(core);
}

/// The first memory of the closest object that has some: DRAM, where there is faster memory too.
std::uint32_t numa_of(hwloc_obj_t object) {
  while (object && !object->memory_first_child) object = object->parent;
  if (!object) return 0;
  hwloc_obj_t memory = object->memory_first_child;
  while (memory->type != HWLOC_OBJ_NUMANODE) memory = memory->memory_first_child;  // behind a cache
  return memory->logical_index;
}

/// 0 if hwloc sees kinds, but does not know which is the more powerful: their order is random then.
std::uint32_t kind_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  const int kind = hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0);
  int efficiency = -1;
  if (kind < 0 || hwloc_cpukinds_get_info(topology, static_cast<unsigned>(kind), nullptr,
                                          &efficiency, nullptr, nullptr, 0) != 0)
    return 0;
  return static_cast<std::uint32_t>(std::max(efficiency, 0));
}

Place place_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
  hwloc_obj_t own = core ? core : pu;  // some machines show no cores
  return {.package = index_of(hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, pu)),
          .numa = numa_of(pu),
          .cache = cache_index(topology, pu, own),
          .core = index_of(own),
          .pu = pu->logical_index,
          .os_index = pu->os_index,
          .kind = kind_of(topology, pu)};
}

/// Taken once: later, some threads may be bound by ourselves.
const CpuSet& first_binding(hwloc_topology_t topology) {
  static const CpuSet binding = [&] {
    hwloc_bitmap_t bitmap = hwloc_bitmap_alloc();
    CpuSet cpus;
    for (const int whose : {HWLOC_CPUBIND_PROCESS, HWLOC_CPUBIND_THREAD}) {  // one needs /proc
      if (hwloc_get_cpubind(topology, bitmap, whose) == 0) cpus = to_set(bitmap);
      if (!cpus.empty()) break;
    }
    hwloc_bitmap_free(bitmap);
    return cpus;
  }();
  return binding;
}

/// The variable that names a machine which hwloc could not read, and tacitly left aside.
const char* ignored_variable() {
  if (std::getenv("HWLOC_THISSYSTEM") != nullptr) return nullptr;  // they look like the real one
  for (const char* variable : {"HWLOC_SYNTHETIC", "HWLOC_XMLFILE"}) {
    const char* text = std::getenv(variable);
    if (text != nullptr && *text != '\0') return variable;
  }
  return nullptr;
}

}  // namespace

struct Machine::Reader {
  static Machine read(const Topology& topology, bool is_here) {
    hwloc_topology_t raw = topology.get();
    Machine machine;
    std::set<hwloc_obj_t> caches;
    for (hwloc_obj_t pu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, nullptr); pu != nullptr;
         pu = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_PU, pu)) {
      machine.places_.push_back(place_of(raw, pu));
      if (hwloc_obj_t cache = last_cache_of(raw, pu)) caches.insert(cache);
    }
    count(machine, caches.size());
    machine.is_here_ = is_here;
    CpuSet all;
    for (const Place& place : machine.places_) all.insert(place.os_index);
    machine.allowed_ = intersection(all, to_set(hwloc_topology_get_allowed_cpuset(raw)));
    machine.binding_ = is_here ? intersection(all, first_binding(raw)) : all;
    if (machine.binding_.empty()) machine.binding_ = all;  // the system does not tell
    return machine;
  }

  static void count(Machine& machine, std::size_t caches) {
    std::set<std::uint32_t> packages, numa_nodes, cores;
    for (const Place& place : machine.places_) {
      packages.insert(place.package);
      numa_nodes.insert(place.numa);
      cores.insert(place.core);
    }
    machine.counts_ = {packages.size(), numa_nodes.size(), caches, cores.size(),
                       machine.places_.size()};
  }
};

Machine Machine::here() {
  const Topology topology = start();
  if (hwloc_topology_load(topology.get()) != 0)
    throw std::runtime_error("hwloc cannot find out what this machine is");
  const bool is_here = hwloc_topology_is_thissystem(topology.get()) != 0;
  const char* variable = is_here ? ignored_variable() : nullptr;
  if (variable != nullptr) {
    throw std::invalid_argument("hwloc cannot read the machine that " + std::string(variable) +
                                "=\"" + std::getenv(variable) + "\" describes; unset or mend it");
  }
  return Reader::read(topology, is_here);
}

Machine Machine::synthetic(const std::string& description) {
  const Topology topology = start();
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0 ||
      hwloc_topology_load(topology.get()) != 0) {
    throw std::invalid_argument("hwloc cannot read the machine \"" + description +
                                "\"; it should look like \"package:2 numa:4 core:8 pu:2\"");
  }
  return Reader::read(topology, false);
}

Machine Machine::from_xml(const std::filesystem::path& file) {
  const Topology topology = start();
  if (!std::filesystem::is_regular_file(file) ||
      hwloc_topology_set_xml(topology.get(), file.c_str()) != 0 ||
      hwloc_topology_load(topology.get()) != 0) {
    throw std::invalid_argument("hwloc cannot read the machine in the file \"" + file.string() +
                                "\"; `lstopo machine.xml` writes such files");
  }
  return Reader::read(topology, false);
}

}  // namespace jackdaw::topology
