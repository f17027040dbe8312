#pragma once
/// \file
/// The pool on which kernels run that threads outside any pool launch without naming one.

#include <cstdio>     // fputs, stderr
#include <memory>     // make_unique, unique_ptr
#include <mutex>      // lock_guard, mutex
#include <stdexcept>  // logic_error
#include <string>     // string, to_string

#include "jackdaw/config.hpp"          // Config
#include "jackdaw/detail/engine.hpp"   // Engine
#include "jackdaw/kokkos/version.hpp"  // Kokkos, threads_of_kokkos
#include "jackdaw/pool.hpp"            // Pool

namespace jackdaw::kokkos::detail {

/// Chosen by the program, else made when it is first needed, and ended by Kokkos::finalize.
/// Thread-safety: any thread; whoever chooses a pool keeps it until its kernels are done.
class DefaultPool {
 public:
  [[nodiscard]] static DefaultPool& instance() {
    static DefaultPool only;
    return only;
  }
  [[nodiscard]] Pool& get() {
    const std::lock_guard hold(mutex_);
    if (chosen_ != nullptr) return *chosen_;
    if (!made_) {
      made_ = std::make_unique<Pool>();
      Kokkos::push_finalize_hook([this] { end(); });
    }
    return *made_;
  }
  /// Of the pool that get() would give; does not make one.
  [[nodiscard]] unsigned workers() {
    const std::lock_guard hold(mutex_);
    if (chosen_ != nullptr) return chosen_->workers();
    if (made_) return made_->workers();
    if (would_have_ == 0)
      would_have_ = jackdaw::detail::Engine::workers_of(Config::from_environment());
    return would_have_;
  }
  /// \returns the pool that was chosen before
  Pool* choose(Pool* pool) {
    const std::lock_guard hold(mutex_);
    Pool* const before = chosen_;
    chosen_ = pool;
    return before;
  }

 private:
  void end() {
    std::unique_ptr<Pool> ending;
    const std::lock_guard hold(mutex_);
    ending.swap(made_);
  }

  std::mutex mutex_;
  Pool* chosen_ = nullptr;
  std::unique_ptr<Pool> made_;
  unsigned would_have_ = 0;  // workers, if it was made; 0: not known yet
};

/// What to say of a host backend with threads of its own; empty: nothing.
/// \param backend  its name; null: there is none
[[nodiscard]] inline std::string note_on_threads(const char* backend, int threads) {
  if (backend == nullptr || threads < 2) return {};
  return "jackdaw: Kokkos has " + std::to_string(threads) + " threads of its own (" + backend +
         "), which keep cores from the workers while its kernels run on both; start it with"
         " --kokkos-num-threads=1, or run all kernels on one of the two\n";
}

/// Once, when the first kernel runs.
inline void note_threads_of_kokkos() {
  if (!Config::from_environment().warn) return;
  const std::string note =
      note_on_threads(threads_of_kokkos(), Kokkos::DefaultHostExecutionSpace().concurrency());
  (void)std::fputs(note.c_str(), stderr);
}

/// \throws std::logic_error  Kokkos cannot run kernels now
inline void expect_kokkos() {
  if (!Kokkos::is_initialized()) {
    throw std::logic_error(
        "a kernel on WorkStealing before Kokkos::initialize or after Kokkos::finalize; launch it"
        " between the two");
  }
  [[maybe_unused]] static const bool noted = (note_threads_of_kokkos(), true);
}

}  // namespace jackdaw::kokkos::detail
