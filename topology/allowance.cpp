#include "jackdaw/topology/allowance.hpp"

#include <algorithm>  // min
#include <fstream>    // ifstream
#include <iterator>   // istreambuf_iterator
#include <sstream>    // istringstream
#include <stdexcept>  // runtime_error
#include <string>     // getline, string

namespace jackdaw::topology {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// quota / period, both in microseconds; "max" and negative numbers are none.
double ratio(const std::string& quota, const std::string& period) {
  try {
    const double q = std::stod(quota);
    const double p = std::stod(period);
    return q > 0 && p > 0 ? q / p : no_quota;
  } catch (const std::exception&) {
    return no_quota;  // "max", or no such file
  }
}

double quota_in(const std::filesystem::path& folder, bool version_2) {
  if (!version_2)
    return ratio(read_file(folder / "cpu.cfs_quota_us"), read_file(folder / "cpu.cfs_period_us"));
  std::istringstream in(read_file(folder / "cpu.max"));
  std::string quota, period;
  in >> quota >> period;
  return ratio(quota, period);
}

double quota_up_from(const std::filesystem::path& mount, std::filesystem::path group,
                     bool version_2) {
  double least = no_quota;
  for (group = group.relative_path();; group = group.parent_path()) {
    least = std::min(least, quota_in(mount / group, version_2));
    if (group.empty()) return least;
  }
}

}  // namespace

double cgroup_quota_cores(const std::filesystem::path& root, std::string_view cgroup) {
  double least = no_quota;
  const auto look = [&](const std::filesystem::path& mount, const std::string& group, bool v2) {
    least = std::min(least, quota_up_from(root / "sys/fs/cgroup" / mount, group, v2));
  };
  std::istringstream lines{std::string(cgroup)};
  for (std::string line; std::getline(lines, line);) {  // "number:controllers:group"
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto group = line.substr(second + 1);
    if (controllers.empty()) {
      look("", group, true);
      look("unified", group, true);  // beside version 1
    } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
      look(controllers, group, false);
      look("cpu", group, false);
    }
  }
  return least;
}

Allowance allowance_of_this_process(const Machine& machine) {
  Allowance allowance{.cpus = intersection(machine.binding(), machine.allowed())};
  if (allowance.cpus.empty()) {
    throw std::runtime_error("this process is bound to CPUs " + to_string(machine.binding()) +
                             ", of which its cgroup allows none (it allows " +
                             to_string(machine.allowed()) + ")");
  }
  allowance.bound = allowance.cpus.size() < machine.allowed().size();
  if (!machine.is_here()) return allowance;
  allowance.quota_cores = cgroup_quota_cores("/", read_file("/proc/self/cgroup"));
  const auto self = local_rank_from_environment().index;
  if (auto bindings = bindings_of_local_ranks("/")) {
    // Of ourselves we know better: our main thread may be bound to a single CPU by now.
    (*bindings)[self] = allowance.cpus;
    allowance.sharers = rank_among_sharers(*bindings, self);
  }
  return allowance;
}

}  // namespace jackdaw::topology
