#include <fmt/format.h>

#include <cstdio>     // fflush, stdout
#include <memory>     // make_shared
#include <stdexcept>  // invalid_argument
#include <string>     // string
#include <vector>     // vector

#include "commands.hpp"           // add_demo_command
#include "demo/scenes.hpp"        // all_scenes, Scene
#include "demo/teller.hpp"        // Teller
#include "jackdaw/launch.hpp"     // launched_ranks
#include "jackdaw/ranks.hpp"      // Ranks
#include "jackdaw/scheduler.hpp"  // Scheduler
#include "pool_options.hpp"       // PoolOptions
#include "ranks_report.hpp"       // ranks_table
#include "run_options.hpp"        // CheckFailed

namespace jackdaw::apps {
namespace {

using demo::Scene;
using demo::Teller;

struct DemoOptions {
  PoolOptions pool;
  std::string scene;
  bool list = false;
};

std::vector<Scene> chosen_scenes(const std::string& name) {
  std::vector<Scene> chosen;
  std::string names;
  for (const Scene& scene : demo::all_scenes()) {
    if (name.empty() || scene.name == name) chosen.push_back(scene);
    names += (names.empty() ? "" : ", ") + std::string(scene.name);
  }
  if (chosen.empty()) {
    throw std::invalid_argument(
        fmt::format("there is no scene \"{}\"; choose one of {}", name, names));
  }
  return chosen;
}

void throw_if_broken(const Teller& teller) {
  if (const auto names = teller.broken(); !names.empty())
    throw CheckFailed("promises were broken: " + names);
}

void play_here(const std::vector<Scene>& scenes, const Config& config) {
  Teller teller(config, 0, 1);
  for (const Scene& scene : scenes)
    scene.local != nullptr ? teller.play(scene) : teller.skip(scene);
  teller.report();
  throw_if_broken(teller);
}

/// The first rank plays what it can do alone, while the others sleep.
void play_on_ranks(const std::vector<Scene>& scenes, const Config& config) {
  int argc = 0;
  char** argv = nullptr;
  Ranks ranks(argc, argv);
  ranks.alone([] {});  // so that all clocks begin at about the same time
  Teller teller(config, ranks.rank(), ranks.size());
  ranks.alone([&] {
    for (const Scene& scene : scenes) {
      if (scene.local != nullptr) teller.play(scene);
    }
  });
  ranks.with_first(ranks.size(), config, [&](Scheduler& scheduler) {
    for (const Scene& scene : scenes) {
      if (scene.on_ranks == nullptr) continue;
      ranks.size() > 1 ? teller.play(scene, ranks, scheduler) : teller.skip(scene);
    }
    teller.report();
    const Report report = scheduler.report();
    if (ranks.rank() != 0 || ranks.size() == 1) return;
    fmt::print("\n{}", ranks_table(report));
    std::fflush(stdout);  // before what the other ranks say when they end
  });
  throw_if_broken(teller);
}

void run_demo(const DemoOptions& options) {
  if (options.list) {
    if (mpi::launched_rank() > 0) return;
    for (const Scene& scene : demo::all_scenes())
      fmt::print("{:<14} {}\n", scene.name, scene.promise);
    return;
  }
  const auto scenes = chosen_scenes(options.scene);
  const Config config = options.pool.config();
  mpi::launched_ranks() > 0 ? play_on_ranks(scenes, config) : play_here(scenes, config);
}

}  // namespace

void add_demo_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "demo", "What the scheduler promises, shown step by step, and held against what happens");
  auto options = std::make_shared<DemoOptions>();
  command->add_option("--scene", options->scene, "Only this one; --list has their names");
  command->add_flag("--list", options->list, "Name the scenes, and what each shows");
  options->pool.add_to(*command);
  command->callback([options] { run_demo(*options); });
}

}  // namespace jackdaw::apps
