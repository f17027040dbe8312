#pragma once
/// \file
/// What every door of a pool does alike, whoever has opened it.

#include <algorithm>  // min

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/work_source.hpp"    // PoolDoor

namespace jackdaw::detail {

class EngineDoor : public PoolDoor {
 public:
  explicit EngineDoor(Engine& engine) : engine_(engine) {}
  void stop() noexcept override { engine_.idle->set_cancelling(); }
  void save() noexcept override { engine_.begin_saving(); }
  void resume() noexcept override { engine_.resume(); }
  void deliver(std::uint64_t reply, bool failed, int from_rank,
               std::span<const std::byte> bytes) override {
    engine_.deliver(reply, failed, from_rank, bytes);
  }
  void locate(std::uint64_t reply, int holder) noexcept override { engine_.locate(reply, holder); }
  void raise(int rank, std::uint64_t reply, unsigned job_class) noexcept override {
    Raised raised(engine_);
    engine_.want(Reply{reply, rank},
                 static_cast<std::uint8_t>(std::min<std::size_t>(job_class, priority_count)),
                 raised);
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
