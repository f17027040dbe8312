#pragma once
/// \file
/// What futures wait for: a state for each, and the table in which answers find them by number.
///
/// Who synchronizes with whom:
///   (F) finish: exchange of word_ -> is_ready: a load that sees it: the value or error is written.
///   (Z) sleep: CAS to `asleep`, then waits while the word stays so; finish: the exchange takes it,
///       or comes before it and is seen by the CAS. No wake-up is lost.

#include <array>          // array
#include <atomic>         // atomic
#include <cstdint>        // uint64_t
#include <exception>      // exception_ptr
#include <memory>         // shared_ptr
#include <mutex>          // mutex
#include <optional>       // optional
#include <span>           // span
#include <string>         // string
#include <unordered_map>  // unordered_map
#include <utility>        // forward

#include "jackdaw/codec.hpp"             // Codec
#include "jackdaw/detail/job_extra.hpp"  // no_class
#include "jackdaw/packed_job.hpp"        // Reply

namespace jackdaw::detail {

class Engine;

/// What an exception says. Empty if memory is short.
[[nodiscard]] std::string text_of(const std::exception_ptr& error) noexcept;

/// What one future, and its copies, wait for. Filled once, by whoever took it from the table.
class ReplyState {
 public:
  explicit ReplyState(const Engine& engine) noexcept : engine_(&engine) {}
  ReplyState(const ReplyState&) = delete;
  ReplyState& operator=(const ReplyState&) = delete;
  virtual ~ReplyState() = default;

  // --- any thread ------------------------------------------------------------------------------

  [[nodiscard]] bool is_ready() const noexcept {
    return word_.load(std::memory_order_acquire) == ready;  // (F)
  }
  /// As RemoteFuture::wait.
  void wait();
  /// Sleeps until it is ready, at most `timeout_ns` (negative: no limit). May return early.
  void sleep(long timeout_ns) noexcept;
  /// \throws RemoteError  it is ready, and the job has no result
  void throw_if_failed() const;
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  // --- who took it from the table --------------------------------------------------------------

  void fail(std::string error, int rank) noexcept;
  /// The result came from another rank. One that cannot be read is a failure.
  void receive(std::span<const std::byte> bytes, int rank) noexcept;

 protected:
  virtual void read(std::span<const std::byte> bytes) = 0;
  void finish() noexcept;

 private:
  friend class Replies;
  enum : unsigned { waiting, asleep, ready };
  std::atomic<unsigned> word_{waiting};  // unsigned, for futexes
  bool failed_ = false;
  int rank_ = 0;  // where the job ran, if it failed
  std::string error_;
  std::uint64_t number_ = 0;
  const Engine* engine_;  // only compared: it may be gone
};

template <typename R>
class ReplyOf final : public ReplyState {
 public:
  using ReplyState::ReplyState;
  void fill(R&& result) {
    value_.emplace(std::move(result));
    finish();
  }
  /// Once it is ready, and has not failed.
  [[nodiscard]] const R& value() const noexcept { return *value_; }

 private:
  void read(std::span<const std::byte> bytes) override { value_.emplace(Codec<R>::read(bytes)); }
  std::optional<R> value_;
};

/// Who waits in this rank. Thread-safety: any thread. O(1).
class Replies {
 public:
  /// \returns its number, from 1, which no other one ever has
  std::uint64_t add(std::shared_ptr<ReplyState> state);
  /// For who will fill it: nobody else gets it. Null: it was taken before.
  [[nodiscard]] std::shared_ptr<ReplyState> take(std::uint64_t number) noexcept;
  /// Who is to be told that the job of a future should have another class, and which.
  struct Wish {
    int holder;  ///< Reply::here, or a rank
    std::uint8_t job_class;
  };
  /// One who waits for it lends its job another class than before. Nothing if that changes nothing,
  /// or the answer is there.
  [[nodiscard]] std::optional<Wish> relend(std::uint64_t number, std::uint8_t from,
                                           std::uint8_t to) noexcept;
  /// Its job is in that rank now. \returns the class that those who wait want for it, or no_class
  [[nodiscard]] std::uint8_t locate(std::uint64_t number, int holder) noexcept;
  /// False: nobody here ever had that number.
  [[nodiscard]] bool was_made(std::uint64_t number) const noexcept;
  /// Nothing will come any more.
  void fail_all(std::string_view error, int rank) noexcept;

 private:
  struct Entry {
    std::shared_ptr<ReplyState> state;
    std::array<std::uint32_t, priority_count> lenders{};  // who wait, by their priority
    std::uint8_t wanted = no_class;                       // by the most urgent of them
    int holder = Reply::here;                             // where its job was heard of last
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, Entry> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace jackdaw::detail
