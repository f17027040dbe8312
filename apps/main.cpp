#include <fmt/format.h>

#include <algorithm>  // replace
#include <cstdio>     // fflush, stderr, stdout
#include <string>     // string

#include <CLI/CLI.hpp>

#include "commands.hpp"  // add_uts_command, ...

namespace {

/// One line, whatever the libraries say.
int complain(std::string what, int status) {
  while (!what.empty() && what.back() == '\n') what.pop_back();
  std::replace(what.begin(), what.end(), '\n', ' ');
  fmt::print(stderr, "jackdaw: {}\n", what);
  return status;
}

/// What is wrong with a command line that names no command.
std::string no_command(const CLI::App& app, const char* first) {
  std::string names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + command->get_name();
  if (first == nullptr) return "no command; choose one of " + names;
  if (*first == '-') return fmt::format("there is no option \"{}\"; see jackdaw --help", first);
  return fmt::format("there is no command \"{}\"; choose one of {}", first, names);
}

int run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    if (std::fflush(stdout) != 0) return complain("standard output cannot be written", 1);
    return 0;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    if (app.get_subcommands().empty()) return complain(no_command(app, argv[1]), 2);
    return complain(fmt::format("{}; see jackdaw {} --help", error.what(),
                                app.get_subcommands().front()->get_name()),
                    2);
  } catch (const std::invalid_argument& error) {
    return complain(error.what(), 2);
  } catch (const std::exception& error) {
    return complain(error.what(), 1);
  }
}

}  // namespace

/// Exit status: 0 well, 1 a check failed or the machine would not, 2 the user's mistake.
int main(int argc, char** argv) {
  CLI::App app("Work stealing that keeps every core of an irregular job busy.", "jackdaw");
  app.set_version_flag("--version", "jackdaw " JACKDAW_VERSION);
  app.require_subcommand(1);
  jackdaw::apps::add_uts_command(app);
  jackdaw::apps::add_nqueens_command(app);
  jackdaw::apps::add_integrate_command(app);
  jackdaw::apps::add_topology_command(app);
  jackdaw::apps::add_bench_command(app);
  return run(app, argc, argv);
}
