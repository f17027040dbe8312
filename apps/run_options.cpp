#include "run_options.hpp"

namespace jackdaw::apps {

void RunOptions::add_to(CLI::App& command, const std::string& check_help) {
  command.add_flag("--serial", serial, "Run the plain serial program, for comparison");
  command.add_flag("--check", check, check_help);
  command.add_flag("--stats", stats, "Print what each worker did; over ranks, each rank");
  command.add_flag("--json", json, "Print one JSON object, and nothing else");
  command.add_flag("--quiet", quiet, "No progress line");
  checkpoints.add_to(command);
  pool.add_to(command);
}

void RunOptions::validate() const {
  checkpoints.validate();
  if (!serial) return;
  if (checkpoints.is_on())
    throw std::invalid_argument("--checkpoint is for jobs, and --serial has none; leave one out");
  if (stats) throw std::invalid_argument("--stats tells of workers, and --serial has none");
  if (const auto option = pool.first_given(); !option.empty())
    throw std::invalid_argument(option + " is for a pool, and --serial has none; leave one out");
}

}  // namespace jackdaw::apps
