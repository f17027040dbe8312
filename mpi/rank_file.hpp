#pragma once
/// \file
/// What a rank writes of a checkpoint: the values of its reducers, and the jobs that it has left.
///
/// The file: a head of 64 bytes; then blocks, each with a head of 32 bytes that has the size and
/// the checksum of what follows; an empty block ends it. Numbers are as this machine has them, and
/// the head says how.

#include <cstdint>     // uint32_t, uint64_t
#include <filesystem>  // path
#include <functional>  // function
#include <string>      // string
#include <vector>      // vector

#include "jackdaw/codec.hpp"      // Bytes
#include "jackdaw/saved_job.hpp"  // SavedJob

namespace jackdaw::mpi {

/// Of which checkpoint, and whose.
struct RankFileHead {
  std::uint64_t run = 0;  ///< drawn when the first run began
  std::uint64_t generation = 0;
  std::uint32_t rank = 0;
  std::uint32_t ranks = 0;
};

/// What the manifest knows of a file.
struct FileSummary {
  std::uint64_t bytes = 0;
  std::uint64_t jobs = 0;
  std::uint64_t checksum = 0;
  friend bool operator==(const FileSummary&, const FileSummary&) = default;
};

struct KeptValue {
  std::string name;
  Bytes bytes{};
  std::uint64_t at = 0;  ///< where it begins in the file that was read
};

struct RankContents {
  std::vector<KeptValue> values{};
  std::vector<SavedJob> jobs{};
  std::uint64_t values_at = 0;  ///< where the values begin in the file that was read
};

/// By the id of a kind, what this program has of it; null: nothing.
using FindKind = std::function<const detail::JobKind*(std::uint64_t id)>;

/// "generation-3.rank-0"
[[nodiscard]] std::string rank_file_name(std::uint64_t generation, std::uint32_t rank);

/// Writes it aside, and then under its name. \throws CheckpointError  it cannot be written
FileSummary write_rank_file(const std::filesystem::path& path, const RankFileHead& head,
                            const RankContents& contents);

/// Reads all of it, or nothing. \throws CheckpointError  it is damaged, cut off, of another
/// checkpoint, or of another program: says at which byte, and why
[[nodiscard]] RankContents read_rank_file(const std::filesystem::path& path,
                                          const RankFileHead& expected, const FileSummary& summary,
                                          const FindKind& find_kind);

}  // namespace jackdaw::mpi
