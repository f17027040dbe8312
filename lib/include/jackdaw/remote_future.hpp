#pragma once
/// \file
/// The result of a movable job, in the rank where the job was made.

#include <memory>     // shared_ptr
#include <stdexcept>  // runtime_error
#include <string>     // string
#include <utility>    // move

#include "jackdaw/detail/replies.hpp"  // ReplyOf

namespace jackdaw {

/// Thrown by RemoteFuture::get for a job that has no result: what() is what the job threw.
class RemoteError : public std::runtime_error {
 public:
  RemoteError(const std::string& what, int rank) : std::runtime_error(what), rank_(rank) {}
  /// The rank that the job ran on.
  [[nodiscard]] int rank() const noexcept { return rank_; }

 private:
  int rank_;
};

/// What a movable job will return. Empty, or shares the result with its copies; may outlive the
/// pool, which fails what is still open when it ends. Does not move with a job: who needs the
/// result elsewhere, sends the result. Thread-safety: as a shared_ptr; the functions may be called
/// from any thread.
template <typename R>
class RemoteFuture {
 public:
  RemoteFuture() noexcept = default;
  explicit RemoteFuture(std::shared_ptr<detail::ReplyOf<R>> state) noexcept
      : state_(std::move(state)) {}

  /// False for an empty future, on which nothing else may be called.
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  [[nodiscard]] bool is_ready() const noexcept { return state_->is_ready(); }

  /// Blocks until the job has ended; never throws what the job threw. Inside a job of the same
  /// pool, the worker runs other jobs meanwhile, on top of this one, and asks other ranks for more.
  /// So wait, in a job, only for jobs that it has made itself: one that was there before may lie
  /// below on this very stack, and could not go on. Outside, it sleeps; of a Scheduler's jobs none
  /// starts before run().
  /// \throws std::system_error   the job waits for itself (resource_deadlock_would_occur)
  /// \throws std::runtime_error  too many jobs wait on top of each other for the worker's stack
  /// \throws RemoteError         the ranks have parted after an error
  void wait() const { state_->wait(); }

  /// Waits, and gives the result, which lives as long as a copy of the future.
  /// \throws RemoteError  the job threw, was cancelled, or its result could not travel; and as wait
  [[nodiscard]] const R& get() const {
    wait();
    state_->throw_if_failed();
    return state_->value();
  }

 private:
  std::shared_ptr<detail::ReplyOf<R>> state_;
};

}  // namespace jackdaw
