#pragma once
/// \file
/// Jobs whose kernels run elsewhere, on a GPU say: a job launches them, and instead of waiting goes
/// back into the queue until they are done, so that its worker runs other jobs meanwhile.

#include <memory>     // make_shared, shared_ptr
#include <stdexcept>  // invalid_argument
#include <utility>    // move
#include <vector>     // vector

#include "jackdaw/detail/job_extra.hpp"         // Continuation
#include "jackdaw/job.hpp"                      // JobHandle, JobOptions
#include "jackdaw/job_context.hpp"              // JobContext, SelfYield
#include "jackdaw/kokkos/completion.hpp"        // IWYU pragma: export
#include "jackdaw/kokkos/detail/instances.hpp"  // Instances
#include "jackdaw/movable.hpp"                  // may_yield

namespace jackdaw::kokkos {

namespace detail {
template <typename Space, typename Launch, typename Then>
class KernelJob;
}

/// Instances of a space on which jobs launch kernels, one job at a time on each: so no more are in
/// flight than there are instances. Thread-safety: any thread; jobs may outlive it.
template <typename Space>
class KernelQueue {
 public:
  /// \param instances  of one device, which run side by side: from partition_space, say
  /// \throws std::invalid_argument  there is none
  explicit KernelQueue(std::vector<Space> instances)
      : instances_(std::make_shared<detail::Instances<Space>>(std::move(instances))) {
    if (instances_->empty()) throw std::invalid_argument("a KernelQueue needs an instance");
  }
  KernelQueue(const KernelQueue&) = delete;
  KernelQueue& operator=(const KernelQueue&) = delete;

  /// Makes a job that calls launch(space), which launches kernels on `space` and does not wait for
  /// them; then, when they are done, then(job). It fails with what any of them throws, and with
  /// what the device tells. Its time limit counts neither kernels nor the time in the queue. A job
  /// whose turn has not come asks again and again, as do those whose kernels run: workers that have
  /// nothing else to do stay busy with it.
  ///
  /// A job that is cancelled is so at once; its kernels may run on until Pool::wait returns, and
  /// with them lives what `launch` and `then` hold. \param where  a Pool, or a JobContext
  template <typename Where, typename Launch, typename Then>
  [[nodiscard]] JobHandle<void> submit(Where& where, Launch launch, Then then,
                                       const JobOptions& options = {}) {
    return where.submit(
        detail::KernelJob<Space, Launch, Then>(instances_, std::move(launch), std::move(then)),
        options);
  }

 private:
  std::shared_ptr<detail::Instances<Space>> instances_;
};

namespace detail {

template <typename Space, typename Launch, typename Then>
class KernelJob {
 public:
  KernelJob(std::shared_ptr<Instances<Space>> instances, Launch launch, Then then)
      : instances_(std::move(instances)), launch_(std::move(launch)), then_(std::move(then)) {}

  void operator()(JobContext& job) {
    if (!lease_) {
      lease_ = Lease(instances_);
      if (!lease_) return come_back(job);
      launch_(lease_.space());
      lease_.set_launched();
    }
    if (!lease_.is_over()) return come_back(job);
    lease_ = {};
    jackdaw::detail::call_job(then_, job);
  }

 private:
  using Lease = typename Instances<Space>::Lease;

  void come_back(JobContext& job) {
    job.checkpoint();
    jackdaw::detail::SelfYield::go_on(job, {new KernelJob(std::move(*this)), [](void* closure) {
                                              delete static_cast<KernelJob*>(closure);
                                            }});
  }

  std::shared_ptr<Instances<Space>> instances_;
  Launch launch_;
  Then then_;
  Lease lease_;  // goes first
};

}  // namespace detail
}  // namespace jackdaw::kokkos

template <typename Space, typename Launch, typename Then>
inline constexpr bool
    jackdaw::detail::may_yield<jackdaw::kokkos::detail::KernelJob<Space, Launch, Then>> = true;
