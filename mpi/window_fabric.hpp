#pragma once
/// \file
/// The fabric that MPI's one-sided operations make: two windows over the ranks of a communicator.

#include <mpi.h>

#include <vector>  // vector

#include "fabric.hpp"  // Fabric
#include "window.hpp"  // Window

namespace jackdaw::mpi {

/// Control words and data have a window each, because MPI's separate memory model lets no window
/// take accumulates and its owner's stores at once. Passive target, locked for all its life.
class WindowFabric final : public Fabric {
 public:
  /// Collective over `over`, some of the ranks of `all`. Both live longer; their errors are
  /// returned (MPI_ERRORS_RETURN). \throws Error  the transport makes no windows over these ranks
  WindowFabric(MPI_Comm all, MPI_Comm over, std::size_t data_bytes);

  /// Collective over the ranks it reaches. True if its operations wait until the target calls MPI,
  /// as far as one pair of ranks shows. Takes some 20 ms.
  [[nodiscard]] bool needs_help();

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] bool reaches(int rank) const override { return index_of(rank) >= 0; }
  std::uint64_t fetch_add(int rank, Word word, std::uint64_t summand) override;
  [[nodiscard]] std::uint64_t read(int rank, Word word) override;
  void add(int rank, Word word, std::uint64_t summand) override;
  void get(int rank, std::size_t offset, std::span<std::byte> room) override;
  [[nodiscard]] std::span<std::byte> data() override { return data_; }
  void publish() override;

 private:
  std::uint64_t fetch(int rank, Word word, std::uint64_t summand, MPI_Op operation);
  [[nodiscard]] int index_of(int rank) const;  // in the windows; -1: it is not there

  MPI_Comm over_;
  int rank_ = 0, size_ = 0;
  std::vector<int> ranks_;  // that it reaches, ascending; empty: all
  Window control_, memory_;
  std::span<std::byte> data_;
  std::uint64_t summand_ = 0;  // of an add() that may be under way
};

}  // namespace jackdaw::mpi
