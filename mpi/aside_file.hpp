#pragma once
/// \file
/// A file that comes to be whole or not at all: written aside, then renamed.

#include <cstddef>     // byte
#include <cstdint>     // uint64_t
#include <filesystem>  // path
#include <span>        // span
#include <vector>      // vector

#include "checksum.hpp"  // Checksum

namespace jackdaw::mpi {

/// Until commit() there is only "<path>.part", which the destructor removes.
class AsideFile {
 public:
  /// \throws CheckpointError  it cannot be made; so do the others when they fail
  explicit AsideFile(std::filesystem::path path);
  AsideFile(const AsideFile&) = delete;
  AsideFile& operator=(const AsideFile&) = delete;
  ~AsideFile();

  void write(std::span<const std::byte> bytes);
  /// What was written is on the disk, under its name, when this returns.
  void commit();
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t checksum() const noexcept { return sum_.value(); }

 private:
  [[noreturn]] void fail(const char* what) const;
  void flush();
  static constexpr std::size_t buffer_bytes = std::size_t{1} << 20;

  std::filesystem::path path_, aside_;
  int file_ = -1;
  std::vector<std::byte> buffer_;
  std::uint64_t bytes_ = 0;
  Checksum sum_;
};

}  // namespace jackdaw::mpi
