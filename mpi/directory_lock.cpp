#include "directory_lock.hpp"

#include <fcntl.h>     // open
#include <sys/file.h>  // flock
#include <unistd.h>    // close

#include <cerrno>   // errno
#include <cstring>  // strerror

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

}  // namespace jackdaw::mpi
