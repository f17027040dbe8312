#pragma once
/// \file
/// Checksums of checkpoints: XXH3 with 64 bits, by Yann Collet's xxHash.

#include <cstddef>  // byte
#include <cstdint>  // uint64_t
#include <memory>   // unique_ptr
#include <span>     // span

namespace jackdaw::mpi {

[[nodiscard]] std::uint64_t checksum_of(std::span<const std::byte> bytes) noexcept;

/// Of bytes that come in pieces.
class Checksum {
 public:
  Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;
  ~Checksum();
  void add(std::span<const std::byte> bytes) noexcept;
  [[nodiscard]] std::uint64_t value() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jackdaw::mpi
