#pragma once
/// \file
/// A job that waits lends its priority to what it waits for, and takes it back. So it goes down the
/// whole chain of waits: what has borrowed lends in its turn.
///
/// Source: Sha, Rajkumar, Lehoczky, "Priority Inheritance Protocols: An Approach to Real-Time
/// Synchronization", IEEE Transactions on Computers 39 (1990).

#include <cstdint>  // uint64_t

#include "jackdaw/detail/engine.hpp"  // Engine

namespace jackdaw::detail {

/// Lasts as long as the wait. Thread-safety: its maker makes and destroys it; change() is for who
/// holds Engine::lending.
class Loan {
 public:
  /// \param waiter  null: a thread that is no job, which has no priority to lend
  Loan(Engine& engine, JobRecord* waiter, JobRecord& target);
  /// The job that will answer a future of this rank.
  Loan(Engine& engine, JobRecord* waiter, std::uint64_t reply);
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan();

  /// The waiting job has another priority now.
  void change(Priority to, Raised& raised) noexcept;

 private:
  void begin() noexcept;
  void pass_on(std::uint8_t from, std::uint8_t to, Raised& raised) noexcept;

  Engine& engine_;
  JobRecord* waiter_;
  JobRecord* target_ = nullptr;
  std::uint64_t reply_ = 0;
  std::uint8_t lent_ = no_class;
};

}  // namespace jackdaw::detail
