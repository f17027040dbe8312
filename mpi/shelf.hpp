#pragma once
/// \file
/// A rank's shelf: jobs that other ranks may take in batches, without its help.
///
/// The claim is one add to one word (control_word.hpp); README.md has the proof that each job goes
/// out exactly once. A shelf is filled into one of eight slots, and a slot is filled again only
/// once all that was claimed of it has been fetched, which the thieves count in a word of their
/// own.

#include <array>    // array
#include <cstddef>  // size_t
#include <cstdint>  // uint32_t, uint64_t
#include <span>     // span
#include <vector>   // vector

#include "control_word.hpp"        // ControlWord
#include "fabric.hpp"              // Fabric, shelf_slots
#include "jackdaw/packed_job.hpp"  // PackedJob

namespace jackdaw::mpi {

/// Bytes of data memory that a shelf needs.
inline constexpr std::size_t shelf_bytes =
    std::size_t{shelf_slots} * ControlWord::max_jobs * sizeof(PackedJob);

/// The owner's side.
class Shelf {
 public:
  Shelf(Fabric& fabric, std::uint32_t max_batch);

  [[nodiscard]] bool is_open() const noexcept { return open_; }
  /// Jobs on it that nobody has claimed. One read of a word.
  [[nodiscard]] std::uint32_t unclaimed();

  /// Room for the jobs of the next filling; empty if no slot is free yet. The shelf is closed.
  [[nodiscard]] std::span<PackedJob> room();
  /// Opens it with the first `jobs` of room(). \returns how many of them, from the front, belong to
  /// nobody, because thieves who came too early have claimed them: the owner keeps those
  [[nodiscard]] std::uint32_t open(std::uint32_t jobs);
  /// Closes it. \returns what nobody has claimed, valid until the next open(); all taken by others
  ///          are counted in taken()
  [[nodiscard]] std::span<const PackedJob> close();

  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }  ///< jobs, by thieves

 private:
  [[nodiscard]] PackedJob* slot(std::uint32_t index);

  Fabric& fabric_;
  std::uint32_t max_batch_;
  bool open_ = false;
  ControlWord high_;                  // what the owner's bits are; its attempts are not used
  std::uint32_t known_attempts_ = 0;  // when it was closed
  std::uint32_t first_ = 0;           // jobs of this filling that the owner kept
  std::uint32_t next_slot_ = 0;
  std::array<std::uint64_t, shelf_slots> claimed_{};  // of each slot, ever
  std::uint64_t taken_ = 0;
};

/// What became of an attempt.
struct Knock {
  enum Outcome : std::uint8_t { taken, closed, exhausted } outcome;
  std::uint32_t left;  ///< jobs that nobody had claimed then, after this attempt
};

/// The thief's side. Takes the batch that the next attempt at `victim`'s shelf owns: two round
/// trips for a success, one for a failure.
[[nodiscard]] Knock take_batch(Fabric& fabric, int victim, std::uint32_t max_batch,
                               std::vector<PackedJob>& batch);
/// Whether an attempt now would bring something. One read.
[[nodiscard]] bool shows_jobs(Fabric& fabric, int victim, std::uint32_t max_batch);

}  // namespace jackdaw::mpi
