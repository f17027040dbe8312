#pragma once
/// \file
/// The signals by which a batch system says that the time is nearly over.

#include <signal.h>  // sigaction

#include <string>  // string, to_string

namespace jackdaw::mpi {

/// While one lives, SIGUSR1 and SIGTERM are noted instead of ending the process; when the last one
/// goes, they do again what they did before.
class SignalWatch {
 public:
  explicit SignalWatch(bool on);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// The last that came since there is a watch; 0: none. Any thread.
  [[nodiscard]] static int caught() noexcept;
  [[nodiscard]] static std::string name(int signal);

 private:
  bool on_;
};

}  // namespace jackdaw::mpi
