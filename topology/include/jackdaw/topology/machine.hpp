#pragma once
/// \file
/// The machine as plain values: its hardware threads and what they share.

#include <cstddef>     // size_t
#include <filesystem>  // path
#include <string>      // string
#include <vector>      // vector

#include "jackdaw/topology/cpu_set.hpp"  // CpuSet
#include "jackdaw/topology/place.hpp"    // Place

namespace jackdaw::topology {

class Machine {
 public:
  /// The machine this runs on, or what HWLOC_SYNTHETIC or HWLOC_XMLFILE say.
  /// \throws std::invalid_argument  hwloc cannot read what they say
  /// \throws std::runtime_error     hwloc cannot find out
  [[nodiscard]] static Machine here();
  /// \param description  as lstopo takes it: "package:2 numa:4 core:8 pu:2"
  /// \throws std::invalid_argument  hwloc cannot read it
  [[nodiscard]] static Machine synthetic(const std::string& description);
  /// \param file  as `lstopo file.xml` writes it
  /// \throws std::invalid_argument  hwloc cannot read it
  [[nodiscard]] static Machine from_xml(const std::filesystem::path& file);

  /// NUMA nodes without CPUs do not count. Caches are last-level ones, as in Place::cache; 0 if the
  /// machine shows none.
  struct Counts {
    std::size_t packages = 0, numa_nodes = 0, caches = 0, cores = 0, pus = 0;
  };

  /// All hardware threads, in hwloc's order; also those that this process may not use.
  [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }
  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
  /// The CPUs that the cpuset of the process's cgroup allows. On a machine that is not this one:
  /// all.
  [[nodiscard]] const CpuSet& allowed() const noexcept { return allowed_; }
  /// What this process was bound to (all its threads together) when it first asked. On a machine
  /// that is not this one: all. Later bindings, our own among them, do not count.
  [[nodiscard]] const CpuSet& binding() const noexcept { return binding_; }
  /// False for a synthetic machine or one from a file: then pinning means nothing. (The variable
  /// HWLOC_THISSYSTEM=1 makes here() believe in the file that HWLOC_XMLFILE names.)
  [[nodiscard]] bool is_here() const noexcept { return is_here_; }

 private:
  struct Reader;
  std::vector<Place> places_;
  Counts counts_;
  CpuSet allowed_, binding_;
  bool is_here_ = false;
};

}  // namespace jackdaw::topology
