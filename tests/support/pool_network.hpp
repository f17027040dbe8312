#pragma once
/// \file
/// Several pools of one process that share their jobs, as ranks do over a network: all that moves
/// is bytes. Lively rather than fast: after each job a worker offers what it has to the others.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "jackdaw/pool.hpp"
#include "jackdaw/work_source.hpp"
#include "support/pools.hpp"

namespace jackdaw::testing {

class PoolNetwork {
 public:
  /// \param workers    of each pool
  /// \param configure  changes what a small_pool has
  explicit PoolNetwork(const std::vector<unsigned>& workers,
                       const std::function<void(Config&)>& configure = {}) {
    for (const unsigned count : workers) {
      auto config = small_pool(count);
      if (configure) configure(config);
      const auto rank = static_cast<int>(ranks_.size());
      ranks_.push_back(std::make_unique<Rank>(*this, config, rank));
    }
  }

  [[nodiscard]] Pool& pool(std::size_t rank) { return ranks_[rank]->pool; }

  /// Makes a job that starts in run(). \returns its future, if it has one
  template <auto Function, typename... Args>
  auto submit(std::size_t rank, Args&&... args) {
    auto& held = ranks_[rank]->held;
    held.emplace_back();
    return pool(rank).pack<Function>(held.back().job, held.back().payload,
                                     std::forward<Args>(args)...);
  }

  /// Until no job is left anywhere. \throws what a source has caught
  void run() {
    over_ = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < ranks_.size(); ++i)
      threads.emplace_back([&rank = *ranks_[i]] { rank.pool.run_with(rank); });
    ranks_[0]->pool.run_with(*ranks_[0]);
    for (auto& thread : threads) thread.join();
    if (!error_) return;
    for (auto& rank : ranks_) rank->pool.abandon_futures("the network is down");
    std::rethrow_exception(std::exchange(error_, nullptr));
  }

  /// Called with each job that goes from one rank to another, and its long payload.
  std::function<void(PackedJob&, Bytes&)> tamper;
  /// Called with each answer that goes from one rank to another.
  std::function<void(Reply&, Bytes&)> tamper_reply;
  /// A rank that receives a job which has moved less often than this sends half of what it has on
  /// to the first rank.
  unsigned relays = 0;

  [[nodiscard]] std::uint64_t jobs_moved() const { return jobs_moved_; }
  [[nodiscard]] std::uint64_t wishes_sent() const { return wishes_sent_; }
  [[nodiscard]] std::uint64_t replies_sent() const { return replies_sent_; }
  /// An answer was sent whose job counted as finished already: the end might have been found first.
  [[nodiscard]] bool was_late() const { return was_late_; }
  /// Jobs that went together in one call of give_away, at most.
  [[nodiscard]] std::size_t largest_gift() const { return largest_gift_; }
  [[nodiscard]] unsigned most_moves() const { return most_moves_; }

 private:
  struct Totals {
    std::uint64_t created = 0, finished = 0;
    bool operator==(const Totals&) const = default;
  };

  struct Parcel {
    PackedJob job;
    Bytes payload;  // if it is long
  };

  class Rank final : public WorkSource, public Parcels {
   public:
    Rank(PoolNetwork& network, const Config& config, int rank)
        : network_(network), rank_(rank), pool(config) {}

    bool fetch(PoolDoor& door) noexcept override {
      return network_.guarded([&] {
        deliver(door);
        return take(door) || (vote(door), false);
      });
    }
    unsigned serve(PoolDoor& door) noexcept override {
      const bool served = network_.guarded([&] {
        deliver(door);
        give(door);
        return true;
      });
      return served ? 1 : 1U << 16;
    }
    void hear_of_failure() noexcept override {}
    void attend(PoolDoor& door) noexcept override {
      (void)network_.guarded([&] {
        deliver(door);
        give(door);
        return true;
      });
    }
    [[nodiscard]] std::chrono::nanoseconds attendance_interval() const noexcept override {
      return std::chrono::milliseconds(1);
    }
    void send_reply(const Reply& to, bool failed, Bytes bytes) noexcept override {
      const auto counts = pool.statistics();
      if (counts.jobs_finished == counts.jobs_created) network_.was_late_ = true;
      ++network_.replies_sent_;
      Rank& other = *network_.ranks_[static_cast<std::size_t>(to.rank)];
      const std::lock_guard hold(other.mail_mutex_);
      other.mail_.push_back({to, failed, rank_, std::move(bytes)});
    }
    void send_place(const Reply& to) noexcept override {
      tell(to.rank,
           [number = to.number, from = rank_](PoolDoor& door) { door.locate(number, from); });
    }
    void send_wish(const Reply& to, unsigned job_class) noexcept override {
      ++network_.wishes_sent_;
      tell(to.rank, [number = to.number, from = rank_, job_class](PoolDoor& door) {
        door.raise(from, number, job_class);
      });
    }
    void take_back() noexcept override {
      tell(rank_, [this](PoolDoor& door) {
        for (const auto& [job, payload] : std::exchange(shelf_, {})) {
          receive(door, job, payload);
          ++received_;
        }
      });
    }
    [[nodiscard]] int rank() const noexcept override { return rank_; }
    [[nodiscard]] bool is_done() const noexcept override { return network_.over_; }
    std::uint64_t keep(Bytes bytes) override {
      parcels_[++last_parcel_] = std::move(bytes);
      return last_parcel_;
    }

   private:
    struct Mail {
      Reply to;
      bool failed;
      int from;
      Bytes bytes;
    };

    void tell(int rank, std::function<void(PoolDoor&)> order) {
      Rank& other = *network_.ranks_[static_cast<std::size_t>(rank)];
      const std::lock_guard hold(other.mail_mutex_);
      other.orders_.push_back(std::move(order));
    }
    void deliver(PoolDoor& door) {
      std::vector<Mail> mail;
      std::vector<std::function<void(PoolDoor&)>> orders;
      {
        const std::lock_guard hold(mail_mutex_);
        mail.swap(mail_);
        orders.swap(orders_);
      }
      for (const auto& order : orders) order(door);
      for (auto& [to, failed, from, bytes] : mail) {
        if (network_.tamper_reply) network_.tamper_reply(to, bytes);
        door.deliver(to.number, failed, from, bytes);
      }
    }
    bool has_mail() {
      const std::lock_guard hold(mail_mutex_);
      return !mail_.empty();
    }
    bool take(PoolDoor& door) {
      if (!held.empty()) {
        for (auto& [job, payload] : std::exchange(held, {})) {
          if (job.reply_rank == Reply::here) job.reply_rank = rank_;
          receive(door, job, payload);
        }
        give(door);
        return true;
      }
      for (auto& other : network_.ranks_) {
        if (arriving_.empty() && other.get() != this) offer_half(*other);
      }
      // Not before another rank has come: some tests wait for that.
      if (arriving_.empty() && network_.jobs_moved_ > 0) std::swap(arriving_, shelf_);
      return !arriving_.empty() && let_in(door);
    }
    /// Half of what another rank shows is on its way to this one.
    void offer_half(Rank& other) {
      for (auto left = (other.shelf_.size() + 1) / 2; left > 0; --left) {
        move_to(*this, std::move(other.shelf_.back()));
        other.shelf_.pop_back();
      }
    }
    void move_to(Rank& other, Parcel parcel) {
      ++network_.jobs_moved_;
      ++parcel.job.moves;
      network_.most_moves_ = std::max<unsigned>(network_.most_moves_, parcel.job.moves);
      if (network_.tamper) network_.tamper(parcel.job, parcel.payload);
      other.arriving_.push_back(std::move(parcel));
    }
    bool let_in(PoolDoor& door) {
      bool relay = false;
      for (const auto& [job, payload] : std::exchange(arriving_, {})) {
        relay = relay || job.moves < network_.relays;
        receive(door, job, payload);
        ++received_;
      }
      if (relay) {
        for (auto& parcel : pack(door)) move_to(*network_.ranks_[0], std::move(parcel));
      }
      return true;
    }
    void receive(PoolDoor& door, const PackedJob& job, const Bytes& long_payload) {
      for (const auto* kind = detail::all_kinds(); kind != nullptr; kind = kind->next) {
        if (kind->id != job.kind) continue;
        return door.receive(job, *kind, job.is_long() ? long_payload : job.inline_payload());
      }
      throw std::runtime_error("a job of no kind");
    }
    void give(PoolDoor& door) {
      if (shelf_.empty()) shelf_ = pack(door);
    }
    std::vector<Parcel> pack(PoolDoor& door) {
      std::array<PackedJob, 8> room{};
      const auto count = door.give_away(room, *this);
      given_ += count;
      network_.largest_gift_ = std::max<std::size_t>(network_.largest_gift_, count);
      std::vector<Parcel> packed;
      for (std::size_t i = 0; i < count; ++i) {
        packed.push_back({room[i], {}});
        if (room[i].is_long())
          packed[i].payload = std::move(parcels_.extract(room[i].parcel).mapped());
      }
      return packed;
    }
    void vote(PoolDoor& door) {
      if (voted_ || !shelf_.empty() || !arriving_.empty() || !door.is_quiet()) return;
      // In this order, as is_quiet does.
      const auto finished = door.jobs_finished();
      total_ = {door.jobs_created() - received_, finished - given_};
      voted_ = true;
      network_.count_votes();
    }

    friend class PoolNetwork;
    PoolNetwork& network_;
    int rank_;
    std::mutex mail_mutex_;  // of the next two: any worker sends, at any time
    std::vector<Mail> mail_;
    std::vector<std::function<void(PoolDoor&)>> orders_;
    std::vector<Parcel> shelf_, arriving_;
    std::map<std::uint64_t, Bytes> parcels_;
    std::uint64_t last_parcel_ = 0, received_ = 0, given_ = 0;
    Totals total_;
    bool voted_ = false;

   public:
    std::vector<Parcel> held;
    Pool pool;
  };

  /// Two sums in a row that agree: see mpi/README.md.
  void count_votes() {
    Totals sum;
    for (const auto& rank : ranks_) {
      if (!rank->voted_) return;
      sum.created += rank->total_.created;
      sum.finished += rank->total_.finished;
    }
    for (const auto& rank : ranks_) rank->voted_ = false;
    bool over = sum.created == sum.finished && sum == last_sum_;
    for (const auto& rank : ranks_) over = over && !rank->has_mail();
    over_ = over_ || over;
    last_sum_ = sum;
  }

  template <typename Act>
  bool guarded(Act act) noexcept {
    const std::lock_guard hold(mutex_);
    try {
      return !over_ && act();
    } catch (...) {
      if (!error_) error_ = std::current_exception();
      over_ = true;
      return false;
    }
  }

  std::mutex mutex_;  // of all but the atomics
  std::exception_ptr error_;
  std::atomic<bool> over_{false};
  std::atomic<std::uint64_t> jobs_moved_{0}, replies_sent_{0}, wishes_sent_{0};
  std::atomic<bool> was_late_{false};
  std::atomic<unsigned> most_moves_{0};
  std::atomic<std::size_t> largest_gift_{0};
  Totals last_sum_{1, 0};
  std::vector<std::unique_ptr<Rank>> ranks_;
};

}  // namespace jackdaw::testing
