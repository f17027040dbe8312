#pragma once
/// \file
/// MPI as we find it, or as we start it, and a communicator of our own.

#include <mpi.h>

namespace jackdaw::mpi {

/// Collective to make and to destroy.
class Session {
 public:
  Session(int& argc, char**& argv);  ///< initialises MPI unless the program has
  explicit Session(MPI_Comm comm);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  [[nodiscard]] MPI_Comm comm() const noexcept { return comm_; }
  /// MPI_THREAD_SINGLE and so on.
  [[nodiscard]] int level() const noexcept { return level_; }

 private:
  void duplicate(MPI_Comm comm);
  bool ours_ = false;
  int level_ = MPI_THREAD_SINGLE;
  MPI_Comm comm_ = MPI_COMM_NULL;
};

}  // namespace jackdaw::mpi
