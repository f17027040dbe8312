#include "ageing.hpp"

#include <algorithm>  // max, min
#include <cstddef>    // ptrdiff_t, size_t
#include <utility>    // move

#include "loot.hpp"  // Loot

namespace jackdaw::detail {
namespace {

// Jobs of one queue that one look promotes. What is old in a tree search lies near its root, and
// makes more that gets old: all of it at once, and the search would go breadth first, and fill the
// memory.
constexpr std::size_t most_at_once = 1;

}  // namespace

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
      auto old = list.take_before(now - age_);
      const auto promoted = std::min(old.jobs.size(), most_at_once);
      for (std::size_t i = 0; i < promoted; ++i) promote(*old.jobs[i], c);
      old.jobs.erase(old.jobs.begin(), old.jobs.begin() + static_cast<std::ptrdiff_t>(promoted));
      list.put_back(std::move(old));
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
  if (old_until <= ends.top) return;
  const auto loot = Loot::take(deque, most_at_once);  // none while its owner is active there
  for (JobRecord* job : loot.jobs()) promote(*job, job_class);
  if (ends.top + static_cast<std::int64_t>(loot.jobs().size()) < old_until)
    marks.push_front({now - age_, old_until});  // the rest next time
}

/// From this class to the next.
void Ageing::promote(JobRecord& job, std::size_t job_class) {
  engine_.promote(job, static_cast<Priority>(job_class - 1));
  Engine::Submission(engine_, Engine::Submission::Outside{}).push(job);
}

}  // namespace jackdaw::detail
