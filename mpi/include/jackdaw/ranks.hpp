#pragma once
/// \file
/// The ranks that were started, of which only the first few may have a Scheduler for a while: what
/// a scaling study needs.

#include <mpi.h>

#include <cstddef>     // byte
#include <functional>  // function
#include <memory>      // unique_ptr
#include <span>        // span

#include "jackdaw/config.hpp"  // Config

namespace jackdaw {

class Scheduler;

/// Thread-safety: all is for the thread that made it. Everything is collective over all ranks.
class Ranks {
 public:
  /// Initialises MPI unless the program has. \throws std::runtime_error  MPI will not do it
  Ranks(int& argc, char**& argv);
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  ~Ranks();  ///< finalises MPI if the constructor has initialised it

  [[nodiscard]] int rank() const noexcept;
  [[nodiscard]] int size() const noexcept;
  [[nodiscard]] MPI_Comm comm() const noexcept;  ///< over all; lives as long as this

  /// Calls `work` on the first `ranks` ranks, with a scheduler of theirs. The others sleep, and
  /// take no CPU time from them. What `work` throws on a rank is thrown there.
  void with_first(int ranks, const Config& config, const std::function<void(Scheduler&)>& work);
  /// Calls `work` on rank 0, while the others sleep.
  void alone(const std::function<void()>& work);
  /// Everybody has the bytes of rank `from` afterwards. As many on each rank.
  void broadcast(int from, std::span<std::byte> bytes);

 private:
  void meet();
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace jackdaw
