#include <fmt/format.h>

#include <algorithm>  // replace
#include <chrono>     // seconds
#include <cstdio>     // fflush, stderr, stdout
#include <string>     // string
#include <thread>     // sleep_for

#include <CLI/CLI.hpp>

#include "commands.hpp"            // add_uts_command, ...
#include "jackdaw/checkpoint.hpp"  // Interrupted
#include "jackdaw/launch.hpp"      // launched_rank

namespace {

/// One line, whatever the libraries say. Most mistakes are those of all ranks, so that the first
/// may speak for the others: mpirun ends them within a second of its failure. If it does not, they
/// have something else to say.
int complain(std::string what, int status) {
  if (jackdaw::mpi::launched_rank() > 0) std::this_thread::sleep_for(std::chrono::seconds(2));
  while (!what.empty() && what.back() == '\n') what.pop_back();
  std::replace(what.begin(), what.end(), '\n', ' ');
  fmt::print(stderr, "jackdaw: {}\n", what);
  return status;
}

/// What is wrong with a command line, whose words after "jackdaw" are `words`.
std::string mistake(const CLI::App& app, const char* const* words, const std::string& error) {
  std::string line = app.get_name();
  const CLI::App* last = &app;
  for (auto below = app.get_subcommands(); !below.empty(); below = last->get_subcommands()) {
    last = below.front();
    line += " " + last->get_name();
    ++words;
  }
  std::string names;
  for (const auto* command : last->get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + command->get_name();
  if (names.empty()) return fmt::format("{}; see {} --help", error, line);
  const auto kind = last == &app ? "command" : "benchmark";
  const char* next = *words;
  if (next == nullptr) return fmt::format("no {}; choose one of {}", kind, names);
  if (*next == '-') return fmt::format("there is no option \"{}\"; see {} --help", next, line);
  return fmt::format("there is no {} \"{}\"; choose one of {}", kind, next, names);
}

int run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    if (std::fflush(stdout) != 0) return complain("standard output cannot be written", 1);
    return 0;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return complain(mistake(app, argv + 1, error.what()), 2);
  } catch (const jackdaw::Interrupted&) {
    return jackdaw::Interrupted::exit_status;  // it was told of before MPI ended: see run_on_ranks
  } catch (const std::invalid_argument& error) {
    return complain(error.what(), 2);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}

}  // namespace

/// Exit status: 0 well, 1 a check failed or the machine would not, 2 the user's mistake, 75 it was
/// interrupted, and the same command goes on from a checkpoint.
int main(int argc, char** argv) {
  CLI::App app("Work stealing that keeps every core of an irregular job busy.", "jackdaw");
  app.set_version_flag("--version", "jackdaw " JACKDAW_VERSION);
  app.require_subcommand(1);
  jackdaw::apps::add_uts_command(app);
  jackdaw::apps::add_nqueens_command(app);
  jackdaw::apps::add_integrate_command(app);
  jackdaw::apps::add_topology_command(app);
  jackdaw::apps::add_bench_command(app);
  jackdaw::apps::add_demo_command(app);
  return run(app, argc, argv);
}
