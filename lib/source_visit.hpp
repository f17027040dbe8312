#pragma once
/// \file
/// How a thread comes to the source of more work, which may be taken away at any moment.

#include "jackdaw/detail/engine.hpp"  // Engine
#include "jackdaw/work_source.hpp"    // WorkSource

namespace jackdaw::detail {

/// One who is at the source, which waits for it before it goes: (Y) of Engine.
class SourceVisit {
 public:
  explicit SourceVisit(Engine& engine) noexcept : engine_(engine) {
    engine.source_visitors.fetch_add(1, std::memory_order_seq_cst);  // (Y)
    source_ = engine.source.load(std::memory_order_seq_cst);         // (X) (Y)
  }
  SourceVisit(const SourceVisit&) = delete;
  SourceVisit& operator=(const SourceVisit&) = delete;
  ~SourceVisit() { engine_.source_visitors.fetch_sub(1, std::memory_order_release); }  // (Y)
  [[nodiscard]] WorkSource* source() const noexcept { return source_; }

 private:
  Engine& engine_;
  WorkSource* source_;
};

}  // namespace jackdaw::detail
