#pragma once
/// \file
/// The memory of a team of one thread: what Kokkos keeps of a team, and the scratch of its functor.

#include <array>    // array
#include <cstddef>  // align_val_t, byte, size_t
#include <memory>   // unique_ptr
#include <new>      // operator new, operator delete
#include <utility>  // exchange, move

#include "jackdaw/kokkos/version.hpp"  // Kokkos

namespace jackdaw::kokkos::detail {

/// Lent to one block of teams. A thread keeps one for the next kernel; a kernel inside a team gets
/// another, since that one is taken.
class ScratchMemory {
 public:
  explicit ScratchMemory(std::size_t bytes) : block_(std::exchange(spare(), Block{})) {
    if (block_.bytes >= bytes) return;
    block_.memory.reset(static_cast<std::byte*>(::operator new(bytes, alignment)));
    block_.bytes = bytes;
  }
  ScratchMemory(const ScratchMemory&) = delete;
  ScratchMemory& operator=(const ScratchMemory&) = delete;
  ~ScratchMemory() {
    if (spare().bytes < block_.bytes) spare() = std::move(block_);
  }
  [[nodiscard]] std::byte* data() const noexcept { return block_.memory.get(); }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(std::byte* memory) const noexcept { ::operator delete(memory, alignment); }
  };
  struct Block {
    std::unique_ptr<std::byte, Free> memory;
    std::size_t bytes = 0;
  };
  static Block& spare() {
    thread_local Block block;
    return block;
  }

  Block block_;
};

/// What a member of a team refers to. Not to be moved: Kokkos keeps its address.
class TeamOfOne {
 public:
  /// \param shared  bytes of scratch, of both levels
  explicit TeamOfOne(std::size_t shared)
      : bytes_(Data::scratch_size(0, reduce_bytes, static_cast<TeamBytes>(shared), 0)),
        memory_(bytes_) {
    data_.scratch_assign(memory_.data(), bytes_, 0, reduce_bytes, static_cast<TeamBytes>(shared),
                         0);
    std::array<Data*, 1> all{&data_};
    Data::organize_pool(all.data(), 1);
    data_.organize_team(1);
  }
  TeamOfOne(const TeamOfOne&) = delete;
  TeamOfOne& operator=(const TeamOfOne&) = delete;
  ~TeamOfOne() {
    data_.disband_team();
    data_.disband_pool();
  }
  [[nodiscard]] Kokkos::Impl::HostThreadTeamData& data() noexcept { return data_; }

 private:
  using Data = Kokkos::Impl::HostThreadTeamData;
  static constexpr int reduce_bytes = 512;  // as Kokkos's own spaces have it

  std::size_t bytes_;
  ScratchMemory memory_;
  Data data_;
};

}  // namespace jackdaw::kokkos::detail
