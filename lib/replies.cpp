#include "jackdaw/detail/replies.hpp"

#include <climits>    // INT_MAX
#include <stdexcept>  // runtime_error

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/remote_future.hpp"  // RemoteError

// How the result of a job comes to its future, in this rank or in another.

namespace jackdaw::detail {

std::string text_of(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    try {
      return exception.what();
    } catch (...) {
      return {};
    }
  } catch (...) {
    return "an unknown exception";  // short enough to need no memory
  }
}

// --- one reply -----------------------------------------------------------------------------------

void ReplyState::wait() {
  if (this_worker != nullptr && &this_worker->engine() == engine_)
    return this_worker->wait_for(*this);
  while (!is_ready()) sleep(-1);
}

void ReplyState::sleep(long timeout_ns) noexcept {
  unsigned seen = waiting;
  // Relaxed: if it is ready, is_ready() loads again, with acquire. (Z)
  word_.compare_exchange_strong(seen, asleep, std::memory_order_relaxed);
  if (seen != ready) futex_wait(&word_, asleep, timeout_ns);
}

void ReplyState::finish() noexcept {
  if (word_.exchange(ready, std::memory_order_release) == asleep)  // (F) (Z)
    futex_wake(&word_, INT_MAX);
}

void ReplyState::throw_if_failed() const {
  if (failed_) throw RemoteError(error_, rank_);
}

void ReplyState::fail(std::string error, int rank) noexcept {
  failed_ = true;
  error_ = std::move(error);
  rank_ = rank;
  finish();
}

void ReplyState::receive(std::span<const std::byte> bytes, int rank) noexcept {
  try {
    read(bytes);
    finish();
  } catch (...) {
    fail("a result of " + std::to_string(bytes.size()) +
             " bytes came, and cannot be read: " + text_of(std::current_exception()),
         rank);
  }
}

// --- the table -----------------------------------------------------------------------------------

std::uint64_t Replies::add(std::shared_ptr<ReplyState> state) {
  const std::lock_guard hold(mutex_);
  ReplyState& added = *state;
  waiting_[last_ + 1].state = std::move(state);
  return added.number_ = ++last_;
}

std::shared_ptr<ReplyState> Replies::take(std::uint64_t number) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return nullptr;
  auto state = std::move(found->second.state);
  waiting_.erase(found);
  return state;
}

std::optional<Replies::Wish> Replies::relend(std::uint64_t number, std::uint8_t from,
                                             std::uint8_t to) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return {};
  Entry& entry = found->second;
  if (from != no_class) --entry.lenders[from];
  if (to != no_class) ++entry.lenders[to];
  std::uint8_t wanted = 0;
  while (wanted < no_class && entry.lenders[wanted] == 0) ++wanted;
  if (wanted == entry.wanted) return {};
  entry.wanted = wanted;
  return Wish{entry.holder, wanted};
}

std::uint8_t Replies::locate(std::uint64_t number, int holder) noexcept {
  const std::lock_guard hold(mutex_);
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return no_class;
  found->second.holder = holder;
  return found->second.wanted;
}

bool Replies::was_made(std::uint64_t number) const noexcept {
  const std::lock_guard hold(mutex_);
  return number >= 1 && number <= last_;
}

void Replies::fail_all(std::string_view error, int rank) noexcept {
  std::unordered_map<std::uint64_t, Entry> all;
  {
    const std::lock_guard hold(mutex_);
    all.swap(waiting_);
  }
  for (const auto& [number, entry] : all) entry.state->fail(std::string(error), rank);
}

// --- answers -------------------------------------------------------------------------------------

int Engine::rank() const noexcept {
  const WorkSource* more = source.load(std::memory_order_acquire);  // (X)
  return more == nullptr ? 0 : more->rank();
}

void Engine::send(const Reply& to, bool has_failed, Bytes bytes) noexcept {
  // Null: the ranks have parted, after an error, and whoever waited there was told.
  if (WorkSource* more = source.load(std::memory_order_acquire))  // (X)
    more->send_reply(to, has_failed, std::move(bytes));
}

void Engine::answer_failure(const Reply& to, std::string text) noexcept {
  if (to.rank == Reply::here) {
    if (const auto state = replies.take(to.number)) state->fail(std::move(text), rank());
    return;
  }
  Bytes bytes;
  try {
    const auto all = std::as_bytes(std::span(text));
    bytes.assign(all.begin(), all.end());
  } catch (...) {  // memory is short: the text is lost, the failure is told
  }
  send(to, true, std::move(bytes));
}

void Engine::answer_exception(const Reply& to) noexcept {
  answer_failure(to, text_of(std::current_exception()));
}

/// A number that was never given out is an error: somebody has mixed up ranks or bytes. One whose
/// future was answered before is not: it was given up, after an error elsewhere.
void Engine::deliver(std::uint64_t number, bool has_failed, int from_rank,
                     std::span<const std::byte> bytes) {
  const auto state = replies.take(number);
  if (state == nullptr) {
    if (replies.was_made(number)) return;
    throw std::runtime_error("rank " + std::to_string(from_rank) + " has answered the future " +
                             std::to_string(number) + ", which was never made here");
  }
  if (!has_failed) return state->receive(bytes, from_rank);
  state->fail({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, from_rank);
}

}  // namespace jackdaw::detail
