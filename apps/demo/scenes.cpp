#include "demo/scenes.hpp"

namespace jackdaw::apps::demo {

namespace {

constexpr Scene scenes[] = {
    {"preemption",
     "A critical job runs at the next checkpoint, spawn or join of a job that is not.",
     &preemption},
    {"nesting",
     "Critical jobs preempt on top of each other, but no deeper than max_preemption_depth.",
     &nesting},
    {"yield", "A job that yields queues again, and goes on with its state behind what waits.",
     &yielding},
    {"inversion", "A job that waits lends its priority down the whole chain of what it waits for.",
     &inversion},
    {"repayment", "A job that does not wait any more takes back the priority that it has lent.",
     &repayment},
    {"limits",
     "A job past its time limit is asked to stop; one that does not hear is told of meanwhile.",
     &time_limits},
    {"free-time", "Time in which a job waits, or is preempted, does not count for its limit.",
     &free_time},
    {"deadlines", "A job does not start after its deadline, and one that runs is asked to stop.",
     &deadlines},
    {"ageing", "A low job that waits is promoted, and runs under an endless stream of high ones.",
     &ageing},
    {"rebalancing", "Surplus is moved to the workers that have the least, without their help.",
     &rebalancing},
    {"race", "Of functions that race, the first result is kept, and the others are cancelled.",
     &racing},
    {"stealing", "A worker without work takes jobs from one that has more than it can do.",
     &stealing},
    {"adaptive", "A thief takes work, not numbers: of long jobs one, of short ones many at a time.",
     &adaptive_stealing},
    {"states", "Each job starts at most once, and ends in one final state, whatever befalls it.",
     &states},
    {"sharing",
     "Ranks without work take jobs from others; results come back, and each job runs once.",
     nullptr, &sharing},
    {"far-inversion", "A job that waits lends its priority to a job that another rank has taken.",
     nullptr, &lending_far},
};

}  // namespace

std::span<const Scene> all_scenes() noexcept { return scenes; }

}  // namespace jackdaw::apps::demo
