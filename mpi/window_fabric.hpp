#pragma once
/// \file
/// The fabric that MPI's one-sided operations make: two windows over all ranks of a communicator.

#include <mpi.h>

#include <array>  // array

#include "fabric.hpp"  // Fabric

namespace jackdaw::mpi {

/// Control words and data have a window each, because MPI's separate memory model lets no window
/// take accumulates and its owner's stores at once. Passive target, locked for all its life.
class WindowFabric final : public Fabric {
 public:
  /// Collective. \param comm  lives longer; its errors must be returned (MPI_ERRORS_RETURN)
  /// \throws Error  the transport cannot make windows over these ranks
  WindowFabric(MPI_Comm comm, std::size_t data_bytes);
  ~WindowFabric() override;  ///< collective

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  std::uint64_t fetch_add(int rank, Word word, std::uint64_t summand) override;
  [[nodiscard]] std::uint64_t read(int rank, Word word) override;
  void add(int rank, Word word, std::uint64_t summand) override;
  void get(int rank, std::size_t offset, std::span<std::byte> room) override;
  [[nodiscard]] std::span<std::byte> data() override { return data_; }
  void publish() override;
  void begin_sum(const Totals& mine) override;
  [[nodiscard]] bool end_sum(Totals& all) override;
  [[nodiscard]] std::int64_t now() override;

 private:
  std::uint64_t fetch(int rank, Word word, std::uint64_t summand, MPI_Op operation);

  MPI_Comm comm_;
  int rank_ = 0, size_ = 0;
  MPI_Win control_ = MPI_WIN_NULL, memory_ = MPI_WIN_NULL;
  std::span<std::byte> data_;
  std::uint64_t summand_ = 0;  // of an add() that may be under way
  std::array<std::uint64_t, 2> sum_in_{}, sum_out_{};
  MPI_Request sum_ = MPI_REQUEST_NULL;
};

}  // namespace jackdaw::mpi
