#pragma once
/// \file
/// The subcommands of `jackdaw`. Each of these registers one, whose callback does the work and
/// throws what goes wrong: std::invalid_argument for the user's mistakes.

#include <CLI/CLI.hpp>

namespace jackdaw::apps {

void add_uts_command(CLI::App& app);
void add_nqueens_command(CLI::App& app);
void add_integrate_command(CLI::App& app);
void add_topology_command(CLI::App& app);
void add_bench_command(CLI::App& app);
void add_demo_command(CLI::App& app);

}  // namespace jackdaw::apps
