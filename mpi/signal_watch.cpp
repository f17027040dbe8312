#include "signal_watch.hpp"

#include <array>    // array
#include <atomic>   // atomic
#include <cstddef>  // size_t
#include <mutex>    // mutex

#include "jackdaw/checkpoint.hpp"  // note_checkpoint_signals

namespace jackdaw::mpi {
namespace {

/// Relaxed everywhere: it carries nothing, and is looked at again and again.
std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler may write no other");

void note_signal(int signal) { caught_signal.store(signal, std::memory_order_relaxed); }

constexpr std::array<int, 2> signals{SIGUSR1, SIGTERM};
std::mutex watches_mutex;  // of what follows
int watches = 0;
std::array<struct sigaction, 2> before{};  // what the signals did before the first of them

void begin_watch() {
  const std::lock_guard hold(watches_mutex);
  if (watches++ > 0) return;
  caught_signal.store(0, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = &note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &before[i]);
}
void end_watch() {
  const std::lock_guard hold(watches_mutex);
  if (--watches > 0) return;
  for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before[i], nullptr);
}

}  // namespace

SignalWatch::SignalWatch(bool on) : on_(on) {
  if (on_) begin_watch();
}
SignalWatch::~SignalWatch() {
  if (on_) end_watch();
}

int SignalWatch::caught() noexcept { return caught_signal.load(std::memory_order_relaxed); }
std::string SignalWatch::name(int signal) {
  if (signal == SIGUSR1) return "SIGUSR1";
  if (signal == SIGTERM) return "SIGTERM";
  return "signal " + std::to_string(signal);
}

}  // namespace jackdaw::mpi

/// A watch that nobody ends: results are printed, and MPI ends, after the last run.
void jackdaw::note_checkpoint_signals() noexcept {
  [[maybe_unused]] static const bool noted = (mpi::begin_watch(), true);
}
