#pragma once
/// \file
/// A text of one rank, for all.

#include <mpi.h>

#include <cstdint>  // uint64_t
#include <string>   // string

#include "check.hpp"  // check

namespace jackdaw::mpi {

/// Collective: `text` becomes that of rank `from`.
inline void broadcast(MPI_Comm comm, int from, std::string& text) {
  std::uint64_t bytes = text.size();
  check(MPI_Bcast(&bytes, 1, MPI_UINT64_T, from, comm), "MPI_Bcast");
  text.resize(bytes);
  check(MPI_Bcast(text.data(), static_cast<int>(bytes), MPI_CHAR, from, comm), "MPI_Bcast");
}

}  // namespace jackdaw::mpi
