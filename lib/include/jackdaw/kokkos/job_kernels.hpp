#pragma once
/// \file
/// Jobs whose kernels run elsewhere, on a GPU say: a job launches them, and instead of waiting goes
/// back into the queue until they are done, so that its worker runs other jobs meanwhile.

#include <cstddef>    // size_t
#include <memory>     // make_shared, shared_ptr
#include <mutex>      // lock_guard, mutex
#include <stdexcept>  // invalid_argument, runtime_error
#include <string>     // string
#include <utility>    // move, swap
#include <vector>     // vector

#include "jackdaw/detail/job_extra.hpp"  // Continuation
#include "jackdaw/job.hpp"               // JobHandle, JobOptions
#include "jackdaw/job_context.hpp"       // JobContext, SelfYield
#include "jackdaw/kokkos/version.hpp"    // Kokkos
#include "jackdaw/movable.hpp"           // may_yield

namespace jackdaw::kokkos {

/// Whether all that was launched on an instance of a space is done. Spaces of the host, which run a
/// kernel while it is launched, are; a program may specialise it for another space.
template <typename Space>
struct Completion {
  /// \throws std::runtime_error  a kernel has failed
  static bool is_done(const Space& space) {
    space.fence();
    return true;
  }
};
#if defined(KOKKOS_ENABLE_CUDA)
template <>
struct Completion<Kokkos::Cuda> {
  static bool is_done(const Kokkos::Cuda& space) {
    const cudaError_t state = cudaStreamQuery(space.cuda_stream());
    if (state == cudaErrorNotReady) return false;
    if (state == cudaSuccess) return true;
    throw std::runtime_error(std::string("a kernel of a job has failed: ") +
                             cudaGetErrorString(state));
  }
};
#endif

namespace detail {
template <typename Space, typename Launch, typename Then>
class KernelJob;
}

/// Instances of a space on which jobs launch kernels, one job at a time on each: so no more are in
/// flight than there are instances. A job that is cancelled between two looks at its kernel gives
/// its instance back when its last handle goes. Thread-safety: any thread; jobs may outlive it.
template <typename Space>
class KernelQueue {
  struct Instances;

 public:
  /// \param instances  of one device, which run side by side: from partition_space, say
  /// \throws std::invalid_argument  there is none
  explicit KernelQueue(std::vector<Space> instances)
      : instances_(std::make_shared<Instances>(std::move(instances))) {
    if (instances_->all.empty()) throw std::invalid_argument("a KernelQueue needs an instance");
  }
  KernelQueue(const KernelQueue&) = delete;
  KernelQueue& operator=(const KernelQueue&) = delete;

  /// Makes a job that calls launch(space), which launches kernels on `space` and does not wait for
  /// them; then, when they are done, then(job). It fails with what any of them throws, and with
  /// what the device tells. Its time limit counts neither kernels nor the time in the queue. A job
  /// whose turn has not come asks again and again, as do those whose kernels run: workers that have
  /// nothing else to do stay busy with it. \param where  a Pool, or a JobContext
  template <typename Where, typename Launch, typename Then>
  [[nodiscard]] JobHandle<void> submit(Where& where, Launch launch, Then then,
                                       const JobOptions& options = {}) {
    return where.submit(
        detail::KernelJob<Space, Launch, Then>(*this, std::move(launch), std::move(then)), options);
  }
  /// What its jobs share with it.
  using Shared = std::shared_ptr<Instances>;
  [[nodiscard]] const Shared& shared() const noexcept { return instances_; }

  /// The use of one instance, if any is free.
  class Lease {
   public:
    Lease() = default;
    explicit Lease(const Shared& of) {
      const std::lock_guard hold(of->mutex);
      if (of->free.empty()) return;
      index_ = of->free.back();
      of->free.pop_back();
      of_ = of;
    }
    Lease(Lease&& other) noexcept : of_(std::move(other.of_)), index_(other.index_) {}
    Lease& operator=(Lease&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(index_, other.index_);
      return *this;
    }
    /// Waits for what is in flight, which may use what its job has.
    ~Lease() {
      if (of_ == nullptr) return;
      space().fence();
      const std::lock_guard hold(of_->mutex);
      of_->free.push_back(index_);
    }
    [[nodiscard]] explicit operator bool() const noexcept { return of_ != nullptr; }
    [[nodiscard]] const Space& space() const noexcept { return of_->all[index_]; }

   private:
    Shared of_;
    std::size_t index_ = 0;
  };

 private:
  struct Instances {
    explicit Instances(std::vector<Space> spaces) : all(std::move(spaces)), free(all.size()) {
      for (std::size_t i = 0; i < free.size(); ++i) free[i] = i;
    }
    const std::vector<Space> all;
    std::mutex mutex;  // of the next
    std::vector<std::size_t> free;
  };
  Shared instances_;
};

namespace detail {

template <typename Space, typename Launch, typename Then>
class KernelJob {
 public:
  KernelJob(KernelQueue<Space>& queue, Launch launch, Then then)
      : instances_(queue.shared()), launch_(std::move(launch)), then_(std::move(then)) {}

  void operator()(JobContext& job) {
    if (!lease_) {
      lease_ = typename KernelQueue<Space>::Lease(instances_);
      if (!lease_) return come_back(job);
      launch_(lease_.space());
    }
    if (!Completion<Space>::is_done(lease_.space())) return come_back(job);
    lease_ = {};
    jackdaw::detail::call_job(then_, job);
  }

 private:
  void come_back(JobContext& job) {
    job.checkpoint();
    jackdaw::detail::SelfYield::go_on(job, {new KernelJob(std::move(*this)), [](void* closure) {
                                              delete static_cast<KernelJob*>(closure);
                                            }});
  }

  typename KernelQueue<Space>::Shared instances_;
  Launch launch_;
  Then then_;
  typename KernelQueue<Space>::Lease lease_;  // goes first
};

}  // namespace detail
}  // namespace jackdaw::kokkos

template <typename Space, typename Launch, typename Then>
inline constexpr bool
    jackdaw::detail::may_yield<jackdaw::kokkos::detail::KernelJob<Space, Launch, Then>> = true;
