#pragma once
/// \file
/// The ranks of a communicator, as another one numbers them.

#include <mpi.h>

#include <numeric>  // iota
#include <vector>   // vector

#include "check.hpp"  // check

namespace jackdaw::mpi {

/// By rank in `some`, all of whose ranks `all` has. Local.
[[nodiscard]] inline std::vector<int> ranks_of(MPI_Comm some, MPI_Comm all) {
  MPI_Group large = MPI_GROUP_NULL, small = MPI_GROUP_NULL;
  check(MPI_Comm_group(all, &large), "MPI_Comm_group");
  check(MPI_Comm_group(some, &small), "MPI_Comm_group");
  int size = 0;
  MPI_Group_size(small, &size);
  std::vector<int> mine(static_cast<std::size_t>(size)), theirs(mine);
  std::iota(mine.begin(), mine.end(), 0);
  const int code = MPI_Group_translate_ranks(small, size, mine.data(), large, theirs.data());
  MPI_Group_free(&small);
  MPI_Group_free(&large);
  check(code, "MPI_Group_translate_ranks");
  return theirs;
}

}  // namespace jackdaw::mpi
