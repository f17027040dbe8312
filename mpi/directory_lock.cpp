#include "directory_lock.hpp"

#include <fcntl.h>     // open
#include <sys/file.h>  // flock
#include <sys/stat.h>  // fstat
#include <unistd.h>    // close, fsync, ftruncate, pwrite

#include <cerrno>       // errno
#include <cstring>      // strerror
#include <string_view>  // string_view

#include "jackdaw/checkpoint.hpp"  // CheckpointError

namespace jackdaw::mpi {

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
  const auto path = directory / "lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw CheckpointError(path.string() + ": cannot be made: " + std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(file_);
  throw CheckpointError(path.string() +
                        ": another run holds it; give each run a directory of its own");
}

DirectoryLock::~DirectoryLock() { ::close(file_); }

bool DirectoryLock::says_checkpoint() const noexcept {
  struct stat status {};
  return ::fstat(file_, &status) == 0 && status.st_size > 0;
}

void DirectoryLock::note_checkpoint(bool is_there) noexcept {
  if (says_checkpoint() == is_there) return;
  constexpr std::string_view text = "there is a checkpoint here, and its manifest\n";
  const bool noted =
      is_there ? ::pwrite(file_, text.data(), text.size(), 0) > 0 : ::ftruncate(file_, 0) == 0;
  if (noted) (void)::fsync(file_);
}

}  // namespace jackdaw::mpi
