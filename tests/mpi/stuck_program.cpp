/// \file
/// stuck_program <directory>: counts numbers by jobs, with checkpoints, and exits as a program that
/// uses them should. In a run that begins anew, one job gets stuck as soon as there is a
/// checkpoint.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <thread>

#include "jackdaw/scheduler.hpp"

namespace {

using namespace std::chrono_literals;

constexpr int numbers = 100'000;
jackdaw::Sum<std::uint64_t> counted;
std::filesystem::path manifest;  // while it is not there, there is no checkpoint
bool is_new = true;              // the run

struct Range {
  int first = 0;
  int last = 0;
};

[[noreturn]] void stay() {
  std::fprintf(stderr, "a job is stuck\n");
  for (;;) std::this_thread::sleep_for(1s);
}

void count(jackdaw::JobContext& job, const Range& range) {
  if (range.first == range.last) {
    const bool is_stubborn = is_new && range.first == numbers / 2;
    if (is_stubborn && std::filesystem::exists(manifest)) stay();
    if (is_stubborn) return job.yield<count>(range);
    counted += 1;
    return;
  }
  const int middle = range.first + (range.last - range.first) / 2;
  job.spawn<count>(range.first, middle);
  job.spawn<count>(middle + 1, range.last);
}

int run(int argc, char** argv, const std::filesystem::path& directory) {
  jackdaw::Scheduler scheduler(argc, argv, {.pin = false});
  scheduler.keep("counted", counted);
  const auto from = scheduler.use_checkpoints(
      {.directory = directory, .label = "numbers", .every = 50ms, .grace = 300ms});
  is_new = !from;
  if (is_new && scheduler.rank() == 0) scheduler.submit<count>(1, numbers);
  scheduler.run();
  const auto all = scheduler.reduce(counted);
  if (scheduler.rank() == 0) std::printf("counted %ju of %d\n", std::uintmax_t{all}, numbers);
  scheduler.remove_checkpoint();
  return all == numbers ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  jackdaw::note_checkpoint_signals();
  manifest = std::filesystem::path(argv[1]) / "manifest";
  try {
    return run(argc, argv, argv[1]);
  } catch (const jackdaw::Interrupted&) {
    return jackdaw::Interrupted::exit_status;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stuck_program: %s\n", error.what());
    return 1;
  }
}
