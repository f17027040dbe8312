#pragma once
/// \file
/// WorkStealing, the execution space; without its kernels, which jackdaw/kokkos/work_stealing.hpp
/// has.

#include <algorithm>  // max
#include <cstddef>    // size_t
#include <cstdint>    // uint32_t
#include <memory>     // make_shared, shared_ptr
#include <numeric>    // accumulate
#include <ostream>    // ostream
#include <stdexcept>  // invalid_argument
#include <string>     // string
#include <utility>    // forward
#include <vector>     // vector

#include "jackdaw/config.hpp"                      // Config
#include "jackdaw/detail/engine.hpp"               // Engine, this_worker
#include "jackdaw/kokkos/detail/default_pool.hpp"  // DefaultPool, expect_kokkos
#include "jackdaw/kokkos/version.hpp"              // Concurrency, Kokkos
#include "jackdaw/pool.hpp"                        // Pool

namespace jackdaw::kokkos {

/// A Kokkos execution space: kernels run as lazily split tasks on the workers of a pool.
///
/// Kernels:   done when the call that launched them returns, so a fence has nothing to wait for.
///            What a functor throws arrives at that call; then other iterations may not have run.
/// Instances: one made of a pool runs there. A default one runs on the pool of the worker that
///            launches the kernel, so that kernels in jobs stay with their job; elsewhere, on the
///            pool that UseAsDefault has named, else on one that is made for it, of
///            Config::from_environment(), and ends in Kokkos::finalize.
/// Threads:   any thread launches, several at once, also from inside kernels and jobs.
/// Policies:  Range, MDRange, Team (teams of one thread). Schedule is not heeded: all is dynamic.
///            A chunk size that was set is the step between two looks for thieves.
/// Kokkos:    must be initialised while kernels run; in which order with pools does not matter.
class WorkStealing : public detail::Concurrency<WorkStealing> {
 public:
  using execution_space = WorkStealing;
  using memory_space = Kokkos::HostSpace;
  using device_type = Kokkos::Device<WorkStealing, Kokkos::HostSpace>;
  using array_layout = Kokkos::LayoutRight;
  using size_type = Kokkos::HostSpace::size_type;
  using scratch_memory_space = Kokkos::ScratchMemorySpace<WorkStealing>;

  WorkStealing() = default;
  /// \param pool  outlives the kernels
  explicit WorkStealing(Pool& pool) noexcept : pool_(&pool) {}

  void fence() const noexcept {}
  void fence(const std::string&) const noexcept {}
  static void impl_static_fence() noexcept {}
  static void impl_static_fence(const std::string&) noexcept {}

  [[nodiscard]] static bool impl_is_initialized() noexcept { return Kokkos::is_initialized(); }

  /// Workers that may run a kernel of this instance, when the caller launches it.
  [[nodiscard]] int workers() const {
    return pool_ == nullptr ? workers_here() : static_cast<int>(pool_->workers());
  }
  /// Of a default instance.
  [[nodiscard]] static int workers_here() {
    const auto* worker = jackdaw::detail::this_worker;
    if (worker != nullptr) return static_cast<int>(worker->engine().workers.size());
    return static_cast<int>(detail::DefaultPool::instance().workers());
  }
  [[nodiscard]] static const char* name() noexcept { return "WorkStealing"; }
  void print_configuration(std::ostream& out, bool /*detail*/ = false) const {
    out << "jackdaw::kokkos::WorkStealing: " << workers() << " workers\n";
  }
  [[nodiscard]] static bool in_parallel() noexcept {
    return jackdaw::detail::this_worker != nullptr;
  }
  [[nodiscard]] std::uint32_t impl_instance_id() const noexcept {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pool_) >> 6U) & 0xFFFFFFU;
  }
  friend bool operator==(const WorkStealing& a, const WorkStealing& b) noexcept {
    return a.pool_ == b.pool_;
  }

  /// Instances with pools of their own, whose workers are in about the proportion of `weights`, at
  /// least one each, as many as this instance has, or one a part. They are not pinned, since each
  /// pool would choose the same cores; a pool ends with the last copy of its instance.
  /// \throws std::invalid_argument  a weight is not above 0
  [[nodiscard]] std::vector<WorkStealing> partition(const std::vector<double>& weights) const {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<WorkStealing> parts;
    Config config = Config::from_environment();
    config.pin = false;
    for (const double weight : weights) {
      if (!(weight > 0)) {
        throw std::invalid_argument("partition_space: a weight of " + std::to_string(weight) +
                                    "; each must be above 0");
      }
      config.workers = static_cast<unsigned>(std::max(1.0, workers() * weight / sum));
      WorkStealing& part = parts.emplace_back();
      part.own_ = std::make_shared<Pool>(config);
      part.pool_ = part.own_.get();
    }
    return parts;
  }

  /// Calls `kernel()` on a worker, with Kokkos there.
  /// \throws std::logic_error  Kokkos is not initialised
  /// \throws what it throws
  template <typename Kernel>
  void launch(Kernel&& kernel) const {
    detail::expect_kokkos();
    if (pool_ != nullptr) {
      pool_->run(kernel);
    } else if (jackdaw::detail::this_worker != nullptr) {
      kernel();
    } else {
      detail::DefaultPool::instance().get().run(kernel);
    }
  }

 private:
  Pool* pool_ = nullptr;
  std::shared_ptr<Pool> own_;  // of a part
};

/// While it lives, default instances use `pool` where no worker launches the kernel: that of a
/// Scheduler, say. The innermost one counts.
class UseAsDefault {
 public:
  explicit UseAsDefault(Pool& pool) : before_(detail::DefaultPool::instance().choose(&pool)) {}
  UseAsDefault(const UseAsDefault&) = delete;
  UseAsDefault& operator=(const UseAsDefault&) = delete;
  ~UseAsDefault() { detail::DefaultPool::instance().choose(before_); }

 private:
  Pool* before_;
};

}  // namespace jackdaw::kokkos

namespace Kokkos {

template <>
struct Tools::Experimental::DeviceTypeTraits<jackdaw::kokkos::WorkStealing> {
  static constexpr DeviceType id = DeviceType::Unknown;  // to tools: none that they know
  static int device_id(const jackdaw::kokkos::WorkStealing&) { return 0; }
};

template <>
struct Impl::MemorySpaceAccess<HostSpace, jackdaw::kokkos::WorkStealing::scratch_memory_space> {
  static constexpr bool assignable = false;
  static constexpr bool accessible = true;
  static constexpr bool deepcopy = false;
};

namespace Experimental {

template <class... Weights>
auto partition_space(const jackdaw::kokkos::WorkStealing& space, Weights... weights) {
  return jackdaw::kokkos::detail::as_parts<sizeof...(weights)>(
      space.partition({static_cast<double>(weights)...}));
}
template <class Weight>
auto partition_space(const jackdaw::kokkos::WorkStealing& space,
                     const std::vector<Weight>& weights) {
  return space.partition(std::vector<double>(weights.begin(), weights.end()));
}

}  // namespace Experimental
}  // namespace Kokkos
