#pragma once
/// \file
/// The job kinds of this program, by id; and whether all ranks have the same.

#include <mpi.h>

#include <cstdint>        // uint64_t
#include <unordered_map>  // unordered_map

#include "jackdaw/movable.hpp"  // JobKind

namespace jackdaw::mpi {

class Kinds {
 public:
  /// Collective. \throws std::runtime_error  on every rank, if they differ: which kind, and where
  explicit Kinds(MPI_Comm comm);
  /// Null: there is no such kind.
  [[nodiscard]] const detail::JobKind* find(std::uint64_t id) const noexcept {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::uint64_t, const detail::JobKind*> by_id_;
};

}  // namespace jackdaw::mpi
