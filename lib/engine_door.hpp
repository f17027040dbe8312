#pragma once
/// \file
/// What every door of a pool does alike, whoever has opened it.

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/work_source.hpp"    // PoolDoor

namespace jackdaw::detail {

class EngineDoor : public PoolDoor {
 public:
  explicit EngineDoor(Engine& engine) : engine_(engine) {}
  void stop() noexcept override { engine_.idle->set_cancelling(); }
  void deliver(std::uint64_t reply, bool failed, int from_rank,
               std::span<const std::byte> bytes) override {
    engine_.deliver(reply, failed, from_rank, bytes);
  }
  [[nodiscard]] bool is_quiet() const noexcept override { return engine_.is_quiet(); }
  [[nodiscard]] std::uint64_t jobs_created() const noexcept override {
    return engine_.jobs_created();
  }
  [[nodiscard]] std::uint64_t jobs_finished() const noexcept override {
    return engine_.jobs_finished();
  }

 protected:
  Engine& engine_;
};

}  // namespace jackdaw::detail
