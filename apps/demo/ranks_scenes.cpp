#include <array>   // array
#include <chrono>  // microseconds, steady_clock
#include <thread>  // sleep_for

#include <fmt/format.h>

#include "demo/scenes.hpp"          // sharing, lending_far
#include "demo/stage.hpp"           // RanksAct, Stage, patience
#include "jackdaw/job_context.hpp"  // JobContext
#include "jackdaw/reducer.hpp"      // Sum
#include "jackdaw/scheduler.hpp"    // Scheduler

// A job goes on making others until what the scene is about has happened to one of them, or its
// patience is at its end: who is quick enough to take a job, nobody knows.

namespace jackdaw::apps::demo {
namespace {

using Clock = std::chrono::steady_clock;

int own_rank = 0;  // before run()
Sum<long> runs;

struct Number {
  int value;
};

/// What a job brings back.
struct Postcard {
  int rank;
  Priority priority;
};

struct Tally {
  long made = 0;
  long elsewhere = 0;  ///< ran on another rank
  long raised = 0;     ///< of these, had a higher priority at their end than when they were made
};

void add(Tally& tally, const Postcard& card) {
  const bool is_elsewhere = card.rank != own_rank;
  ++tally.made;
  if (is_elsewhere) ++tally.elsewhere;
  if (is_elsewhere && card.priority < Priority::low) ++tally.raised;
}

/// Runs a batch of jobs after the other until `done`. `work` does what `Function` says.
template <auto Function, typename Done>
Tally send_out(JobContext& job, Done done) {
  Tally tally;
  const auto end = Clock::now() + patience;
  do {
    std::array<RemoteFuture<Postcard>, 16> cards;
    for (auto& card : cards) card = job.submit<Function>(JobOptions{.priority = Priority::low}, 0);
    for (const auto& card : cards) add(tally, card.get());
  } while (!done(tally) && Clock::now() < end);
  return tally;
}

Postcard dig(JobContext& job, const Number& /*unused*/) {
  runs += 1;
  std::this_thread::sleep_for(std::chrono::microseconds(300));
  return {own_rank, job.priority()};
}

Tally share(JobContext& job, const Number& /*unused*/) {
  return send_out<dig>(job, [](const Tally& tally) { return tally.elsewhere > 0; });
}

/// Takes some time, so that word may come to where it runs, or waits.
Postcard linger(JobContext& job, const Number& /*unused*/) {
  runs += 1;
  for (int i = 0; i < 20 && job.priority() == Priority::low; ++i)
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  return {own_rank, job.priority()};
}

Tally hurry(JobContext& job, const Number& /*unused*/) {
  return send_out<linger>(job, [](const Tally& tally) { return tally.raised > 0; });
}

/// Collective. The tally is rank 0's; the number of runs is that of all.
template <auto Function>
Tally play(Stage& stage, Ranks& ranks, Scheduler& scheduler, Priority priority) {
  own_rank = scheduler.rank();
  runs.reset();
  RemoteFuture<Tally> result;
  if (scheduler.rank() == 0)
    result = scheduler.submit<Function>(JobOptions{.priority = priority}, 0);
  RanksAct(stage, ranks, scheduler).run();
  const long all_runs = scheduler.reduce(runs);
  if (!result) return {};
  const Tally tally = result.get();
  stage.expect(all_runs == tally.made, fmt::format("{} jobs run on all ranks", tally.made),
               std::to_string(all_runs));
  return tally;
}

/// Tells of one job here and there, and leaves the others to the summary.
void follow(Stage& stage, const Step& arrival) {
  stage.follow([arrival](const Step& step) {
    const bool is_there = step.rank == arrival.rank && step.job == arrival.job;
    return is_there || (step.rank == 0 && step.job == arrival.other);
  });
}

/// The steps that brought a job to another rank than the first.
bool is_arrival(const Step& step) {
  return step.rank != 0 && step.other != 0 && step.is(JobState::stolen, JobState::pending);
}

}  // namespace

void sharing(Stage& stage, Ranks& ranks, Scheduler& scheduler) {
  const Tally tally = play<share>(stage, ranks, scheduler, Priority::normal);
  if (scheduler.rank() != 0) return;
  stage.expect(tally.elsewhere > 0, "results that another rank brings back", "none");
  for (const Step& step : stage.steps()) {
    if (is_arrival(step)) return follow(stage, step);
  }
}

void lending_far(Stage& stage, Ranks& ranks, Scheduler& scheduler) {
  const Tally tally = play<hurry>(stage, ranks, scheduler, Priority::high);
  if (scheduler.rank() != 0) return;
  stage.expect(tally.raised > 0, "a low job on another rank to become high", "none");
  for (const Step& lent : stage.steps()) {
    if (lent.kind != EventKind::lent || lent.rank == 0) continue;
    for (const Step& step : stage.steps()) {
      if (is_arrival(step) && step.rank == lent.rank && step.job == lent.job)
        return follow(stage, step);
    }
  }
}

}  // namespace jackdaw::apps::demo
