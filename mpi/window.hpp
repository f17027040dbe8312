#pragma once
/// \file
/// A window of MPI, for passive-target operations.

#include <mpi.h>

#include <cstddef>  // byte, size_t

namespace jackdaw::mpi {

/// Zeros, and locked for all its life. Collective over `over` to make and to destroy; the others
/// may use it after a barrier.
struct Window {
  MPI_Win handle = MPI_WIN_NULL;
  std::byte* base = nullptr;  ///< the caller's own part

  /// \param unit  bytes of what displacements count
  /// \throws Error  the transport makes no windows over these ranks
  Window(MPI_Comm over, std::size_t bytes, int unit);
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window();
};

}  // namespace jackdaw::mpi
