#pragma once
/// \file
/// The signals by which a batch system says that the time is nearly over.

#include <signal.h>  // sigaction

#include <array>   // array
#include <string>  // string, to_string

namespace jackdaw::mpi {

/// While it lives, SIGUSR1 and SIGTERM are noted instead of ending the process. One at a time.
class SignalWatch {
 public:
  /// Takes over what note_checkpoint_signals() has begun, if it has.
  explicit SignalWatch(bool on);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// The one that came since the last watch began; 0: none. Any thread.
  [[nodiscard]] static int caught() noexcept;
  [[nodiscard]] static std::string name(int signal);

 private:
  bool on_;
  std::array<struct sigaction, 2> before_{};
};

}  // namespace jackdaw::mpi
