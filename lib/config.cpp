#include "jackdaw/config.hpp"

#include <array>         // array
#include <bit>           // has_single_bit
#include <cctype>        // toupper
#include <charconv>      // from_chars
#include <concepts>      // unsigned_integral
#include <cstdlib>       // getenv
#include <string>        // string
#include <system_error>  // errc

namespace jackdaw {
namespace {

[[noreturn]] void refuse(std::string_view field, std::string_view value, std::string_view range) {
  throw ConfigError(std::string(field) + " is " + std::string(value) + ", but must be " +
                    std::string(range));
}

template <std::unsigned_integral T>
void read(std::string_view field, std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    refuse(field, '"' + std::string(text) + '"', "a whole number, 0 or more");
}

template <typename Period>
void read(std::string_view field, std::string_view text,
          std::chrono::duration<std::int64_t, Period>& value) {
  unsigned count = 0;
  read(field, text, count);
  value = std::chrono::duration<std::int64_t, Period>(count);
}

void read(std::string_view field, std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    refuse(field, '"' + std::string(text) + '"', "a number");
}

void read(std::string_view field, std::string_view text, bool& value) {
  if (text != "0" && text != "1") refuse(field, '"' + std::string(text) + '"', "0 or 1");
  value = text == "1";
}

constexpr std::array strategies{Strategy::single, Strategy::batched, Strategy::locality_aware,
                                Strategy::adaptive};
constexpr std::array placements{Placement::compact, Placement::scatter};
constexpr std::array transports{Transport::automatic, Transport::windows, Transport::messages};
constexpr std::array exits{AtExit::drain, AtExit::cancel};

template <typename T, std::size_t n>
void read_name(std::string_view field, std::string_view text, const std::array<T, n>& choices,
               T& value) {
  std::string list;
  for (const T choice : choices) {
    if (name(choice) == text) {
      value = choice;
      return;
    }
    list += (list.empty() ? "" : ", ") + std::string(name(choice));
  }
  refuse(field, '"' + std::string(text) + '"', "one of " + list);
}

constexpr std::string_view fields[] = {"workers",
                                       "deque_capacity",
                                       "max_steal_batch",
                                       "strategy",
                                       "backoff_min",
                                       "backoff_max",
                                       "pin",
                                       "smt",
                                       "placement",
                                       "seed",
                                       "stack_bytes",
                                       "at_exit",
                                       "timeout",
                                       "max_preemption_depth",
                                       "starvation_age",
                                       "imbalance_threshold",
                                       "rebalance_interval",
                                       "warn",
                                       "fabric",
                                       "progress_interval",
                                       "affinity_entries",
                                       "fail_fast"};

void check(std::string_view field, std::uint64_t value, std::uint64_t low, std::uint64_t high) {
  if (value < low || value > high) {
    refuse(field, std::to_string(value), std::to_string(low) + " to " + std::to_string(high));
  }
}

}  // namespace

std::string_view name(Strategy strategy) noexcept {
  constexpr std::string_view names[] = {"single", "batched", "locality_aware", "adaptive"};
  return names[static_cast<std::size_t>(strategy)];
}
std::string_view name(Transport transport) noexcept {
  constexpr std::string_view names[] = {"auto", "windows", "messages"};
  return names[static_cast<std::size_t>(transport)];
}
std::string_view name(Placement placement) noexcept {
  return placement == Placement::compact ? "compact" : "scatter";
}
std::string_view name(AtExit at_exit) noexcept {
  return at_exit == AtExit::drain ? "drain" : "cancel";
}

void set_field(Config& config, std::string_view field, std::string_view text) {
  if (field == "workers") return read(field, text, config.workers);
  if (field == "deque_capacity") return read(field, text, config.deque_capacity);
  if (field == "max_steal_batch") return read(field, text, config.max_steal_batch);
  if (field == "strategy") return read_name(field, text, strategies, config.strategy);
  if (field == "backoff_min") return read(field, text, config.backoff_min);
  if (field == "backoff_max") return read(field, text, config.backoff_max);
  if (field == "pin") return read(field, text, config.pin);
  if (field == "smt") return read(field, text, config.smt);
  if (field == "placement") return read_name(field, text, placements, config.placement);
  if (field == "seed") return read(field, text, config.seed);
  if (field == "stack_bytes") return read(field, text, config.stack_bytes);
  if (field == "at_exit") return read_name(field, text, exits, config.at_exit);
  if (field == "timeout") return read(field, text, config.timeout);
  if (field == "max_preemption_depth") return read(field, text, config.max_preemption_depth);
  if (field == "starvation_age") return read(field, text, config.starvation_age);
  if (field == "imbalance_threshold") return read(field, text, config.imbalance_threshold);
  if (field == "rebalance_interval") return read(field, text, config.rebalance_interval);
  if (field == "warn") return read(field, text, config.warn);
  if (field == "fabric") return read_name(field, text, transports, config.fabric);
  if (field == "progress_interval") return read(field, text, config.progress_interval);
  if (field == "affinity_entries") return read(field, text, config.affinity_entries);
  if (field == "fail_fast") return read(field, text, config.fail_fast);
  throw ConfigError("there is no setting named " + std::string(field));
}

Config Config::from_environment() {
  Config config;
  for (const std::string_view field : fields) {
    std::string variable = "JACKDAW_";
    for (const char c : field)
      variable += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const char* text = std::getenv(variable.c_str());
    if (text == nullptr) continue;
    try {
      set_field(config, field, text);
    } catch (const ConfigError& error) {
      throw ConfigError("in the environment, " + variable + ": " + error.what());
    }
  }
  config.validate();
  return config;
}

void Config::validate() const {
  if (workers != 0) check("workers", workers, 1, 1024);
  check("deque_capacity", deque_capacity, 2, 16384);
  if (!std::has_single_bit(deque_capacity))
    refuse("deque_capacity", std::to_string(deque_capacity), "a power of two from 2 to 16384");
  check("max_steal_batch", max_steal_batch, 1, 64);
  const auto low = static_cast<std::uint64_t>(backoff_min.count());
  const auto high = static_cast<std::uint64_t>(backoff_max.count());
  check("backoff_min", low, 1, 60000);
  check("backoff_max", high, low, 60000);
  check("timeout", static_cast<std::uint64_t>(timeout.count()), 0, 1'000'000'000);
  check("starvation_age", static_cast<std::uint64_t>(starvation_age.count()), 0, 1'000'000'000);
  check("rebalance_interval", static_cast<std::uint64_t>(rebalance_interval.count()), 0, 1'000'000);
  if (!(imbalance_threshold >= 0 && imbalance_threshold <= 100))
    refuse("imbalance_threshold", std::to_string(imbalance_threshold), "0 to 100");
  check("max_preemption_depth", max_preemption_depth, 0, 64);
  check("progress_interval", static_cast<std::uint64_t>(progress_interval.count()), 1, 1'000'000);
  check("affinity_entries", affinity_entries, 8, 4096);
  check("stack_bytes", stack_bytes, std::size_t{1} << 16, std::size_t{1} << 36);
}

}  // namespace jackdaw
