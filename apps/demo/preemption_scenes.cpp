#include <algorithm>  // max
#include <array>      // array
#include <atomic>     // atomic
#include <span>       // span
#include <string>     // string
#include <vector>     // vector

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "demo/scenes.hpp"          // preemption, nesting, yielding
#include "demo/stage.hpp"           // Act, Stage
#include "jackdaw/fork_join.hpp"    // fork_join
#include "jackdaw/job_context.hpp"  // JobContext

namespace jackdaw::apps::demo {

namespace {

/// Ways in which a job gives way.
struct Way {
  std::string_view name;
  void (*go)(JobContext&);
};
constexpr std::array ways{
    Way{"checkpoint", [](JobContext& job) { job.checkpoint(); }},
    Way{"spawn", [](JobContext& job) { job.spawn([] {}); }},
    Way{"join", [](JobContext&) { fork_join([] {}, [] {}); }},
};

/// What is seen of one of them.
struct Encounter {
  Gate ready, alarm_waits;
  std::atomic<bool> alarm_ran{false}, in_time{false};
  JobState state_of_relax{};
  JobRef alarm;
};

}  // namespace

void preemption(Stage& stage) {
  std::array<Encounter, ways.size()> encounters;
  Act act(stage, 1);
  const JobRef relax = act.pool.submit(
      [&](JobContext& job) {
        for (std::size_t i = 0; i < ways.size(); ++i) {
          encounters[i].ready.open();
          encounters[i].alarm_waits.pass();
          ways[i].go(job);
          encounters[i].in_time = encounters[i].alarm_ran.load();
        }
      },
      {.name = "relax", .priority = Priority::low});
  for (Encounter& now : encounters) {
    now.ready.pass();
    now.alarm = act.pool.submit(
        [&] {
          now.state_of_relax = relax.state();
          now.alarm_ran = true;
        },
        {.name = "alarm", .priority = Priority::critical});
    now.alarm_waits.open();
  }
  act.finish();
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const Encounter& seen = encounters[i];
    const auto at = "the next " + std::string(ways[i].name);
    stage.expect(seen.in_time, "the critical job to run at " + at, "it ran later");
    stage.expect(seen.state_of_relax == JobState::preempted,
                 "the job below to be preempted at " + at, name(seen.state_of_relax));
    stage.expect_order({{relax.id(), JobState::running, JobState::preempted},
                        {seen.alarm.id(), JobState::pending, JobState::running},
                        {seen.alarm.id(), JobState::running, JobState::completed},
                        {relax.id(), JobState::preempted, JobState::running}},
                       "one job to give way, the other to run, the first to go on, at " + at);
  }
}

// --- nesting -------------------------------------------------------------------------------------

namespace {

int answer(JobContext& /*unused*/, const int& what) { return what; }

/// Low jobs that give way to critical ones, which wait, so that other low ones run on top, which
/// give way to critical ones: a tower. It stands on one worker; the other is kept by a gate, for
/// which all wait.
class Tower {
 public:
  Tower(Pool& pool, unsigned floors) : pool_(pool), floors_(floors) {}

  void build() {
    Gate gate_stands;
    gate_ = pool_.submit(
        [&] {
          gate_stands.open();
          is_high_enough_.pass();
        },
        {.name = "gate"});
    gate_stands.pass();
    pool_.spawn([this](JobContext& job) { add(job, 0); }, {.name = "builder"});
    gate_.wait();
  }

 private:
  void add(JobContext& context, unsigned floor) {
    context.spawn(
        [this, floor](JobContext& job) {
          job.spawn([this, floor](JobContext& top) { stand_on(top, floor); },
                    {.name = "urgent", .priority = Priority::critical});
          job.checkpoint();
        },
        {.name = "floor", .priority = Priority::low});
  }
  void stand_on(JobContext& job, unsigned floor) {
    floor + 1 < floors_ ? add(job, floor + 1) : is_high_enough_.open();
    job.submit<answer>({.after = std::span(&gate_, 1)}, 0).wait();
  }

  Pool& pool_;
  unsigned floors_;
  JobRef gate_;
  Gate is_high_enough_;
};

}  // namespace

void nesting(Stage& stage) {
  const unsigned most = stage.config().max_preemption_depth;
  Act act(stage, 2);
  Tower tower(act.pool, most + 2);
  tower.build();
  act.finish();
  stage.expect_count(most_preempted(stage.steps()), most, "jobs preempted at the same time");
}

// --- yielding ------------------------------------------------------------------------------------

namespace {

struct Walk {
  std::vector<std::string>* log;
  int steps_left;
};

void walk(JobContext& job, const Walk& state) {
  state.log->push_back("step " + std::to_string(state.steps_left));
  if (state.steps_left == 0) return;
  job.spawn([log = state.log] { log->emplace_back("errand"); },
            {.name = "errand", .priority = Priority::normal});
  job.yield<walk>(state.log, state.steps_left - 1);
}

}  // namespace

void yielding(Stage& stage) {
  std::vector<std::string> log;  // of one worker
  Act act(stage, 1);
  act.pool.spawn<walk>(&log, 2);
  act.finish();
  stage.expect(log == std::vector<std::string>{"step 2", "errand", "step 1", "errand", "step 0"},
               "steps 2, 1, 0 with errands between them", fmt::format("{}", fmt::join(log, ", ")));
  stage.expect_count(stage.count(JobState::running, JobState::pending), 2,
                     "times back in the queue");
}

}  // namespace jackdaw::apps::demo
