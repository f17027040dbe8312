#include "jackdaw/topology/allowance.hpp"

#include <algorithm>  // min
#include <charconv>   // from_chars
#include <cstdlib>    // getenv
#include <fstream>    // ifstream
#include <iterator>   // istreambuf_iterator
#include <optional>   // optional
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

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}
std::optional<unsigned> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? std::nullopt : number(text);
}

}  // namespace

double cgroup_quota_cores(const std::filesystem::path& root, std::string_view cgroup) {
  double least = no_quota;
  std::istringstream lines{std::string(cgroup)};
  for (std::string line; std::getline(lines, line);) {  // "number:controllers:group"
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto group = line.substr(second + 1);
    const auto mounts = root / "sys/fs/cgroup";
    if (controllers.empty()) {
      least = std::min(least, quota_up_from(mounts, group, true));
    } else if (("," + controllers + ",").find(",cpu,") != std::string::npos) {
      least = std::min(least, quota_up_from(mounts / controllers, group, false));
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
  if (machine.is_here())
    allowance.quota_cores = cgroup_quota_cores("/", read_file("/proc/self/cgroup"));
  return allowance;
}

unsigned tasks_on_node(std::string_view tasks_per_node, unsigned node) {
  std::istringstream items{std::string(tasks_per_node)};
  for (std::string item; std::getline(items, item, ',');) {  // "2(x3)" or "1"
    const auto bracket = item.find("(x");
    const auto tasks = number(std::string_view(item).substr(0, bracket));
    unsigned times = 1;
    if (bracket != std::string::npos && item.back() == ')')
      times =
          number(std::string_view(item).substr(bracket + 2, item.size() - bracket - 3)).value_or(0);
    if (!tasks) return 0;
    if (node < times) return *tasks;
    node -= times;
  }
  return 0;
}

LocalRank local_rank_from_environment() {
  constexpr const char* launchers[][2] = {
      {"OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"},
      {"MPI_LOCALRANKID", "MPI_LOCALNRANKS"}};
  for (const auto& [rank, size] : launchers) {
    const auto index = number_from(rank);
    const auto count = number_from(size);
    if (index && count && *index < *count) return {*index, *count};
  }
  const auto index = number_from("SLURM_LOCALID");
  const char* tasks = std::getenv("SLURM_STEP_TASKS_PER_NODE");
  if (!index || tasks == nullptr) return {};
  const unsigned count = tasks_on_node(tasks, number_from("SLURM_NODEID").value_or(0));
  return *index < count ? LocalRank{*index, count} : LocalRank{};
}

}  // namespace jackdaw::topology
