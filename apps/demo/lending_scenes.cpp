#include <array>   // array
#include <chrono>  // milliseconds
#include <string>  // string
#include <vector>  // vector

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "demo/scenes.hpp"          // inversion, repayment
#include "demo/stage.hpp"           // Act, Gate, Stage
#include "jackdaw/job_context.hpp"  // JobContext

namespace jackdaw::apps::demo {

void inversion(Stage& stage) {
  std::vector<std::string> log;  // of one worker
  Gate all_wait;
  Act act(stage, 1);
  const auto add = [&](const char* name, Priority priority,
                       std::span<const JobRef> after) -> JobRef {
    return act.pool.submit([&log, name] { log.emplace_back(name); },
                           {.name = name, .priority = priority, .after = after});
  };
  act.pool.spawn([&] { all_wait.pass(); }, {.name = "gate"});
  const std::array ground{add("ground", Priority::low, {})};
  const JobRef crowd = add("crowd", Priority::normal, {});
  const std::array bridge{add("bridge", Priority::low, ground)};
  const JobRef tower = add("tower", Priority::high, bridge);
  all_wait.open();
  act.finish();
  stage.expect(log == std::vector<std::string>{"ground", "bridge", "tower", "crowd"},
               "what the tower waits for to run before the crowd, which is more urgent by itself",
               fmt::format("{}", fmt::join(log, ", ")));
  stage.expect_count(stage.count(EventKind::lent), 2, "loans");
}

void repayment(Stage& stage) {
  std::vector<std::string> log;  // of one worker
  bool was_done = false;
  Priority lent = Priority::low, repaid = Priority::high;
  JobRef slow;
  Act act(stage, 1);
  act.pool.spawn(
      [&](JobContext& job) {
        slow = job.submit([&] { log.emplace_back("slow"); },
                          {.name = "slow", .priority = Priority::low});
        job.spawn([&] { log.emplace_back("crowd"); },
                  {.name = "crowd", .priority = Priority::normal});
        was_done = slow.wait_for(std::chrono::milliseconds(2));
        repaid = slow.report().priority;
        log.emplace_back("impatient");
      },
      {.name = "impatient", .priority = Priority::high});
  act.finish();
  for (const Step& step : stage.steps()) {
    if (step.kind == EventKind::lent && step.job == slow.id() && step.priority < lent)
      lent = step.priority;
  }
  stage.expect(!was_done, "the wait to be in vain, with one worker", "the job was done");
  stage.expect(lent == Priority::high, "the priority high while the other waits", name(lent));
  stage.expect(repaid == Priority::low, "the priority low again afterwards", name(repaid));
  stage.expect(log == std::vector<std::string>{"impatient", "crowd", "slow"},
               "the crowd to run before the job that has paid back",
               fmt::format("{}", fmt::join(log, ", ")));
}

}  // namespace jackdaw::apps::demo
