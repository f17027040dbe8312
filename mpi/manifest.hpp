#pragma once
/// \file
/// What makes files of ranks a checkpoint: a short text, written last, that names them all.

#include <cstdint>     // uint64_t
#include <filesystem>  // path
#include <optional>    // optional
#include <string>      // string
#include <vector>      // vector

#include "rank_file.hpp"  // FileSummary

namespace jackdaw::mpi {

struct Manifest {
  std::uint64_t run = 0;             ///< drawn when the first run began
  std::uint64_t generation = 0;      ///< from 1; each attempt of a run has the next one
  std::string label{};               ///< CheckpointOptions::label; one line
  std::string written{};             ///< ISO 8601, UTC
  double seconds = 0;                ///< that all runs have taken so far
  std::uint64_t failed = 0;          ///< jobs that threw
  std::string first_failure{};       ///< what the first of them said; one line
  std::vector<FileSummary> files{};  ///< by rank
  std::uint64_t label_at = 0;        ///< byte of the file that was read

  [[nodiscard]] std::uint64_t jobs() const noexcept;
  [[nodiscard]] std::uint64_t bytes() const noexcept;
};

/// "DIRECTORY/manifest"
[[nodiscard]] std::filesystem::path manifest_path(const std::filesystem::path& directory);

/// From now on the checkpoint in `directory` is this one: one rename. The files are there.
/// \throws CheckpointError  it cannot be written; then the checkpoint is the one that it was, or,
/// if only the directory could not be brought to the disk, this one: the files of both must stay
void write_manifest(const std::filesystem::path& directory, const Manifest& manifest);

/// The same, and then the files of any other checkpoint go. \throws CheckpointError  likewise
void publish(const std::filesystem::path& directory, const Manifest& manifest);

/// Nothing: there is no checkpoint. \throws CheckpointError  it is damaged, cut off, or of another
/// version: says at which byte, and why
[[nodiscard]] std::optional<Manifest> read_manifest(const std::filesystem::path& directory);

/// One of the whole files of ranks that are there. Empty: there is none.
[[nodiscard]] std::filesystem::path any_rank_file(const std::filesystem::path& directory);

/// Removes files of ranks, whole or not, that `kept` does not name; null: all, and the manifest.
/// What cannot be removed stays.
void remove_others(const std::filesystem::path& directory, const Manifest* kept) noexcept;

}  // namespace jackdaw::mpi
