#include <gtest/gtest.h>
#include <unistd.h>  // getpid

#include <clocale>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "jackdaw/checkpoint.hpp"
#include "jackdaw/pool.hpp"
#include "manifest.hpp"
#include "rank_file.hpp"

// What lies on the disk: whole, or refused, with the file, the byte and the reason.

namespace jackdaw::mpi {
namespace {

namespace fs = std::filesystem;

void do_nothing(JobContext&, const int&) {}
void do_nothing_with_text(JobContext&, const std::array<char, 200>&) {}

class CheckpointFiles : public ::testing::Test {
 protected:
  CheckpointFiles() { fs::create_directories(directory); }
  ~CheckpointFiles() override { fs::remove_all(directory); }
  CheckpointFiles(const CheckpointFiles&) = delete;
  CheckpointFiles& operator=(const CheckpointFiles&) = delete;

  static const detail::JobKind* find(std::uint64_t id) {
    for (const auto* kind = detail::all_kinds(); kind != nullptr; kind = kind->next) {
      if (kind->id == id) return kind;
    }
    return nullptr;
  }
  template <auto Function, typename Payload>
  SavedJob job_of(const Payload& payload) {
    SavedJob saved;
    pool.pack<Function>(saved.job, saved.long_payload, payload);
    saved.kind = find(saved.job.kind);
    return saved;
  }
  [[nodiscard]] RankContents contents() {
    RankContents all;
    all.values = {{"count", Bytes(8, std::byte{7})}, {.name = "empty"}};
    for (int i = 0; i < 20; ++i) all.jobs.push_back(job_of<do_nothing>(i));
    all.jobs.push_back(job_of<do_nothing_with_text>(std::array<char, 200>{"long"}));
    return all;
  }
  [[nodiscard]] RankContents read(const FileSummary& summary) const {
    return read_rank_file(path, head, summary, &find);
  }
  /// What is said of the file. Empty: nothing.
  [[nodiscard]] std::string complaint(const FileSummary& summary) const {
    try {
      (void)read(summary);
      return {};
    } catch (const CheckpointError& error) {
      return error.what();
    }
  }
  [[nodiscard]] static std::string text_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void put_text(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
  }

  Pool pool{Config{.workers = 1, .pin = false}};
  fs::path directory{fs::temp_directory_path() / ("jackdaw_files_" + std::to_string(getpid()))};
  fs::path path{directory / rank_file_name(3, 1)};
  RankFileHead head{.run = 42, .generation = 3, .rank = 1, .ranks = 4};
};

bool same(const SavedJob& a, const SavedJob& b) {
  PackedJob one = a.job, other = b.job;
  one.parcel = other.parcel = 0;
  one.holder = other.holder = 0;
  return std::memcmp(&one, &other, sizeof one) == 0 && a.long_payload == b.long_payload &&
         a.kind == b.kind;
}

TEST_F(CheckpointFiles, WhatIsReadIsWhatWasWritten) {
  const auto written = contents();
  const auto summary = write_rank_file(path, head, written);
  EXPECT_EQ(summary.bytes, fs::file_size(path));
  EXPECT_EQ(summary.jobs, 21u);
  const auto back = read(summary);
  ASSERT_EQ(back.jobs.size(), written.jobs.size());
  for (std::size_t i = 0; i < back.jobs.size(); ++i)
    EXPECT_TRUE(same(back.jobs[i], written.jobs[i])) << i;
  ASSERT_EQ(back.values.size(), 2u);
  EXPECT_EQ(back.values[0].name, "count");
  EXPECT_EQ(back.values[0].bytes, written.values[0].bytes);
  EXPECT_TRUE(back.values[1].bytes.empty());
}

TEST_F(CheckpointFiles, OfNoJobsAndOfManyBlocks) {
  EXPECT_TRUE(read(write_rank_file(path, head, {})).jobs.empty());
  RankContents many;
  for (int i = 0; i < 30'000; ++i) many.jobs.push_back(job_of<do_nothing>(i));
  const auto summary = write_rank_file(path, head, many);
  EXPECT_GT(summary.bytes, 3u << 20);
  EXPECT_EQ(read(summary).jobs.size(), 30'000u);
}

TEST_F(CheckpointFiles, EachDamagedByteIsFound) {
  const auto summary = write_rank_file(path, head, contents());
  const std::string good = text_of(path);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    put_text(path, bad);
    const auto said = complaint(summary);
    ASSERT_TRUE(said.starts_with(path.string() + ": at byte ")) << at << ": " << said;
  }
}

TEST_F(CheckpointFiles, EachTruncationIsFoundAtItsByte) {
  const auto summary = write_rank_file(path, head, contents());
  const std::string good = text_of(path);
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) {
    put_text(path, good.substr(0, bytes));
    const auto said = complaint(summary);
    ASSERT_NE(said.find("at byte " + std::to_string(bytes) + ": the file ends here"),
              std::string::npos)
        << said;
  }
  put_text(path, good + "x");
  EXPECT_NE(complaint(summary).find("should end here"), std::string::npos);
  fs::remove(path);
  EXPECT_NE(complaint(summary).find("missing"), std::string::npos);
}

TEST_F(CheckpointFiles, ThoseOfOthersAreRefused) {
  const auto summary = write_rank_file(path, head, contents());
  const auto said_of = [&](const RankFileHead& expected) {
    try {
      (void)read_rank_file(path, expected, summary, &find);
    } catch (const CheckpointError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(said_of({41, 3, 1, 4}).find("another run"), std::string::npos);
  EXPECT_NE(said_of({42, 4, 1, 4}).find("belongs to generation 3"), std::string::npos);
  EXPECT_NE(said_of({42, 3, 2, 4}).find("that of rank 1 of 4, not of rank 2"), std::string::npos);
  auto other = summary;
  ++other.checksum;
  EXPECT_NE(complaint(other).find("not the file that the manifest means"), std::string::npos);
  other = summary;
  ++other.jobs;
  EXPECT_NE(complaint(other).find("has 21 jobs"), std::string::npos);
  try {
    (void)read_rank_file(path, head, summary, [](std::uint64_t) { return nullptr; });
    FAIL() << "jobs of no kind";
  } catch (const CheckpointError& error) {
    EXPECT_NE(std::string(error.what()).find("which this program has not"), std::string::npos);
  }
}

Manifest manifest_of(std::uint64_t generation) {
  return {.run = 42,
          .generation = generation,
          .label = "a tree of -t 1",
          .written = "2026-01-01T00:00:00Z",
          .seconds = 1.0 / 3,
          .failed = 2,
          .first_failure = "two\nlines",
          .files = {{100, 5, 77}, {200, 6, 78}}};
}

TEST_F(CheckpointFiles, AManifestComesBack) {
  EXPECT_FALSE(read_manifest(directory));
  write_manifest(directory, manifest_of(3));
  const auto back = read_manifest(directory);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->run, 42u);
  EXPECT_EQ(back->label, "a tree of -t 1");
  EXPECT_EQ(back->seconds, 1.0 / 3);
  EXPECT_EQ(back->failed, 2u);
  EXPECT_EQ(back->first_failure, "two lines");
  EXPECT_EQ(back->files, manifest_of(3).files);
  EXPECT_EQ(back->jobs(), 11u);
}

/// Numbers with a comma, by a locale that is made in `directory`. False: it cannot be.
bool write_with_commas(const fs::path& directory) {
  std::ofstream(directory / "comma") << "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \"\"\n"
                                        "grouping -1\nEND LC_NUMERIC\n";
  // It warns of all that is not about numbers, and ends with 1.
  const std::string make = "localedef --no-archive --force --quiet --inputfile=comma ./xx_XX";
  (void)std::system(("cd " + directory.string() + " && " + make + " > comma.out 2>&1").c_str());
  setenv("LOCPATH", directory.c_str(), 1);
  const bool is_made = std::setlocale(LC_NUMERIC, "xx_XX") != nullptr;
  unsetenv("LOCPATH");
  return is_made;
}

TEST_F(CheckpointFiles, AManifestIsTheSameInEveryLocale) {
  write_manifest(directory, manifest_of(3));
  const auto usual = text_of(manifest_path(directory));
  if (!write_with_commas(directory)) GTEST_SKIP() << text_of(directory / "comma.out");
  const auto number = std::to_string(0.5);
  write_manifest(directory, manifest_of(3));
  const auto back = read_manifest(directory);
  std::setlocale(LC_NUMERIC, "C");
  EXPECT_EQ(number, "0,500000");
  EXPECT_EQ(text_of(manifest_path(directory)), usual);
  EXPECT_EQ(back->seconds, 1.0 / 3);
}

TEST_F(CheckpointFiles, EachDamageOfAManifestIsFound) {
  write_manifest(directory, manifest_of(3));
  const auto file = manifest_path(directory);
  const std::string good = text_of(file);
  for (std::size_t at = 0; at < 2 * good.size(); ++at) {
    std::string bad = good;
    if (at < good.size()) {
      bad[at] = static_cast<char>(bad[at] ^ 1);
    } else {
      bad.resize(at - good.size());
    }
    put_text(file, bad);
    try {
      (void)read_manifest(directory);
      FAIL() << "nothing is said of " << at;
    } catch (const CheckpointError& error) {
      ASSERT_TRUE(std::string(error.what()).starts_with(file.string() + ": at byte "))
          << error.what();
    }
  }
}

TEST_F(CheckpointFiles, OldFilesGoAndOthersStay) {
  write_manifest(directory, manifest_of(3));
  for (const char* name : {"generation-2.rank-0", "generation-3.rank-0", "generation-3.rank-1",
                           "generation-3.rank-2", "generation-4.rank-0.part", "notes.txt"})
    put_text(directory / name, "x");
  const auto kept = manifest_of(3);
  remove_others(directory, &kept);
  EXPECT_TRUE(fs::exists(directory / "generation-3.rank-0"));
  EXPECT_TRUE(fs::exists(directory / "generation-3.rank-1"));
  EXPECT_TRUE(fs::exists(directory / "notes.txt"));
  for (const char* name :
       {"generation-2.rank-0", "generation-3.rank-2", "generation-4.rank-0.part"})
    EXPECT_FALSE(fs::exists(directory / name)) << name;
  remove_others(directory, nullptr);
  EXPECT_FALSE(fs::exists(manifest_path(directory)));
  EXPECT_FALSE(fs::exists(directory / "generation-3.rank-0"));
  EXPECT_TRUE(fs::exists(directory / "notes.txt"));
}

}  // namespace
}  // namespace jackdaw::mpi
