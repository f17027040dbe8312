#include "environment.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>  // uname

#include <cstdlib>  // getloadavg
#include <fstream>  // ifstream
#include <string>   // string

#include "commit.hpp"                      // commit
#include "jackdaw/topology/allowance.hpp"  // allowance_of_this_process
#include "jackdaw/topology/machine.hpp"    // Machine

namespace jackdaw::apps {
namespace {

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

/// "2 packages, 1 NUMA node, 16 cores, 32 PUs; CPUs 0-15 may be used"
std::string text_of(const topology::Machine& machine) {
  const auto some = [](std::size_t count, const char* thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
  };
  const auto& counts = machine.counts();
  const auto usable = topology::allowance_of_this_process(machine).cpus;
  return fmt::format("{}, {}, {}, {}; CPUs {} may be used", some(counts.packages, "package"),
                     some(counts.numa_nodes, "NUMA node"), some(counts.cores, "core"),
                     some(counts.pus, "PU"), topology::to_string(usable));
}

}  // namespace

nlohmann::json environment_json() {
  utsname system{};
  uname(&system);
  double load = 0;
  if (getloadavg(&load, 1) != 1) load = -1;  // the system does not tell
  const auto name = processor();
  return {{"version", JACKDAW_VERSION},
          {"commit", commit},
          {"compiler", JACKDAW_COMPILER},
          {"build", JACKDAW_BUILD},
          {"processor", name},
          {"machine", name + ", " + text_of(topology::Machine::here())},
          {"kernel", std::string(system.sysname) + " " + system.release},
          {"load", load}};
}

}  // namespace jackdaw::apps
