#pragma once
/// \file
/// The fabric where no window over all ranks can be had, or none that works without the target:
/// the same operations, carried by letters, which the courier of the target answers.

#include <array>    // array
#include <cstdlib>  // free
#include <memory>   // unique_ptr

#include "fabric.hpp"   // Fabric
#include "mailbox.hpp"  // Mailbox

namespace jackdaw::mpi {

/// While an operation waits for its answer, requests of others are answered and other letters are
/// kept: so two ranks that ask each other never wait for ever. A rank that neither asks nor reads
/// its letters keeps others waiting.
class MessageFabric final : public Fabric {
 public:
  MessageFabric(Mailbox& mailbox, std::size_t data_bytes);

  /// Does what a letter asks for. False: it is about something else.
  [[nodiscard]] bool accept(const Letter& letter);

  [[nodiscard]] int rank() const override { return mailbox_.network().rank(); }
  [[nodiscard]] bool reaches(int) const override { return true; }
  std::uint64_t fetch_add(int rank, Word word, std::uint64_t summand) override;
  [[nodiscard]] std::uint64_t read(int rank, Word word) override;
  void add(int rank, Word word, std::uint64_t summand) override;
  void get(int rank, std::size_t offset, std::span<std::byte> room) override;
  [[nodiscard]] std::span<std::byte> data() override { return {data_.get(), bytes_}; }
  void publish() override {}  // what others get, this rank sends

 private:
  struct Request;
  void wait_for_answer(std::span<std::byte> room);

  Mailbox& mailbox_;
  std::array<std::uint64_t, Word::count> words_{};
  struct Free {
    void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Free> data_;  // zeros that take no room until they are written to
  std::size_t bytes_;
};

}  // namespace jackdaw::mpi
