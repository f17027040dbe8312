#pragma once
/// \file
/// Whom an idle rank asks for work: what it has seen of others, and how far they are.

#include <array>    // array
#include <cstddef>  // size_t
#include <cstdint>  // int64_t, uint32_t, uint64_t
#include <random>   // minstd_rand
#include <vector>   // vector

#include "jackdaw/topology/place.hpp"  // Tier
#include "neighbourhood.hpp"           // Neighbourhood

namespace jackdaw::mpi {

/// What a rank remembers of another.
struct VictimReport {
  int rank = 0;
  topology::Tier tier = topology::Tier::cluster;
  std::uint64_t attempts = 0;
  std::uint64_t successes = 0;
  std::uint64_t jobs = 0;
  double success_rate = 0;   ///< a moving mean of what attempts brought, faded
  double load = 0;           ///< jobs it may have, when last seen, faded
  std::int64_t cost_ns = 0;  ///< of an attempt, a moving mean
  double weight = 0;         ///< how likely it is asked, beside the others
};

/// Draws victims at random, so that thieves spread, with the weight
///
///     success rate x load / (cost of an attempt + 10 us)
///
/// (what a batch costs beside the attempt: without it, a thief would live on the crumbs of those
/// that are near, and let those that have much wait).
/// The first is a moving mean, the second what the victim had when it was last seen; both fade to a
/// prior as time goes by without news. Of ranks that are not remembered the priors count, the cost
/// by tier; those of a tier together weigh as much as sixteen of them at most, so that the many
/// that are far do not drown the few that are near.
///
/// Remembers so many ranks at most, however many there are; the one that was seen longest ago is
/// forgotten. Not thread-safe. Times are those of one clock, in ns.
class Victims {
 public:
  Victims(Neighbourhood around, std::size_t entries, std::uint64_t seed);

  /// Another rank. There is one. O(entries).
  [[nodiscard]] int choose(std::int64_t now_ns);
  /// It had nothing to take when it was last seen: a look is cheaper than an attempt.
  [[nodiscard]] bool looked_empty(int rank) const;
  [[nodiscard]] bool is_near(int rank) const;  ///< on the same machine

  /// An attempt brought `jobs`, and `left` were still shown.
  void took(int rank, std::uint32_t jobs, std::uint32_t left, std::int64_t cost_ns,
            std::int64_t now_ns);
  void failed(int rank, std::int64_t cost_ns, std::int64_t now_ns);
  /// It says that it has work.
  void heard_of(int rank, std::uint32_t load, std::int64_t now_ns);

  /// The likeliest first.
  [[nodiscard]] std::vector<VictimReport> report(std::int64_t now_ns) const;

 private:
  struct Entry {
    int rank = 0;
    topology::Tier tier = topology::Tier::cluster;
    double success_rate = 0, load = 0, cost_ns = 0;
    std::int64_t seen_ns = 0;
    std::uint64_t attempts = 0, successes = 0, jobs = 0;
  };
  [[nodiscard]] static double weight_of(const Entry& entry, std::int64_t now_ns);
  [[nodiscard]] std::size_t find(int rank) const;  // entries_.size(): it is not remembered
  void forget_stalest();
  [[nodiscard]] Entry& remember(int rank, std::int64_t now_ns);
  static void note_attempt(Entry& entry, bool success, std::int64_t cost_ns);
  [[nodiscard]] std::size_t strangers_in(std::size_t tier) const;
  [[nodiscard]] int draw_stranger(std::size_t tier);
  [[nodiscard]] int draw_from(std::size_t tier);
  [[nodiscard]] double draw(double below);

  Neighbourhood around_;
  std::size_t most_;
  std::minstd_rand random_;
  std::vector<Entry> entries_;
  std::vector<double> weights_;                            // of the entries, while one is chosen
  std::array<std::size_t, topology::tier_count> known_{};  // entries by tier
};

}  // namespace jackdaw::mpi
