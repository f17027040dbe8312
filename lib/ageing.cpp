#include "ageing.hpp"

#include <algorithm>  // max

#include "loot.hpp"  // Loot

namespace jackdaw::detail {

Ageing::Ageing(Engine& engine)
    : engine_(engine),
      age_(engine.config.starvation_age),
      marks_(engine.workers.size() + engine.inboxes.size()) {}

void Ageing::look(Clock::time_point now) {
  is_blank_ = false;
  for (std::size_t c = 1; c < priority_count; ++c) {  // critical ones come first anyway
    for (std::size_t i = 0; i < marks_.size(); ++i)
      look_at(engine_.store(i).deques[c], marks_[i][c], c, now);
    const auto take_old = [&](Overflow& list) {
      for (auto old = list.take_before(now - age_); !old.jobs.empty();
           old = list.take_before(now - age_)) {
        for (JobRecord* job : old.jobs) promote(*job, c);
      }
    };
    take_old(engine_.overflow[c]);
    for (auto& gift : engine_.gifts) take_old(gift[c]);
  }
}

void Ageing::forget() noexcept {
  if (is_blank_) return;
  for (auto& store : marks_) {
    for (Marks& marks : store) marks.clear();
  }
  is_blank_ = true;
}

void Ageing::look_at(JobDeque& deque, Marks& marks, std::size_t job_class, Clock::time_point now) {
  const auto ends = deque.ends();
  auto since = now;
  for (; !marks.empty() && marks.back().bottom >= ends.bottom; marks.pop_back())
    since = marks.back().time;  // what is left below it has been there since then
  if (ends.bottom > ends.top) marks.push_back({since, ends.bottom});
  auto old_until = ends.top;  // what lies below has waited long enough
  while (!marks.empty() && now - marks.front().time >= age_) {
    old_until = std::max(old_until, marks.front().bottom);
    marks.pop_front();
  }
  for (auto left = old_until - ends.top; left > 0;) {
    const auto loot = Loot::take(deque, static_cast<std::size_t>(left));
    if (loot.empty()) {  // its owner is active there: next time
      marks.push_front({now - age_, old_until});
      return;
    }
    for (JobRecord* job : loot.jobs()) promote(*job, job_class);
    left -= static_cast<std::int64_t>(loot.jobs().size());
  }
}

/// From this class to the next.
void Ageing::promote(JobRecord& job, std::size_t job_class) {
  engine_.promote(job, static_cast<Priority>(job_class - 1));
  Engine::Submission(engine_, Engine::Submission::Outside{}).push(job);
}

}  // namespace jackdaw::detail
