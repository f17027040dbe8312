#pragma once
/// \file
/// Lists of plain values of all ranks, brought together on rank 0.

#include <mpi.h>

#include <cstdint>      // int64_t
#include <limits>       // numeric_limits
#include <numeric>      // exclusive_scan, accumulate
#include <stdexcept>    // length_error
#include <type_traits>  // is_trivially_copyable_v
#include <vector>       // vector

#include "check.hpp"  // check

namespace jackdaw::mpi {

/// Collective: the lists of all ranks, one behind the other, on rank 0; empty elsewhere.
/// \throws std::length_error  they have 2 GiB or more together
template <typename T>
[[nodiscard]] std::vector<T> gather(MPI_Comm comm, const std::vector<T>& mine) {
  static_assert(std::is_trivially_copyable_v<T>, "it travels as bytes");
  int rank = 0;
  int size = 0;
  check(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  const bool first = rank == 0;
  const int bytes = static_cast<int>(mine.size() * sizeof(T));
  std::vector<int> sizes(first ? static_cast<std::size_t>(size) : 0), starts(sizes);
  check(MPI_Gather(&bytes, 1, MPI_INT, sizes.data(), 1, MPI_INT, 0, comm), "MPI_Gather");
  const auto all_bytes = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  if (all_bytes > std::numeric_limits<int>::max())
    throw std::length_error("what is gathered on rank 0 has more than 2 GiB");
  std::exclusive_scan(sizes.begin(), sizes.end(), starts.begin(), 0);
  std::vector<T> all(static_cast<std::size_t>(all_bytes) / sizeof(T));
  check(MPI_Gatherv(mine.data(), bytes, MPI_BYTE, all.data(), sizes.data(), starts.data(), MPI_BYTE,
                    0, comm),
        "MPI_Gatherv");
  return all;
}

}  // namespace jackdaw::mpi
