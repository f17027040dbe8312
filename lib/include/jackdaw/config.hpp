#pragma once
/// \file
/// What a pool can be told. Every field has an environment variable and, in the `jackdaw` command,
/// an option of the same name: JACKDAW_AT_EXIT, --at-exit.

#include <chrono>       // milliseconds
#include <cstddef>      // size_t
#include <cstdint>      // uint8_t, uint64_t
#include <stdexcept>    // invalid_argument
#include <string_view>  // string_view

namespace jackdaw {

/// From whom a worker steals jobs, and how many at a time.
enum class Strategy : std::uint8_t {
  single,          ///< one job from a random victim
  batched,         ///< half of a random victim's jobs, at most max_steal_batch
  locality_aware,  ///< as batched, from the nearest victim that has any
  adaptive,        ///< from near victims first, those with most work, so much work as is worth it
};

/// How workers are laid out over the cores.
enum class Placement : std::uint8_t {
  compact,  ///< neighbours first: small pools share caches
  scatter,  ///< spread over packages and NUMA nodes: small pools get all the bandwidth
};

/// What the destructor of a pool does with jobs that have not started.
enum class AtExit : std::uint8_t {
  drain,   ///< runs them
  cancel,  ///< cancels them
};

/// How ranks reach each other's memory. A pool has no use for it.
enum class Transport : std::uint8_t {
  automatic,  ///< "auto": windows where they work while their target computes, else messages
  windows,    ///< MPI's one-sided operations, or an error
  messages,   ///< point-to-point messages alone
};

[[nodiscard]] std::string_view name(Strategy strategy) noexcept;
[[nodiscard]] std::string_view name(Transport transport) noexcept;
[[nodiscard]] std::string_view name(Placement placement) noexcept;
[[nodiscard]] std::string_view name(AtExit at_exit) noexcept;

/// A setting is out of range. The message names the field, the value and the range.
class ConfigError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

struct Config {
  unsigned workers = 0;            ///< JACKDAW_WORKERS: 1 to 1024; 0: one for each allowed core
  unsigned deque_capacity = 1024;  ///< JACKDAW_DEQUE_CAPACITY: jobs, a power of two, 2 to 16384
  unsigned max_steal_batch = 64;   ///< JACKDAW_MAX_STEAL_BATCH: jobs, 1 to 64
  Strategy strategy = Strategy::adaptive;       ///< JACKDAW_STRATEGY
  std::chrono::milliseconds backoff_min{1};     ///< JACKDAW_BACKOFF_MIN: ms, 1 to backoff_max
  std::chrono::milliseconds backoff_max{1000};  ///< JACKDAW_BACKOFF_MAX: ms, backoff_min to 60000
  bool pin = true;                              ///< JACKDAW_PIN: 0, 1
  bool smt = false;  ///< JACKDAW_SMT: 0, 1; a worker for each hardware thread, not each core
  Placement placement = Placement::compact;        ///< JACKDAW_PLACEMENT
  std::uint64_t seed = 1;                          ///< JACKDAW_SEED: of all that is random here
  std::size_t stack_bytes = std::size_t{1} << 28;  ///< JACKDAW_STACK_BYTES: 64 KiB to 64 GiB; is
                                                   ///< reserved, and takes memory as it is used
  AtExit at_exit = AtExit::drain;                  ///< JACKDAW_AT_EXIT

  std::chrono::milliseconds timeout{30000};  ///< JACKDAW_TIMEOUT: ms, 0 to 10^9; what a job may
                                             ///< run unless it says otherwise; 0: for ever
  unsigned max_preemption_depth = 3;         ///< JACKDAW_MAX_PREEMPTION_DEPTH: jobs on top of one
                                             ///< that they preempt, 0 to 64
  std::chrono::milliseconds starvation_age{5000};  ///< JACKDAW_STARVATION_AGE: ms, 0 to 10^9; what
                                                   ///< has waited so long is promoted; 0: nothing
  double imbalance_threshold = 0.3;  ///< JACKDAW_IMBALANCE_THRESHOLD: 0 to 100; how far the fullest
                                     ///< worker may be above the mean
  std::chrono::milliseconds rebalance_interval{1000};  ///< JACKDAW_REBALANCE_INTERVAL: ms, 0 to
                                                       ///< 10^6; between two looks; 0: none
  bool warn = true;  ///< JACKDAW_WARN: 0, 1; jobs past their time limit are told of on stderr

  // Of a Scheduler.
  Transport fabric = Transport::automatic;  ///< JACKDAW_FABRIC
  std::chrono::microseconds progress_interval{
      50};                 ///< JACKDAW_PROGRESS_INTERVAL: us, 1 to 1000000;
                           ///< between two looks at the other ranks
  bool fail_fast = false;  ///< JACKDAW_FAIL_FAST: 0, 1; the first job that throws stops all ranks
  unsigned affinity_entries =
      256;  ///< JACKDAW_AFFINITY_ENTRIES: ranks that a rank remembers, 8 to 4096

  /// The defaults, changed by what the environment says.
  /// \throws ConfigError  a variable cannot be read or is out of range
  [[nodiscard]] static Config from_environment();

  /// \throws ConfigError  a field is out of range
  void validate() const;
};

/// Reads one setting from text, as from_environment and command lines do.
/// \param field  its name as above: "workers"
/// \throws ConfigError  there is no such field, or the text is no value of it
void set_field(Config& config, std::string_view field, std::string_view text);

}  // namespace jackdaw
