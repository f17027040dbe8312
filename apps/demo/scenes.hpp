#pragma once
/// \file
/// The scenes of `jackdaw demo`: each shows one promise of the scheduler, and holds it to that.

#include <span>         // span
#include <string_view>  // string_view

namespace jackdaw {
class Ranks;
class Scheduler;
}  // namespace jackdaw

namespace jackdaw::apps::demo {

class Stage;

/// One of `local` and `on_ranks` is there.
struct Scene {
  std::string_view name;
  std::string_view promise;                                ///< one sentence
  void (*local)(Stage&) = nullptr;                         ///< in pools of its own
  void (*on_ranks)(Stage&, Ranks&, Scheduler&) = nullptr;  ///< on all ranks, two or more
};

/// In the order in which they are told: local ones first.
[[nodiscard]] std::span<const Scene> all_scenes() noexcept;

void preemption(Stage& stage);
void nesting(Stage& stage);
void yielding(Stage& stage);
void inversion(Stage& stage);
void repayment(Stage& stage);
void time_limits(Stage& stage);
void free_time(Stage& stage);
void deadlines(Stage& stage);
void ageing(Stage& stage);
void rebalancing(Stage& stage);
void racing(Stage& stage);
void stealing(Stage& stage);
void adaptive_stealing(Stage& stage);
void states(Stage& stage);
void sharing(Stage& stage, Ranks& ranks, Scheduler& scheduler);
void lending_far(Stage& stage, Ranks& ranks, Scheduler& scheduler);

}  // namespace jackdaw::apps::demo
