#pragma once
/// \file
/// The network that MPI makes: point-to-point messages, and non-blocking reductions.

#include <mpi.h>

#include <array>  // array
#include <list>   // list

#include "network.hpp"  // Network

namespace jackdaw::mpi {

class MpiNetwork final : public Network {
 public:
  /// \param comm  lives longer, and is nobody else's; its errors are returned (MPI_ERRORS_RETURN)
  explicit MpiNetwork(MPI_Comm comm);
  ~MpiNetwork() override;

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return size_; }
  void send(int to, Mail about, std::span<const std::byte> body) override;
  [[nodiscard]] bool receive(Letter& letter) override;
  void relax() override;
  void begin_sum(const Totals& mine) override;
  [[nodiscard]] bool end_sum(Totals& all) override;
  [[nodiscard]] std::int64_t now() override;

 private:
  void forget_sent();

  MPI_Comm comm_;
  int rank_ = 0, size_ = 0;
  struct Sent {
    MPI_Request request = MPI_REQUEST_NULL;
    std::vector<std::byte> body;  // until it has left
  };
  std::list<Sent> sent_;
  std::array<std::uint64_t, 2> sum_in_{}, sum_out_{};
  MPI_Request sum_ = MPI_REQUEST_NULL;
};

}  // namespace jackdaw::mpi
