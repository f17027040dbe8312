#include "demo/step.hpp"

#include <fmt/format.h>

#include <algorithm>  // copy_n, max, min, stable_sort
#include <map>        // map
#include <utility>    // pair

namespace jackdaw::apps::demo {
namespace {

/// Of a movable job's function, without where it is declared.
std::string_view last_word(std::string_view name) {
  const auto colon = name.rfind("::");
  return colon == std::string_view::npos ? name : name.substr(colon + 2);
}

std::string_view comment(const Step& step) {
  switch (step.job_to) {
    case JobState::running: return step.job_from == JobState::preempted ? "goes on" : "starts";
    case JobState::preempted: return "gives way";
    case JobState::pending:
      return step.job_from == JobState::running ? "yields, and queues again" : "is queued here";
    case JobState::stolen: return "is taken away";
    case JobState::completed: return "has returned";
    case JobState::failed: return "has thrown";
    case JobState::cancelled:
      return step.job_from == JobState::pending ? "will never start" : "has stopped";
    case JobState::timed_out: return "is past its time";
  }
  return {};
}

/// A job's number is long: the upper part says whose thread made it, the lower one counts.
std::string short_number(std::uint64_t job) {
  return fmt::format("{}.{}", job >> 48, job & ((std::uint64_t{1} << 48) - 1));
}

/// What many steps are counted by.
std::string gist(const Step& step) {
  if (step.kind == EventKind::job_step)
    return fmt::format("{} -> {}", name(step.job_from), name(step.job_to));
  return std::string(name(step.kind));
}

}  // namespace

Step::Step(const Event& event, int on_rank, std::chrono::steady_clock::time_point story_start)
    : ns((event.time - story_start.time_since_epoch()).count()),
      sequence(event.sequence),
      job(event.job),
      other(event.other),
      past_ns(event.past.count()),
      rank(on_rank),
      worker(event.worker),
      kind(event.kind),
      job_from(event.job_from),
      job_to(event.job_to),
      priority(event.priority),
      worker_from(event.worker_from),
      worker_to(event.worker_to) {
  const auto shown = last_word(event.name);
  std::copy_n(shown.begin(), std::min(shown.size(), text.size() - 1), text.begin());
}

void fill_in_names(std::span<Step> steps) {
  std::map<std::pair<int, std::uint64_t>, std::array<char, 24>> names;
  for (const Step& step : steps) {
    if (!step.name().empty()) names[{step.rank, step.job}] = step.text;
  }
  for (Step& step : steps) {
    const auto found = names.find({step.rank, step.job});
    if (step.name().empty() && found != names.end()) step.text = found->second;
  }
}

/// An event gets its number after its time, so that times of one rank may differ by a little.
void put_in_order(std::vector<Step>& steps) {
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::pair(a.rank, a.sequence) < std::pair(b.rank, b.sequence);
  });
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].rank == steps[i - 1].rank) steps[i].ns = std::max(steps[i].ns, steps[i - 1].ns);
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.ns < b.ns; });
}

std::string sentence(const Step& step) {
  std::string text = "job " + short_number(step.job);
  if (!step.name().empty()) text += fmt::format(" \"{}\"", step.name());
  switch (step.kind) {
    case EventKind::job_step: {
      text += fmt::format(" {} -> {}, {}", name(step.job_from), name(step.job_to), comment(step));
      if (step.is(JobState::pending, JobState::running))
        text += fmt::format(" ({})", name(step.priority));
      if (step.is(JobState::stolen, JobState::pending) && step.other != 0)
        text += fmt::format("; it was {} where it came from", short_number(step.other));
      return text;
    }
    case EventKind::worker_step:
      return fmt::format("{} -> {}", name(step.worker_from), name(step.worker_to));
    case EventKind::overstay:
      return text + fmt::format(" is {:.1f} ms past its time limit, and runs on",
                                static_cast<double>(step.past_ns) / 1e6);
    case EventKind::promoted:
      return text + fmt::format(" has waited so long that it is {} now", name(step.priority));
    case EventKind::lent:
      return text +
             fmt::format(" has the priority {} now, as its waiters want", name(step.priority));
    case EventKind::rebalanced: return text + " was moved to a worker that has less to do";
  }
  return text;
}

std::string summary(std::span<const Step> steps) {
  std::map<std::string, std::size_t> counts;
  for (const Step& step : steps) ++counts[gist(step)];
  std::string text;
  for (const auto& [what, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  return text;
}

std::vector<std::string> audit(std::span<const Step> steps) {
  struct Life {
    JobState state = JobState::pending;
    bool is_known = false;
  };
  std::map<std::pair<int, std::uint64_t>, Life> lives;
  std::vector<std::string> wrong;
  std::size_t arrived = 0;
  for (const Step& step : steps) {
    if (step.kind != EventKind::job_step) continue;
    Life& life = lives[{step.rank, step.job}];
    // One without a former number was made on that rank before its scheduler ran.
    const bool comes_in = !life.is_known && step.is(JobState::stolen, JobState::pending);
    if (comes_in && step.other != 0) ++arrived;
    const auto before = comes_in ? JobState::stolen : life.state;
    if (before != step.job_from || !may_step(step.job_from, step.job_to)) {
      wrong.push_back(fmt::format("a legal step from {}, but {}", name(before), sentence(step)));
    }
    life = {step.job_to, true};
  }
  std::size_t left = 0;
  for (const auto& [job, life] : lives) {
    if (life.state == JobState::stolen) ++left;
    if (is_final(life.state) || life.state == JobState::stolen) continue;
    wrong.push_back(fmt::format("each job in a final state, but job {} of rank {} is {}",
                                short_number(job.second), job.first, name(life.state)));
  }
  if (left != arrived) {
    wrong.push_back(
        fmt::format("as many jobs to arrive as have left, but {} have left and {} "
                    "have arrived",
                    left, arrived));
  }
  return wrong;
}

bool come_in_order(std::span<const Step> steps, std::span<const Sign> signs) {
  std::size_t found = 0;
  for (const Step& step : steps) {
    if (found == signs.size()) break;
    const Sign& next = signs[found];
    if (step.job == next.job && step.is(next.from, next.to)) ++found;
  }
  return found == signs.size();
}

std::size_t most_preempted(std::span<const Step> steps) {
  std::size_t now = 0, most = 0;
  for (const Step& step : steps) {
    if (step.is(JobState::running, JobState::preempted)) most = std::max(most, ++now);
    if (step.is(JobState::preempted, JobState::running)) --now;
  }
  return most;
}

}  // namespace jackdaw::apps::demo
