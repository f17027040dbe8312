#pragma once
/// \file
/// UniqueToken: small numbers that no two parts of a kernel hold at once.

#include <algorithm>  // max
#include <atomic>     // atomic
#include <cstddef>    // size_t
#include <memory>     // make_shared, shared_ptr
#include <thread>     // thread
#include <vector>     // vector

#include "jackdaw/detail/engine.hpp"          // Engine
#include "jackdaw/kokkos/detail/holders.hpp"  // take_free
#include "jackdaw/kokkos/space.hpp"           // WorkStealing
#include "jackdaw/kokkos/version.hpp"         // Kokkos

namespace jackdaw::kokkos::detail {

/// There are more of them than workers: see take_free.
class TokenSet {
 public:
  /// \param asked  0: so many as the space needs
  TokenSet(const WorkStealing& space, std::size_t asked)
      : holders_(asked != 0 ? asked : enough(static_cast<unsigned>(space.workers()))) {}

  [[nodiscard]] int size() const noexcept { return static_cast<int>(holders_.size()); }
  /// \throws std::runtime_error  none is free, and the calling thread holds one
  [[nodiscard]] int acquire() {
    return take_free(holders_.size(), "tokens", [&](std::size_t token, int me) {
      // Relaxed: a look, which spares the line. The exchange decides; acquire (T): sees what the
      // holder before has left behind.
      int holder = holders_[token].load(std::memory_order_relaxed);
      if (holder == 0) {
        holders_[token].compare_exchange_strong(holder, me, std::memory_order_acquire,
                                                std::memory_order_relaxed);
      }
      return holder;
    });
  }
  void release(int token) noexcept {
    holders_[static_cast<std::size_t>(token)].store(0, std::memory_order_release);  // (T)
  }

  [[nodiscard]] static std::shared_ptr<TokenSet> global() {
    static const auto only = std::make_shared<TokenSet>(WorkStealing(), 0);
    return only;
  }

 private:
  /// It may be used on another pool than that of the thread which makes it.
  [[nodiscard]] static std::size_t enough(unsigned workers) {
    // Relaxed: a number alone.
    const unsigned most = jackdaw::detail::Engine::most_workers.load(std::memory_order_relaxed);
    return tokens_per_worker * std::max({workers, most, std::thread::hardware_concurrency()});
  }

  static constexpr std::size_t tokens_per_worker = 4;
  std::vector<std::atomic<int>> holders_;  // 0: nobody
};

/// What both scopes have. Copies share their tokens.
class Token {
 public:
  using execution_space = WorkStealing;
  using size_type = int;

  explicit Token(std::shared_ptr<TokenSet> set) : set_(std::move(set)) {}
  [[nodiscard]] int size() const noexcept { return set_->size(); }
  [[nodiscard]] int acquire() const { return set_->acquire(); }
  void release(int token) const noexcept { set_->release(token); }

 private:
  std::shared_ptr<TokenSet> set_;
};

}  // namespace jackdaw::kokkos::detail

namespace Kokkos::Experimental {

template <>
class UniqueToken<jackdaw::kokkos::WorkStealing, UniqueTokenScope::Instance>
    : public jackdaw::kokkos::detail::Token {
 public:
  explicit UniqueToken(const execution_space& space = execution_space()) : UniqueToken(0, space) {}
  /// \param tokens  acquire() waits until one of them is free
  explicit UniqueToken(size_type tokens, const execution_space& space = execution_space())
      : Token(std::make_shared<jackdaw::kokkos::detail::TokenSet>(
            space, static_cast<std::size_t>(tokens))) {}
};

template <>
class UniqueToken<jackdaw::kokkos::WorkStealing, UniqueTokenScope::Global>
    : public jackdaw::kokkos::detail::Token {
 public:
  explicit UniqueToken(const execution_space& = execution_space())
      : Token(jackdaw::kokkos::detail::TokenSet::global()) {}
};

}  // namespace Kokkos::Experimental
