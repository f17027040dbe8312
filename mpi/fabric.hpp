#pragma once
/// \file
/// What the shelf needs of a network: a few words that are only ever added to, and memory to read
/// from. MPI windows are one; messages, and a simulated world, are others.

#include <cstddef>  // byte, size_t
#include <cstdint>  // uint64_t
#include <span>     // span

namespace jackdaw::mpi {

/// The control words that each rank has. Nobody, not even their owner, touches them but by the
/// operations below, which are atomic with each other (MPI-4, 12.7.1: accumulates with one
/// predefined operation, or MPI_NO_OP).
inline constexpr unsigned shelf_slots = 8;
struct Word {
  unsigned index;
  static constexpr unsigned count = 1 + shelf_slots;
  [[nodiscard]] static constexpr Word shelf() { return {0}; }
  [[nodiscard]] static constexpr Word fetched(unsigned slot) { return {1 + slot}; }
};

/// The memory of several ranks. Ranks are numbered as in the whole job. Not thread-safe: one caller
/// at a time. Operations may throw mpi::Error.
class Fabric {
 public:
  Fabric() = default;
  Fabric(const Fabric&) = delete;
  Fabric& operator=(const Fabric&) = delete;
  virtual ~Fabric() = default;

  [[nodiscard]] virtual int rank() const = 0;              ///< the caller's own
  [[nodiscard]] virtual bool reaches(int rank) const = 0;  ///< its memory is part of this fabric

  /// Adds, and gives the value before.
  virtual std::uint64_t fetch_add(int rank, Word word, std::uint64_t summand) = 0;
  [[nodiscard]] virtual std::uint64_t read(int rank, Word word) = 0;
  /// Adds some time from now; nobody waits for it.
  virtual void add(int rank, Word word, std::uint64_t summand) = 0;
  /// Copies from the data memory of a rank.
  virtual void get(int rank, std::size_t offset, std::span<std::byte> room) = 0;
  /// The caller's own data memory. What is written there is seen by the gets of those who saw a
  /// control word that was changed after publish().
  [[nodiscard]] virtual std::span<std::byte> data() = 0;
  virtual void publish() = 0;
};

}  // namespace jackdaw::mpi
