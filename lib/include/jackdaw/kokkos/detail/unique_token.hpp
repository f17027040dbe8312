#pragma once
/// \file
/// UniqueToken: small numbers that no two parts of a kernel hold at once.

#include <atomic>     // atomic
#include <cstddef>    // size_t
#include <memory>     // make_shared, shared_ptr
#include <stdexcept>  // runtime_error
#include <string>     // to_string
#include <thread>     // this_thread
#include <vector>     // vector

#include "jackdaw/detail/worker.hpp"   // this_worker
#include "jackdaw/kokkos/space.hpp"    // WorkStealing
#include "jackdaw/kokkos/version.hpp"  // Kokkos

namespace jackdaw::kokkos::detail {

/// A worker that waits inside a kernel helps with other parts of it, on top of the part that waits.
/// So one thread may hold several tokens, and there are more of them than workers.
class TokenSet {
 public:
  /// \param asked  0: so many as the space needs, and who finds none has a mistake to be told of
  TokenSet(const WorkStealing& space, std::size_t asked)
      : waits_(asked != 0),
        taken_(asked != 0 ? asked : tokens_per_worker * static_cast<std::size_t>(space.workers())) {
  }

  [[nodiscard]] int size() const noexcept { return static_cast<int>(taken_.size()); }
  /// \throws std::runtime_error  all are held
  [[nodiscard]] int acquire() {
    const auto* worker = jackdaw::detail::this_worker;
    const std::size_t first = worker == nullptr ? 0 : worker->store.index % taken_.size();
    for (;;) {
      for (std::size_t i = 0; i < taken_.size(); ++i) {
        const std::size_t token = (first + i) % taken_.size();
        // Relaxed: a look, which spares the line. The exchange decides; acquire (T): sees what the
        // holder before has left behind.
        if (!taken_[token].load(std::memory_order_relaxed) &&
            !taken_[token].exchange(true, std::memory_order_acquire))
          return static_cast<int>(token);
      }
      if (!waits_) {
        throw std::runtime_error("all " + std::to_string(taken_.size()) +
                                 " tokens are held; hold none across a kernel inside a kernel");
      }
      std::this_thread::yield();
    }
  }
  void release(int token) noexcept {
    taken_[static_cast<std::size_t>(token)].store(false, std::memory_order_release);  // (T)
  }

  [[nodiscard]] static std::shared_ptr<TokenSet> global() {
    static const auto only = std::make_shared<TokenSet>(WorkStealing(), 0);
    return only;
  }

 private:
  static constexpr std::size_t tokens_per_worker = 4;
  const bool waits_;
  std::vector<std::atomic<bool>> taken_;
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
