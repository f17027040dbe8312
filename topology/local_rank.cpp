#include "jackdaw/topology/local_rank.hpp"

#include <algorithm>  // none_of
#include <charconv>   // from_chars
#include <cstdlib>    // getenv
#include <fstream>    // ifstream
#include <iterator>   // istreambuf_iterator
#include <sstream>    // istringstream
#include <stdexcept>  // out_of_range
#include <string>     // getline, string, to_string

namespace jackdaw::topology {
namespace {

namespace fs = std::filesystem;

constexpr unsigned most_ranks = 65536;  // on one host; more than that is no launcher's number

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

/// "(x3)"
std::optional<unsigned> repeats(std::string_view text) {
  if (!text.starts_with("(x") || !text.ends_with(")")) return std::nullopt;
  return number(text.substr(2, text.size() - 3));
}

/// What a launcher has told, and the variable in which it tells each process its local rank.
struct Launch {
  LocalRank rank;
  const char* variable;
};

std::optional<Launch> launch_from_environment() {
  constexpr const char* launchers[][2] = {
      {"OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE"},
      {"MPI_LOCALRANKID", "MPI_LOCALNRANKS"},
      {"MV2_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_SIZE"}};
  for (const auto& [variable, size] : launchers) {
    const auto index = number_from(variable);
    const auto count = number_from(size);
    if (index && count && *index < *count && *count <= most_ranks)
      return Launch{{*index, *count}, variable};
  }
  const auto index = number_from("SLURM_LOCALID");
  const char* tasks = std::getenv("SLURM_STEP_TASKS_PER_NODE");
  if (!index || tasks == nullptr) return std::nullopt;
  const unsigned count = tasks_on_node(tasks, number_from("SLURM_NODEID").value_or(0));
  if (*index >= count || count > most_ranks) return std::nullopt;
  return Launch{{*index, count}, "SLURM_LOCALID"};
}

// --- other processes -----------------------------------------------------------------------------

/// One process of the proc file system.
class Process {
 public:
  explicit Process(fs::path folder) : folder_(std::move(folder)) {}

  /// A line of its status: "PPid", "Cpus_allowed_list". Empty if there is none.
  [[nodiscard]] std::string status(std::string_view field) const {
    std::ifstream in(folder_ / "status");
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with(field) || line.find(':') != field.size()) continue;
      const auto text = line.find_first_not_of(" \t", field.size() + 1);
      return text == std::string::npos ? "" : line.substr(text);
    }
    return {};
  }

  /// What it found in its environment when it started; nothing if it may not be read.
  [[nodiscard]] std::optional<unsigned> number_from(std::string_view variable) const {
    std::ifstream in(folder_ / "environ");
    for (std::string entry; std::getline(in, entry, '\0');) {
      if (entry.starts_with(variable) && entry.find('=') == variable.size())
        return number(std::string_view(entry).substr(variable.size() + 1));
    }
    return std::nullopt;
  }

  /// Of all its threads.
  [[nodiscard]] std::vector<std::string> children() const {
    std::vector<std::string> all;
    std::error_code gone;
    for (const auto& thread : fs::directory_iterator(folder_ / "task", gone)) {
      std::ifstream in(thread.path() / "children");
      for (std::string child; in >> child;) all.push_back(child);
    }
    return all;
  }

 private:
  fs::path folder_;
};

/// The first process above this one that is no rank: wrappers (a shell, a profiler) are.
std::string launcher_of_self(const fs::path& proc, const char* variable) {
  auto pid = Process(proc / "self").status("PPid");
  while (number(pid).value_or(0) != 0 && Process(proc / pid).number_from(variable))
    pid = Process(proc / pid).status("PPid");
  return pid;
}

}  // namespace

LocalRank local_rank_from_environment() {
  const auto launch = launch_from_environment();
  return launch ? launch->rank : LocalRank{};
}

unsigned tasks_on_node(std::string_view tasks_per_node, unsigned node) {
  std::istringstream items{std::string(tasks_per_node)};
  for (std::string item; std::getline(items, item, ',');) {  // "2(x3)" or "1"
    const auto bracket = item.find('(');
    const auto tasks = number(std::string_view(item).substr(0, bracket));
    const auto times =
        bracket == std::string::npos ? std::optional(1u) : repeats(item.substr(bracket));
    if (!tasks || !times) return 0;
    if (node < *times) return *tasks;
    node -= *times;
  }
  return 0;
}

LocalRank rank_among_sharers(std::span<const CpuSet> cpus, unsigned self) {
  if (self >= cpus.size()) {
    throw std::out_of_range("rank_among_sharers: self is " + std::to_string(self) +
                            ", but there are only " + std::to_string(cpus.size()) + " ranks");
  }
  LocalRank rank{.index = 0, .count = 0};
  for (unsigned other = 0; other < cpus.size(); ++other) {
    if (other != self && intersection(cpus[self], cpus[other]).empty()) continue;
    if (other < self) ++rank.index;
    ++rank.count;
  }
  return rank;
}

std::optional<std::vector<CpuSet>> bindings_of_local_ranks(const fs::path& root) {
  const auto launch = launch_from_environment();
  if (!launch) return std::nullopt;
  const auto proc = root / "proc";
  std::vector<CpuSet> bindings(launch->rank.count);
  for (const auto& pid : Process(proc / launcher_of_self(proc, launch->variable)).children()) {
    const Process process(proc / pid);
    const auto index = process.number_from(launch->variable);
    const auto cpus = parse_cpu_set(process.status("Cpus_allowed_list"));
    if (!index || !cpus) continue;  // a helper of the launcher, or gone
    // Twice the same: the launcher has started more than one program, and we do not know whose.
    if (*index >= bindings.size() || !bindings[*index].empty()) return std::nullopt;
    bindings[*index] = *cpus;
  }
  const bool all =
      std::none_of(bindings.begin(), bindings.end(), [](const auto& cpus) { return cpus.empty(); });
  return all ? std::optional(bindings) : std::nullopt;
}

}  // namespace jackdaw::topology
