#include "demo/stage.hpp"

#include <fmt/format.h>

#include <algorithm>  // any_of, count_if
#include <utility>    // move

#include "jackdaw/ranks.hpp"      // Ranks
#include "jackdaw/scheduler.hpp"  // Scheduler

namespace jackdaw::apps::demo {

// --- the stage -----------------------------------------------------------------------------------

void Stage::expect(bool so, std::string_view what, std::string_view seen) {
  if (!so) broken_.push_back(fmt::format("expected {}, seen: {}", what, seen));
}

void Stage::expect_order(std::initializer_list<Sign> signs, std::string_view what) {
  expect(come_in_order(steps_, std::span(signs.begin(), signs.size())), what,
         "no such steps in this order");
}

void Stage::expect_count(std::size_t seen, std::size_t wanted, std::string_view of_what) {
  expect(seen == wanted, fmt::format("{} {}", wanted, of_what), std::to_string(seen));
}

std::size_t Stage::count(JobState from, JobState to) const {
  return static_cast<std::size_t>(std::count_if(
      steps_.begin(), steps_.end(), [&](const Step& step) { return step.is(from, to); }));
}
std::size_t Stage::count(EventKind kind) const {
  return static_cast<std::size_t>(std::count_if(
      steps_.begin(), steps_.end(), [&](const Step& step) { return step.kind == kind; }));
}

std::vector<Step> Stage::sights() const {
  const std::lock_guard hold(mutex_);
  return sights_;
}

void Stage::add(const Event& event) {
  const std::lock_guard hold(mutex_);
  if (event.kind == EventKind::worker_step) {
    ++workers_steps_;
  } else {
    sights_.emplace_back(event, rank_, story_start_);
  }
}

/// Each act's pools number their jobs anew, so an act is checked by itself.
void Stage::take_steps(std::vector<Step> all) {
  put_in_order(all);
  fill_in_names(all);
  for (auto& complaint : audit(all)) broken_.push_back("expected " + std::move(complaint));
  steps_.insert(steps_.end(), all.begin(), all.end());
}

// --- one pool ------------------------------------------------------------------------------------

namespace {

Config config_of(const Stage& stage, unsigned workers, const std::function<void(Config&)>& change) {
  Config config = stage.config();
  if (workers > config.workers) config.pin = false;  // it may have no cores for them
  config.workers = workers;
  config.warn = false;  // the story tells
  if (change) change(config);
  return config;
}

std::size_t jobs_that_ended(const std::vector<Step>& steps) {
  return static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), [](const Step& step) {
    return step.kind == EventKind::job_step && is_final(step.job_to);
  }));
}

}  // namespace

Act::Act(Stage& stage, unsigned workers, const std::function<void(Config&)>& change)
    : stage_(stage),
      pool(config_of(stage, workers, change)),
      watch_(pool.subscribe([&stage](const Event& event) { stage.add(event); })) {}

void Act::finish() {
  try {
    pool.wait();
  } catch (const std::exception& error) {
    stage_.expect(false, "no exception without a handle", error.what());
  }
  watch_.flush();
  watch_.end();
  std::vector<Step> mine;
  {
    const std::lock_guard hold(stage_.mutex_);
    mine.swap(stage_.sights_);
  }
  const auto ended = jobs_that_ended(mine);
  stage_.take_steps(std::move(mine));
  const auto statistics = pool.statistics();
  stage_.expect_count(ended, statistics.jobs_created, "jobs, each of which ends once");
  stage_.expect_count(ended, statistics.jobs_finished, "jobs that the statistics count as ended");
  stage_.statistics_.push_back(statistics);
}

bool Act::has_heard(EventKind kind, const JobRef& job) {
  watch_.flush();
  const auto so_far = stage_.sights();
  return std::any_of(so_far.begin(), so_far.end(),
                     [&](const Step& step) { return step.kind == kind && step.job == job.id(); });
}

// --- all ranks -----------------------------------------------------------------------------------

namespace {

/// Everybody gets the steps of all.
std::vector<Step> gather(Ranks& ranks, const std::vector<Step>& mine) {
  std::vector<Step> all;
  for (int from = 0; from < ranks.size(); ++from) {
    std::size_t count = mine.size();
    ranks.broadcast(from, std::as_writable_bytes(std::span(&count, 1)));
    std::vector<Step> theirs(count);
    if (from == ranks.rank()) theirs = mine;
    ranks.broadcast(from, std::as_writable_bytes(std::span(theirs)));
    all.insert(all.end(), theirs.begin(), theirs.end());
  }
  return all;
}

}  // namespace

RanksAct::RanksAct(Stage& stage, Ranks& ranks, Scheduler& scheduler)
    : stage_(stage), ranks_(ranks), scheduler_(scheduler) {}

void RanksAct::run() {
  Subscription watch =
      scheduler_.pool().subscribe([this](const Event& event) { stage_.add(event); });
  try {
    scheduler_.run();
  } catch (const JobsFailed& error) {
    stage_.expect(false, "no job that throws", error.what());
  }
  watch.flush();
  watch.end();
  std::vector<Step> mine;
  {
    const std::lock_guard hold(stage_.mutex_);
    mine.swap(stage_.sights_);
  }
  stage_.take_steps(gather(ranks_, mine));
}

}  // namespace jackdaw::apps::demo
