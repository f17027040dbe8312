#pragma once
/// \file
/// A loop and a reduction over the items of any policy, as lazily split tasks of a pool.
///
/// A policy is seen through its Items (range.hpp, md_range.hpp, team.hpp): how many there are, in
/// which steps the program wants them, and how [first, last) of them are run. The steps are asked
/// for where the kernel is launched, not where it runs: the policy was made there.

#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <utility>  // move

#include "jackdaw/kokkos/detail/operation.hpp"  // Partial
#include "jackdaw/kokkos/space.hpp"             // WorkStealing
#include "jackdaw/kokkos/version.hpp"           // ReduceKernel
#include "jackdaw/parallel_for.hpp"             // parallel_for
#include "jackdaw/parallel_reduce.hpp"          // detail::reduce_range

namespace jackdaw::kokkos::detail {

template <typename Functor, typename Policy>
class Items;

template <typename Functor, typename Policy>
class ForKernel {
 public:
  ForKernel(const Functor& functor, const Policy& policy)
      : functor_(functor), policy_(policy), grain_(Items<Functor, Policy>::grain(policy)) {}
  void execute() const {
    policy_.space().launch([&] {
      const Items<Functor, Policy> items(functor_, policy_);
      parallel_for(std::size_t{0}, items.size(),
                   [&](std::size_t first, std::size_t last) { items.run(first, last); },
                   {.grain = grain_});
    });
  }
  template <typename P, typename F>
  static int max_tile_size_product(const P&, const F&) {
    return 1024;
  }

 private:
  const Functor functor_;
  const Policy policy_;
  const std::uint64_t grain_;
};

/// Lives only while it is executed: the closure that Kokkos makes has what it refers to.
template <typename Functor, typename Policy, typename Operation>
class ReduceKernel {
 public:
  using Value = typename Operation::Value;

  /// \param to  where the result goes; null: nowhere
  ReduceKernel(const Functor& functor, const Policy& policy, Operation operation, Value* to)
      : functor_(functor),
        policy_(policy),
        grain_(Items<Functor, Policy>::grain(policy)),
        operation_(operation),
        to_(to) {}

  void execute() const {
    policy_.space().launch([&] {
      using Sum = Partial<Operation>;
      const Items<Functor, Policy> items(functor_, policy_);
      const Sum empty(operation_);
      auto fold = [&](std::size_t first, std::size_t last, Sum sum) {
        items.run(first, last, sum.whole());
        return sum;
      };
      auto combine = [&](Sum low, const Sum& high) {
        operation_.join(low.data(), high.data());
        return low;
      };
      Sum sum = jackdaw::detail::reduce_range(std::size_t{0}, items.size(), Sum(empty), fold,
                                              combine, empty, grain_);
      operation_.final(sum.data());
      if (to_ != nullptr) sum.copy_to(to_);
    });
  }

 private:
  const Functor& functor_;
  const Policy& policy_;
  const std::uint64_t grain_;
  Operation operation_;
  Value* to_;
};

}  // namespace jackdaw::kokkos::detail
