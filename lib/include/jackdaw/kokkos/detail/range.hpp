#pragma once
/// \file
/// RangePolicy: for, reduce, scan.

#include <algorithm>    // clamp, min
#include <cstddef>      // size_t
#include <cstdint>      // uint64_t
#include <type_traits>  // remove_const_t, remove_cvref_t
#include <utility>      // declval
#include <vector>       // vector

#include "jackdaw/kokkos/detail/default_pool.hpp"  // DefaultPool
#include "jackdaw/kokkos/detail/kernels.hpp"       // ForKernel, Items
#include "jackdaw/kokkos/detail/operation.hpp"     // call, Partial
#include "jackdaw/kokkos/space.hpp"                // WorkStealing
#include "jackdaw/kokkos/version.hpp"              // Kokkos, ScanOf
#include "jackdaw/parallel_for.hpp"                // parallel_for

namespace jackdaw::kokkos::detail {

/// Counts from the beginning of the range, so that the widest signed one has no overflow.
template <typename Functor, typename... P>
class Items<Functor, Kokkos::RangePolicy<P...>> {
  using Policy = Kokkos::RangePolicy<P...>;
  using Index = std::remove_cvref_t<decltype(std::declval<const Policy&>().begin())>;

 public:
  Items(const Functor& functor, const Policy& policy) : functor_(functor), begin_(policy.begin()) {
    const auto end = policy.end();
    if (begin_ < end) size_ = static_cast<std::size_t>(end) - static_cast<std::size_t>(begin_);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// A chunk size that the program has set is kept; Kokkos's own, which is for other schedulers, is
  /// not. Policies do not say whose it is. It is Kokkos's if that finds the same for as many
  /// workers as it may have been told: those of the launching thread or of the policy's instance,
  /// or of the default pool, if the policy was made outside a job and is used inside.
  [[nodiscard]] static std::uint64_t grain(const Policy& policy) {
    if (is_of_kokkos(policy, policy.space().workers()) ||
        is_of_kokkos(policy, WorkStealing::workers_here()) ||
        is_of_kokkos(policy, static_cast<int>(DefaultPool::instance().workers())))
      return 0;
    return static_cast<std::uint64_t>(policy.chunk_size());
  }
  template <typename... Update>
  [[gnu::always_inline]] void run(std::size_t first, std::size_t last, Update&&... update) const {
    const Index end = at(last);
    for (Index i = at(first); i < end; ++i) call<typename Policy::work_tag>(functor_, i, update...);
  }

 private:
  [[nodiscard]] static bool is_of_kokkos(const Policy& policy, int workers) {
    const WorkStealing::Supposition told(workers);
    const Policy fresh(policy.space(), policy.begin(), policy.end());
    return fresh.chunk_size() == policy.chunk_size();
  }
  [[nodiscard]] Index at(std::size_t item) const noexcept {
    return static_cast<Index>(static_cast<std::size_t>(begin_) + item);
  }

  const Functor& functor_;
  Index begin_;
  std::size_t size_ = 0;
};

/// Sums of blocks first, then what lies before each block, then each block again with that. One
/// worker has one block, and no need of the first round.
template <typename Functor, typename Policy>
class ScanKernel {
  using Operation = typename ScanOf<Policy, Functor>::Operation;
  using Sum = Partial<Operation>;

 public:
  using Value = typename Operation::Value;

  ScanKernel(const Functor& functor, const Policy& policy, Value* total = nullptr)
      : functor_(functor), policy_(policy), total_(total) {}

  void execute() const {
    policy_.space().launch([&] { run(); });
  }

 private:
  static constexpr std::size_t blocks_per_worker = 8;
  static constexpr std::size_t least_block = 64;  // items

  void run() const {
    const Operation operation(functor_);
    const Items<Functor, Policy> items(functor_, policy_);
    const auto workers = static_cast<std::size_t>(WorkStealing::workers_here());
    const std::size_t blocks = workers < 2 ? 1
                                           : std::clamp<std::size_t>(items.size() / least_block, 1,
                                                                     blocks_per_worker * workers);
    const auto start = [&](std::size_t block) { return split(items.size(), block, blocks); };
    std::vector<Sum> before(blocks, Sum(operation));
    const auto scan_block = [&](std::size_t block, Sum sum, bool last_time) {
      items.run(start(block), start(block + 1), sum.whole(), last_time);
      return sum;
    };
    each_block(blocks - 1, [&](std::size_t block) {
      before[block + 1] = scan_block(block, Sum(operation), false);
    });
    for (std::size_t block = 1; block < blocks; ++block) {
      Sum sum(before[block - 1]);
      operation.join(sum.data(), before[block].data());
      sum.copy_to(before[block].data());
    }
    each_block(blocks,
               [&](std::size_t block) { before[block] = scan_block(block, before[block], true); });
    if (total_ != nullptr) before.back().copy_to(total_);
  }
  /// Where block `index` of `count` begins.
  [[nodiscard]] static std::size_t split(std::size_t size, std::size_t index, std::size_t count) {
    return size / count * index + std::min(index, size % count);
  }
  template <typename Body>
  static void each_block(std::size_t blocks, const Body& body) {
    parallel_for(std::size_t{0}, blocks, body, {.grain = 1});
  }

  const Functor functor_;
  const Policy policy_;
  Value* const total_;
};

}  // namespace jackdaw::kokkos::detail

namespace Kokkos::Impl {

template <class Functor, class... P>
class ParallelFor<Functor, Kokkos::RangePolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::RangePolicy<P...>> {
  using jackdaw::kokkos::detail::ForKernel<Functor, Kokkos::RangePolicy<P...>>::ForKernel;
};

template <class Functor, class... P>
class ParallelScan<Functor, Kokkos::RangePolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ScanKernel<Functor, Kokkos::RangePolicy<P...>> {
  using Kernel = jackdaw::kokkos::detail::ScanKernel<Functor, Kokkos::RangePolicy<P...>>;

 public:
  ParallelScan(const Functor& functor, const Kokkos::RangePolicy<P...>& policy)
      : Kernel(functor, policy) {}
};

template <class Functor, class Return, class... P>
class ParallelScanWithTotal<Functor, Kokkos::RangePolicy<P...>, Return,
                            jackdaw::kokkos::WorkStealing> {
  using Policy = Kokkos::RangePolicy<P...>;
  using Kernel = jackdaw::kokkos::detail::ScanKernel<Functor, Policy>;

 public:
  /// \param total  a value, or a View of one
  template <class Total>
  ParallelScanWithTotal(const Functor& functor, const Policy& policy, Total& total)
      : kernel_(functor, policy, address_of(total)) {}
  void execute() const { kernel_.execute(); }

 private:
  template <class Total>
  static typename Kernel::Value* address_of(Total& total) {
    if constexpr (Kokkos::is_view<std::remove_const_t<Total>>::value) {
      return total.data();
    } else {
      return &total;
    }
  }
  Kernel kernel_;
};

}  // namespace Kokkos::Impl
