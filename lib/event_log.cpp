#include "jackdaw/detail/event_log.hpp"

#include <algorithm>  // sort
#include <chrono>     // steady_clock
#include <utility>    // move

#include "jackdaw/detail/engine.hpp"  // Engine

namespace jackdaw {

std::string_view name(EventKind kind) noexcept {
  constexpr std::string_view names[] = {"job_step", "worker_step", "overstay",
                                        "promoted", "lent",        "rebalanced"};
  return names[static_cast<std::size_t>(kind)];
}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    end();
    log_ = std::move(other.log_);
    number_ = other.number_;
  }
  return *this;
}
void Subscription::flush() {
  if (log_) log_->deliver();
}
void Subscription::end() noexcept {
  if (log_) log_->unsubscribe(number_);
  log_.reset();
}

namespace detail {

/// The number is given under the lock of a list: whoever then empties all lists, one after the
/// other, misses a number only while its event is still on its way.
void EventLog::add(Event event) noexcept {
  const auto own = event.worker >= 0 ? static_cast<std::size_t>(event.worker) : lists_.size() - 1;
  List& list = lists_[own];
  const std::lock_guard hold(list.mutex);
  event.time = std::chrono::steady_clock::now().time_since_epoch();
  // Relaxed: what happens before another step is ordered before its RMW by that very order.
  event.sequence = last_.fetch_add(1, std::memory_order_relaxed) + 1;
  list.events.push_back(event);
}

std::uint64_t EventLog::subscribe(EventFunction function) {
  const std::lock_guard hold(delivery_);
  listeners_.emplace(++last_listener_, std::move(function));
  listeners_count_.store(listeners_.size(), std::memory_order_relaxed);  // see is_on
  if (engine_ != nullptr) engine_->begin_care();
  return last_listener_;
}

void EventLog::unsubscribe(std::uint64_t number) noexcept {
  const std::lock_guard hold(delivery_);
  if (listeners_.erase(number) == 0) return;
  listeners_count_.store(listeners_.size(), std::memory_order_relaxed);  // see is_on
  if (engine_ != nullptr) engine_->end_care();
}

void EventLog::deliver() {
  const std::lock_guard hold(delivery_);
  deliver_held();
}

void EventLog::detach() noexcept {
  const std::lock_guard hold(delivery_);
  deliver_held();
  engine_ = nullptr;
}

void EventLog::deliver_held() {
  for (List& list : lists_) {
    const std::lock_guard hold_list(list.mutex);
    backlog_.insert(backlog_.end(), list.events.begin(), list.events.end());
    list.events.clear();
  }
  std::sort(backlog_.begin(), backlog_.end(),
            [](const Event& a, const Event& b) { return a.sequence < b.sequence; });
  std::size_t ready = 0;
  while (ready < backlog_.size() && backlog_[ready].sequence == delivered_ + 1 + ready) ++ready;
  for (std::size_t i = 0; i < ready; ++i) {
    for (const auto& [number, listener] : listeners_) listener(backlog_[i]);
  }
  backlog_.erase(backlog_.begin(), backlog_.begin() + static_cast<std::ptrdiff_t>(ready));
  delivered_ += ready;
}

}  // namespace detail
}  // namespace jackdaw
