#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "shelf.hpp"
#include "support/explorer.hpp"

// The shelf protocol under every interleaving of its owner and a few thieves.

namespace jackdaw::mpi {
namespace {

using testing::ExploredSync;
using testing::Explorer;
constexpr std::uint32_t shown = 4;  // the first jobs of each slot: all that these scenes use

/// Words and jobs as others see them; each access is a step that the explorer may put anywhere.
struct Memory {
  std::array<ExploredSync::Atomic<std::uint64_t>, Word::count> words{};
  std::array<ExploredSync::Atomic<std::uint64_t>, shelf_slots * shown> jobs{};
};

class ExploredFabric final : public Fabric {
 public:
  ExploredFabric(Memory& memory, int rank, std::size_t bytes = 0)
      : memory_(memory), rank_(rank), own_(bytes) {}
  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] bool reaches(int) const override { return true; }
  std::uint64_t fetch_add(int, Word word, std::uint64_t summand) override {
    return memory_.words.at(word.index).fetch_add(summand, std::memory_order_seq_cst);
  }
  [[nodiscard]] std::uint64_t read(int, Word word) override {
    return memory_.words.at(word.index).load(std::memory_order_seq_cst);
  }
  void add(int rank, Word word, std::uint64_t summand) override {
    (void)fetch_add(rank, word, summand);
  }
  void get(int, std::size_t offset, std::span<std::byte> room) override {
    auto* jobs = reinterpret_cast<PackedJob*>(room.data());
    for (std::size_t i = 0; i < room.size() / sizeof(PackedJob); ++i)
      jobs[i].id = cell(offset / sizeof(PackedJob) + i).load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::span<std::byte> data() override { return own_; }
  void publish() override {
    const auto* jobs = reinterpret_cast<const PackedJob*>(own_.data());
    for (std::size_t slot = 0; slot < shelf_slots; ++slot) {
      for (std::size_t i = 0; i < shown; ++i) {
        const auto id = jobs[slot * ControlWord::max_jobs + i].id;
        auto& seen = cell(slot * ControlWord::max_jobs + i);
        if (id != published_.at(slot * shown + i)) seen.store(id, std::memory_order_relaxed);
        published_.at(slot * shown + i) = id;
      }
    }
  }

 private:
  [[nodiscard]] ExploredSync::Atomic<std::uint64_t>& cell(std::size_t job) {
    const auto index = job % ControlWord::max_jobs;
    EXPECT_LT(index, shown);
    return memory_.jobs.at(job / ControlWord::max_jobs * shown + index);
  }
  Memory& memory_;
  int rank_;
  std::vector<std::byte> own_;
  std::array<std::uint64_t, shelf_slots * shown> published_{};
};

/// Made once, as it is large; what the owner keeps and the thieves take is counted by job.
struct Scene {
  Memory memory;
  ExploredFabric fabric{memory, 0, shelf_bytes};
  Shelf shelf{fabric, 64};
  std::array<int, 16> seen{};
  std::uint64_t made = 0;

  void open(std::uint32_t jobs) {
    const auto room = shelf.room();
    ASSERT_FALSE(room.empty());
    for (std::uint32_t i = 0; i < jobs; ++i) room[i].id = made++;
    for (const auto& job : room.first(shelf.open(jobs))) ++seen.at(job.id);
  }
  void close() {
    for (const auto& job : shelf.close()) ++seen.at(job.id);
  }
  void steal(int rank) {
    ExploredFabric mine(memory, rank);
    std::vector<PackedJob> batch;
    if (take_batch(mine, 0, 64, batch).outcome != Knock::taken) return;
    for (const auto& job : batch) ++seen.at(job.id);
  }
  void expect_each_job_once() {
    if (shelf.is_open()) close();
    for (std::uint64_t job = 0; job < made; ++job) EXPECT_EQ(seen.at(job), 1) << "job " << job;
  }
};

TEST(ShelfExplore, ThreeThievesShareAShelfWithItsOwner) {
  Explorer::explore(
      [](Explorer& explorer) {
        const auto s = std::make_unique<Scene>();
        s->open(4);
        explorer.run({[&] { s->close(); }, [&] { s->steal(1); }, [&] { s->steal(2); },
                      [&] { s->steal(3); }});
        s->expect_each_job_once();
      },
      {.preemptions = 3});
}

/// Those who knock too early own the first jobs of the next filling: nobody may get them.
TEST(ShelfExplore, AnEarlyThiefLeavesItsShareToTheOwner) {
  Explorer::explore(
      [](Explorer& explorer) {
        const auto s = std::make_unique<Scene>();
        explorer.run({[&] {
                        s->open(2);
                        s->close();
                        s->open(3);
                        s->close();
                        s->open(2);
                      },
                      [&] {
                        s->steal(1);
                        s->steal(1);
                      },
                      [&] { s->steal(2); }});
        s->expect_each_job_once();
      },
      {.preemptions = 3});
}

/// Attempts that came before the closing are known, and cost the next filling nothing.
TEST(ShelfExplore, KnownAttemptsOwnNothingOfTheNextFilling) {
  Explorer::explore(
      [](Explorer& explorer) {
        const auto s = std::make_unique<Scene>();
        explorer.run({[&] {
          s->open(2);
          for (int thief = 1; thief <= 3; ++thief) s->steal(thief);
          s->close();
          EXPECT_FALSE(s->shelf.room().empty());
          EXPECT_EQ(s->shelf.open(3), 0u);
        }});
      },
      {.preemptions = 0});
}

/// A slot is filled again only when its last reader has gone: with nine fillings each is used.
TEST(ShelfExplore, ASlowReaderKeepsItsSlot) {
  Explorer::explore(
      [](Explorer& explorer) {
        const auto s = std::make_unique<Scene>();
        explorer.run({[&] {
                        for (int filling = 0; filling < 9; ++filling) {
                          s->open(1);
                          s->close();
                        }
                      },
                      [&] { s->steal(1); }});
        s->expect_each_job_once();
      },
      {.preemptions = 2});
}

}  // namespace
}  // namespace jackdaw::mpi
