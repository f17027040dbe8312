#include "signal_watch.hpp"

#include <atomic>    // atomic
#include <cstddef>   // size_t
#include <optional>  // optional
#include <utility>   // exchange

#include "jackdaw/checkpoint.hpp"  // note_checkpoint_signals

namespace jackdaw::mpi {
namespace {

/// Relaxed everywhere: it carries nothing, and is looked at again and again.
std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler may write no other");

void note_signal(int signal) { caught_signal.store(signal, std::memory_order_relaxed); }

using Actions = std::array<struct sigaction, 2>;
constexpr std::array<int, 2> signals{SIGUSR1, SIGTERM};
std::optional<Actions> early;  // what there was before note_checkpoint_signals()

/// \returns what there was before
Actions note_signals() noexcept {
  caught_signal.store(0, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = &note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  Actions before{};
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &before[i]);
  return before;
}

}  // namespace

SignalWatch::SignalWatch(bool on) : on_(on) {
  if (on_) before_ = early ? *std::exchange(early, {}) : note_signals();
}
SignalWatch::~SignalWatch() {
  if (!on_) return;
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
}

int SignalWatch::caught() noexcept { return caught_signal.load(std::memory_order_relaxed); }
std::string SignalWatch::name(int signal) {
  if (signal == SIGUSR1) return "SIGUSR1";
  if (signal == SIGTERM) return "SIGTERM";
  return "signal " + std::to_string(signal);
}

}  // namespace jackdaw::mpi

void jackdaw::note_checkpoint_signals() noexcept {
  if (!mpi::early) mpi::early = mpi::note_signals();
}
