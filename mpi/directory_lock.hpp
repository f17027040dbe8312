#pragma once
/// \file
/// That one run at a time writes into a directory.

#include <filesystem>  // path

namespace jackdaw::mpi {

/// Holds DIRECTORY/lock, by flock(), which ends with the process, however that ends.
class DirectoryLock {
 public:
  /// \throws CheckpointError  another process has it, or the file cannot be made
  explicit DirectoryLock(const std::filesystem::path& directory);
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  ~DirectoryLock();

 private:
  int file_ = -1;
};

}  // namespace jackdaw::mpi
