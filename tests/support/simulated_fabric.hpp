#pragma once
/// \file
/// A simulated world's fabrics and network: operations take as long as chance will have it, plain
/// stores show only after publish(), adds that nobody waits for come late, and letters of one rank
/// to another come in order, but those of two ranks do not.

#include <array>    // array
#include <cstdlib>  // calloc, free
#include <cstring>  // memcmp, memcpy
#include <deque>    // deque
#include <map>      // map
#include <memory>   // unique_ptr
#include <vector>   // vector

#include "fabric.hpp"         // Fabric
#include "network.hpp"        // Letter, Network
#include "support/world.hpp"  // World

namespace jackdaw::testing {

/// What the network is like.
struct Weather {
  std::int64_t latency_ns = 1000;  ///< one way, at most
  std::int64_t late_ns = 20'000;   ///< of an add(), or a letter, at most
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

/// The memory of all ranks.
struct Machine {
  Machine(World& in, int ranks, std::size_t bytes, Weather is)
      : world(in), weather(is), words(static_cast<std::size_t>(ranks)) {
    for (int rank = 0; rank < ranks; ++rank) memory.emplace_back(bytes);
  }
  World& world;
  Weather weather;
  int ranks_of_host = 0;  ///< only these reach each other; 0: all do
  std::vector<std::array<std::uint64_t, mpi::Word::count>> words;
  std::vector<Memory> memory;  ///< as others see it
};

class SimulatedFabric final : public mpi::Fabric {
 public:
  SimulatedFabric(Machine& machine, int rank)
      : machine_(machine), rank_(rank), own_(machine.memory[index(rank)].all().size()) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] bool reaches(int rank) const override {
    const int host = machine_.ranks_of_host;
    return host == 0 || rank / host == rank_ / host;
  }
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
  Memory own_;
};

/// The letters under way, and the sums.
struct Post {
  Post(World& in, int ranks, Weather is)
      : world(in), weather(is), boxes(static_cast<std::size_t>(ranks)) {}
  struct Sum {
    int contributions = 0;
    mpi::Totals total;
  };
  World& world;
  Weather weather;
  std::vector<std::deque<mpi::Letter>> boxes;            ///< by rank: what has come
  std::map<std::pair<int, int>, std::int64_t> last_due;  ///< from one to another
  std::vector<Sum> sums;                                 ///< all that were ever begun
};

class SimulatedNetwork final : public mpi::Network {
 public:
  SimulatedNetwork(Post& post, int rank) : post_(post), rank_(rank) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return static_cast<int>(post_.boxes.size()); }
  void send(int to, mpi::Mail about, std::span<const std::byte> body) override {
    auto& last = post_.last_due[{rank_, to}];
    last = std::max(last, now() + draw(post_.weather.late_ns));
    post_.world.at(last, [&box = post_.boxes.at(static_cast<std::size_t>(to)),
                          letter = mpi::Letter{rank_, about, {body.begin(), body.end()}}] {
      box.push_back(letter);
    });
  }
  [[nodiscard]] bool receive(mpi::Letter& letter) override {
    auto& box = post_.boxes[static_cast<std::size_t>(rank_)];
    if (box.empty()) return false;
    letter = std::move(box.front());
    box.pop_front();
    return true;
  }
  void relax() override { post_.world.wait(1 + draw(post_.weather.latency_ns)); }
  void begin_sum(const mpi::Totals& mine) override {
    if (post_.sums.size() == sum_) post_.sums.emplace_back();
    auto& sum = post_.sums[sum_];
    ++sum.contributions;
    sum.total.created += mine.created;
    sum.total.finished += mine.finished;
    relax();
  }
  [[nodiscard]] bool end_sum(mpi::Totals& all) override {
    relax();  // the ranks hear of it at different times
    if (post_.sums[sum_].contributions < size()) return false;
    all = post_.sums[sum_++].total;
    return true;
  }
  [[nodiscard]] std::int64_t now() override { return post_.world.now(); }

 private:
  [[nodiscard]] std::int64_t draw(std::int64_t most) {
    return static_cast<std::int64_t>(post_.world.draw(static_cast<std::uint64_t>(most)));
  }
  Post& post_;
  int rank_;
  std::size_t sum_ = 0;  // the next one
};

}  // namespace jackdaw::testing
