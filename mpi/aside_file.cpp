#include "aside_file.hpp"

#include <fcntl.h>   // open
#include <unistd.h>  // close, fsync, unlink, write

#include <cerrno>   // errno
#include <cstring>  // strerror
#include <utility>  // move

#include "jackdaw/checkpoint.hpp"  // CheckpointError

namespace jackdaw::mpi {

AsideFile::AsideFile(std::filesystem::path path) : path_(std::move(path)), aside_(path_) {
  aside_ += ".part";
  file_ = ::open(aside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) fail("cannot be made");
}

AsideFile::~AsideFile() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(aside_.c_str());
}

void AsideFile::fail(const char* what) const {
  throw CheckpointError(aside_, bytes_, std::string(what) + ": " + std::strerror(errno));
}

void AsideFile::write(std::span<const std::byte> bytes) {
  sum_.add(bytes);
  bytes_ += bytes.size();
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (buffer_.size() >= buffer_bytes) flush();
}

void AsideFile::flush() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const auto written = ::write(file_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written");
    done += static_cast<std::size_t>(written);
  }
  buffer_.clear();
}

/// The name must be on the disk, too: source: POSIX rename(), and fsync() of the directory.
void AsideFile::commit() {
  flush();
  if (::fsync(file_) != 0) fail("cannot be brought to the disk");
  if (::rename(aside_.c_str(), path_.c_str()) != 0) fail("cannot be renamed");
  ::close(std::exchange(file_, -1));
  const int directory = ::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail("its directory cannot be opened");
  const int result = ::fsync(directory);
  ::close(directory);
  // Some file systems have no such thing, and need none.
  if (result != 0 && errno != EINVAL) fail("its directory cannot be brought to the disk");
}

}  // namespace jackdaw::mpi
