#pragma once
/// \file
/// That one run at a time writes into a directory.

#include <filesystem>  // path

namespace jackdaw::mpi {

/// Holds DIRECTORY/lock, by flock(), which ends with the process, however that ends. What the file
/// says outlives it: whether there is a checkpoint.
class DirectoryLock {
 public:
  /// \throws CheckpointError  another process has it, or the file cannot be made
  explicit DirectoryLock(const std::filesystem::path& directory);
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  ~DirectoryLock();

  /// After the manifest was written first, and before it is removed: a kill in between leaves a
  /// manifest, and never word of one that is gone. What cannot be noted, is not.
  void note_checkpoint(bool is_there) noexcept;
  [[nodiscard]] bool says_checkpoint() const noexcept;

 private:
  int file_ = -1;
};

}  // namespace jackdaw::mpi
