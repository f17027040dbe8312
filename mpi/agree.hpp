#pragma once
/// \file
/// Settings that must be the same on every rank, because all ranks compute with them.

#include <mpi.h>

#include <array>    // array
#include <cstdint>  // uint64_t
#include <string>   // string

#include "check.hpp"           // check
#include "jackdaw/config.hpp"  // ConfigError

namespace jackdaw::mpi {

/// Collective. `text_of` makes text of a value.
/// \throws ConfigError  `field` differs; on every rank
template <typename TextOf>
void must_agree(MPI_Comm comm, const std::string& field, std::uint64_t value, TextOf text_of) {
  std::array<std::uint64_t, 2> least{value, ~value};
  check(MPI_Allreduce(MPI_IN_PLACE, least.data(), 2, MPI_UINT64_T, MPI_MIN, comm), "MPI_Allreduce");
  if (least[0] == ~least[1]) return;
  throw ConfigError(field + " is " + text_of(least[0]) + " on one rank and " + text_of(~least[1]) +
                    " on another, but must be the same on all; mpirun takes the environment to "
                    "other hosts only if it is told to (-x)");
}

}  // namespace jackdaw::mpi
