#pragma once
/// \file
/// The fabric of a simulated world: operations take as long as chance will have it, plain stores
/// show only after publish(), and adds that nobody waits for come late.

#include <array>    // array
#include <cstdlib>  // calloc, free
#include <cstring>  // memcmp, memcpy
#include <memory>   // unique_ptr
#include <vector>   // vector

#include "fabric.hpp"         // Fabric
#include "support/world.hpp"  // World

namespace jackdaw::testing {

/// What the network is like.
struct Weather {
  std::int64_t latency_ns = 1000;  ///< one way, at most
  std::int64_t late_ns = 20'000;   ///< of an add(), at most
};

/// Zeros that take no room until they are written to: there may be thousands of ranks.
class Memory {
 public:
  explicit Memory(std::size_t bytes)
      : bytes_(static_cast<std::byte*>(std::calloc(bytes, 1))), size_(bytes) {}
  [[nodiscard]] std::span<std::byte> all() const { return {bytes_.get(), size_}; }
  /// Becomes equal to another of the same size.
  void follow(const Memory& other) {
    constexpr std::size_t page = 4096;
    for (std::size_t at = 0; at < size_; at += page) {
      if (std::memcmp(bytes_.get() + at, other.bytes_.get() + at, page) != 0)
        std::memcpy(bytes_.get() + at, other.bytes_.get() + at, page);
    }
  }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t size_;
};

/// The memory of all ranks, and the sums under way.
struct Machine {
  Machine(World& in, int ranks, std::size_t bytes, Weather is)
      : world(in), weather(is), words(static_cast<std::size_t>(ranks)) {
    for (int rank = 0; rank < ranks; ++rank) memory.emplace_back(bytes);
  }
  struct Sum {
    int contributions = 0;
    mpi::Totals total;
  };
  World& world;
  Weather weather;
  std::vector<std::array<std::uint64_t, mpi::Word::count>> words;
  std::vector<Memory> memory;  ///< as others see it
  std::vector<Sum> sums;       ///< all that were ever begun
};

class SimulatedFabric final : public mpi::Fabric {
 public:
  SimulatedFabric(Machine& machine, int rank)
      : machine_(machine), rank_(rank), own_(machine.memory[index(rank)].all().size()) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return static_cast<int>(machine_.words.size()); }
  std::uint64_t fetch_add(int rank, mpi::Word word, std::uint64_t summand) override {
    travel();
    auto& there = machine_.words[index(rank)][word.index];
    const auto old = there;
    there += summand;
    travel();
    return old;
  }
  [[nodiscard]] std::uint64_t read(int rank, mpi::Word word) override {
    return fetch_add(rank, word, 0);
  }
  void add(int rank, mpi::Word word, std::uint64_t summand) override {
    const auto when = machine_.world.now() + draw(machine_.weather.late_ns);
    machine_.world.at(
        when, [&there = machine_.words[index(rank)][word.index], summand] { there += summand; });
  }
  void get(int rank, std::size_t offset, std::span<std::byte> room) override {
    if (before_get) before_get(rank, offset, room.size());
    constexpr std::size_t piece = 128;  // each part is read when chance will have it
    for (std::size_t done = 0; done < room.size(); done += piece) {
      travel();
      std::memcpy(room.data() + done, machine_.memory[index(rank)].all().data() + offset + done,
                  std::min(piece, room.size() - done));
    }
  }
  [[nodiscard]] std::span<std::byte> data() override { return own_.all(); }
  void publish() override { machine_.memory[index(rank_)].follow(own_); }
  void begin_sum(const mpi::Totals& mine) override {
    if (machine_.sums.size() == sum_) machine_.sums.emplace_back();
    auto& sum = machine_.sums[sum_];
    ++sum.contributions;
    sum.total.created += mine.created;
    sum.total.finished += mine.finished;
    travel();
  }
  [[nodiscard]] bool end_sum(mpi::Totals& all) override {
    travel();  // the ranks hear of it at different times
    if (machine_.sums[sum_].contributions < size()) return false;
    all = machine_.sums[sum_++].total;
    return true;
  }
  [[nodiscard]] std::int64_t now() override { return machine_.world.now(); }

  /// A test may stop the rank there: victim, offset, bytes.
  std::function<void(int, std::size_t, std::size_t)> before_get;

 private:
  [[nodiscard]] static std::size_t index(int rank) { return static_cast<std::size_t>(rank); }
  [[nodiscard]] std::int64_t draw(std::int64_t most) {
    return static_cast<std::int64_t>(machine_.world.draw(static_cast<std::uint64_t>(most)));
  }
  void travel() { machine_.world.wait(draw(machine_.weather.latency_ns)); }

  Machine& machine_;
  int rank_;
  std::size_t sum_ = 0;  // the next one
  Memory own_;
};

}  // namespace jackdaw::testing
