#pragma once
/// \file
/// What some ranks have to complain of, heard by all: so that all throw, or none.

#include <mpi.h>

#include <string>  // string

#include "broadcast.hpp"  // broadcast
#include "check.hpp"      // check

namespace jackdaw::mpi {

/// Collective: what the lowest rank says that says anything; empty: none does.
[[nodiscard]] inline std::string first_complaint(MPI_Comm comm, const std::string& mine) {
  int rank = 0;
  int size = 0;
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  int speaker = mine.empty() ? size : rank;
  check(MPI_Allreduce(MPI_IN_PLACE, &speaker, 1, MPI_INT, MPI_MIN, comm), "MPI_Allreduce");
  if (speaker == size) return {};
  std::string text = mine;
  broadcast(comm, speaker, text);
  return text;
}

}  // namespace jackdaw::mpi
