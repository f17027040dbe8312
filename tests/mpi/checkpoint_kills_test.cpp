#include <gtest/gtest.h>
#include <signal.h>        // SIGXFSZ
#include <sys/ptrace.h>    // ptrace
#include <sys/resource.h>  // setrlimit
#include <sys/wait.h>      // waitpid
#include <unistd.h>        // fork, _exit

#include <filesystem>
#include <functional>
#include <string>

#include "jackdaw/checkpoint.hpp"
#include "jackdaw/pool.hpp"
#include "manifest.hpp"
#include "rank_file.hpp"

// A process that is killed while it writes a checkpoint leaves the last good one, or the new one:
// whatever byte it had come to, of whatever file, and between any two steps.

namespace jackdaw::mpi {
namespace {

namespace fs = std::filesystem;

void do_nothing(JobContext&, const int&) {}

class CheckpointKills : public ::testing::Test {
 protected:
  CheckpointKills() {
    fs::create_directories(directory);
    contents.values = {{"count", Bytes(8, std::byte{7})}};
    for (int i = 0; i < 20; ++i) {
      SavedJob& saved = contents.jobs.emplace_back();
      pool.pack<do_nothing>(saved.job, saved.long_payload, i);
      saved.kind = find(saved.job.kind);
    }
  }
  ~CheckpointKills() override { fs::remove_all(directory); }
  CheckpointKills(const CheckpointKills&) = delete;
  CheckpointKills& operator=(const CheckpointKills&) = delete;

  static const detail::JobKind* find(std::uint64_t id) {
    for (const auto* kind = detail::all_kinds(); kind != nullptr; kind = kind->next) {
      if (kind->id == id) return kind;
    }
    return nullptr;
  }
  /// The files of a generation; each has one job less than the one before.
  [[nodiscard]] Manifest write_files(std::uint64_t generation) const {
    RankContents left = contents;
    left.jobs.resize(left.jobs.size() - generation);
    Manifest manifest{.run = 1, .generation = generation, .label = "x"};
    for (std::uint32_t rank = 0; rank < 2; ++rank) {
      const auto path = directory / rank_file_name(generation, rank);
      manifest.files.push_back(write_rank_file(path, {1, generation, rank, 2}, left));
    }
    return manifest;
  }
  void start_from_the_first() const {
    for (const auto& entry : fs::directory_iterator(directory)) fs::remove(entry.path());
    publish(directory, write_files(1));
  }
  /// Which one is there, whole.
  [[nodiscard]] std::uint64_t good_generation() const {
    const auto manifest = read_manifest(directory);
    if (!manifest) return 0;
    for (std::uint32_t rank = 0; rank < 2; ++rank) {
      const auto generation = manifest->generation;
      const auto found = read_rank_file(directory / rank_file_name(generation, rank),
                                        {1, generation, rank, 2}, manifest->files[rank], &find);
      EXPECT_EQ(found.jobs.size(), contents.jobs.size() - generation);
    }
    return manifest->generation;
  }
  /// In a process of its own. \returns its status
  static int run_apart(const std::function<void()>& what) {
    const pid_t child = fork();
    if (child == 0) {
      what();
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  Pool pool{Config{.workers = 1, .pin = false}};
  fs::path directory{fs::temp_directory_path() / ("jackdaw_kills_" + std::to_string(getpid()))};
  RankContents contents;
};

/// Whoever writes beyond so many bytes of a file is killed by SIGXFSZ.
void limit_files(rlim_t bytes) {
  const rlimit most{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &most);
}

TEST_F(CheckpointKills, AtAnyByteOfTheFileOfARank) {
  start_from_the_first();
  int kept = 0;
  for (rlim_t limit = 0;; limit += limit < 400 ? 1 : 53) {
    const int status = run_apart([&] {
      limit_files(limit);
      publish(directory, write_files(2));
    });
    const auto good = good_generation();
    ASSERT_EQ(good, WIFEXITED(status) ? 2u : 1u) << limit;
    if (good == 2) break;
    ASSERT_EQ(WTERMSIG(status), SIGXFSZ) << limit;
    ++kept;
  }
  EXPECT_GT(kept, 400);
}

TEST_F(CheckpointKills, AtAnyByteOfTheManifest) {
  start_from_the_first();
  const auto next = write_files(2);
  rlim_t kept = 0;
  for (rlim_t limit = 0;; ++limit) {
    const int status = run_apart([&] {
      limit_files(limit);
      publish(directory, next);
    });
    const auto good = good_generation();
    ASSERT_EQ(good, WIFEXITED(status) ? 2u : 1u) << limit;
    if (good == 2) break;
    ASSERT_EQ(WTERMSIG(status), SIGXFSZ) << limit;
    ++kept;
  }
  EXPECT_EQ(kept, fs::file_size(manifest_path(directory)));
}

/// Runs in a process of its own up to its `steps`-th entry into the kernel, or return from there,
/// and kills it. \returns false if it had come to its end before
bool kill_at_step(int steps, const std::function<void()>& what) {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    (void)raise(SIGSTOP);
    what();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  for (int step = 0; step < steps && WIFSTOPPED(status); ++step) {
    ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    waitpid(child, &status, 0);
  }
  if (!WIFSTOPPED(status)) return false;
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return true;
}

TEST_F(CheckpointKills, BetweenAnyTwoSteps) {
  if (!kill_at_step(0, [] {}) || kill_at_step(100'000, [] {}))
    GTEST_SKIP() << "no process can be traced here";
  int before = 0, after = 0;
  start_from_the_first();
  for (int steps = 0; kill_at_step(steps, [&] { publish(directory, write_files(2)); }); ++steps) {
    const auto good = good_generation();
    ASSERT_TRUE(good == 1 || good == 2) << "after " << steps << " steps";
    ++(good == 1 ? before : after);
    if (good == 2) start_from_the_first();
  }
  // Two files of ranks: each is opened, written, brought to the disk and renamed; the manifest.
  EXPECT_GT(before, 20);
  EXPECT_GT(after, 10);  // closing, the directory, and removing what was there
}

}  // namespace
}  // namespace jackdaw::mpi
