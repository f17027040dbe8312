#pragma once
/// \file
/// The one header that includes Kokkos, and the one that knows its versions apart: 3.4 to 5.x. What
/// differs between them is given one name and one shape here; nothing else asks for a version.

#include <Kokkos_Core.hpp>

#include <array>        // array
#include <cstddef>      // size_t
#include <type_traits>  // conditional_t, is_pointer_v, is_same_v, remove_pointer_t
#include <utility>      // move
#include <vector>       // vector

#if KOKKOS_VERSION < 30400
#error "jackdaw::kokkos needs Kokkos 3.4 or newer"
#endif

// A Kokkos that was built for one thread alone has atomic operations that are none, unless it was
// told otherwise: of two workers that add to one number, one would be lost.
#if !defined(JACKDAW_KOKKOS_ACCEPTS_PLAIN_ATOMICS)
#if KOKKOS_VERSION >= 40300
#if defined(KOKKOS_ENABLE_ATOMICS_BYPASS)
#error \
    "This Kokkos bypasses atomic operations: build it without Kokkos_ENABLE_ATOMICS_BYPASS, \
or define JACKDAW_KOKKOS_ACCEPTS_PLAIN_ATOMICS if no kernel uses any"
#endif
#elif KOKKOS_VERSION >= 30700
#if defined(KOKKOS_INTERNAL_NOT_PARALLEL)
#error \
    "This Kokkos has Serial alone, and so no real atomic operations: enable OpenMP or Threads \
in it, or define JACKDAW_KOKKOS_ACCEPTS_PLAIN_ATOMICS if no kernel uses any"
#endif
#elif defined(KOKKOS_ENABLE_SERIAL_ATOMICS)
#error \
    "This Kokkos has Serial alone, and so no real atomic operations: define \
KOKKOS_ENABLE_GNU_ATOMICS before it is included (jackdaw::kokkos does), or \
JACKDAW_KOKKOS_ACCEPTS_PLAIN_ATOMICS if no kernel uses any"
#endif
#endif

namespace jackdaw::kokkos {

class WorkStealing;

namespace detail {

// --- an execution space --------------------------------------------------------------------------

/// concurrency() of an execution space, which belongs to the class before 4.0 and to the instance
/// from then on. Space::workers_here() is that of the default instance.
template <typename Space>
class Concurrency {
 public:
#if KOKKOS_VERSION < 40000
  static int concurrency() { return supposed_ != 0 ? supposed_ : Space::workers_here(); }
#else
  int concurrency() const {
    return supposed_ != 0 ? supposed_ : static_cast<const Space&>(*this).workers();
  }
#endif

  /// While it lives, every instance says on this thread that it has so many workers: to see what
  /// Kokkos makes of that.
  class Supposition {
   public:
    explicit Supposition(int workers) noexcept { supposed_ = workers; }
    Supposition(const Supposition&) = delete;
    Supposition& operator=(const Supposition&) = delete;
    ~Supposition() { supposed_ = 0; }
  };

 private:
  static inline thread_local int supposed_ = 0;
};

/// What partition_space gives for `count` parts that are told one by one.
#if KOKKOS_VERSION < 50000
template <typename Space, std::size_t count>
using Parts = std::vector<Space>;
template <std::size_t count, typename Space>
Parts<Space, count> as_parts(std::vector<Space> parts) {
  return parts;
}
#else
template <typename Space, std::size_t count>
using Parts = std::array<Space, count>;
template <std::size_t count, typename Space>
Parts<Space, count> as_parts(std::vector<Space> parts) {
  Parts<Space, count> all;
  for (std::size_t i = 0; i < count; ++i) all[i] = std::move(parts[i]);
  return all;
}
#endif

/// The host backend of this Kokkos that has threads of its own; null if there is none.
[[nodiscard]] constexpr const char* threads_of_kokkos() noexcept {
#if defined(KOKKOS_ENABLE_OPENMP)
  return "OpenMP";
#elif defined(KOKKOS_ENABLE_THREADS)
  return "Threads";
#else
  return nullptr;
#endif
}

/// How Kokkos counts the bytes of a team's scratch memory.
#if KOKKOS_VERSION < 30700
using TeamBytes = int;
#else
using TeamBytes = std::size_t;
#endif

// --- what a reduction is made of -----------------------------------------------------------------

template <typename Functor, typename Tag, typename Value, bool array>
class MemberOperation;

#if KOKKOS_VERSION < 40200
template <typename Pattern, typename Policy, typename Functor>
using Analysis = Kokkos::Impl::FunctorAnalysis<Pattern, Policy, Functor>;
#else
template <typename Pattern, typename Policy, typename Functor>
using Analysis = Kokkos::Impl::FunctorAnalysis<Pattern, Policy, Functor, void>;
#endif

template <typename Pattern, typename Policy, typename Functor>
struct Deduced {
  using Of = Analysis<Pattern, Policy, Functor>;
  using Value = typename Of::value_type;
  using Operation = MemberOperation<Functor, typename Policy::work_tag, Value,
                                    std::is_pointer_v<typename Of::reference_type>>;
};
template <typename Policy, typename Functor>
using ScanOf = Deduced<Kokkos::Impl::FunctorPatternInterface::SCAN, Policy, Functor>;

template <typename Functor, typename Policy, typename Operation>
class ReduceKernel;

template <typename Result>
constexpr void expect_on_host() {
  if constexpr (requires { typename Result::result_view_type; }) {  // a reducer
    expect_on_host<typename Result::result_view_type>();
  } else if constexpr (Kokkos::is_view<Result>::value) {
    static_assert(
        Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename Result::memory_space>::accessible,
        "a result of WorkStealing is a View in memory that the host can write");
  }
}

#if KOKKOS_VERSION < 40200

/// Before 4.2: a functor, and a reducer or a View beside it.
template <typename Functor, typename Policy, typename Reducer>
struct ReducerOperation {
  using Type = MemberOperation<Reducer, void, typename Reducer::value_type, false>;
};
template <typename Functor, typename Policy>
struct ReducerOperation<Functor, Policy, Kokkos::InvalidType> {
  using Type =
      typename Deduced<Kokkos::Impl::FunctorPatternInterface::REDUCE, Policy, Functor>::Operation;
};

template <typename Functor, typename Policy, typename Reducer>
class ReduceClosure {
  using Operation = typename ReducerOperation<Functor, Policy, Reducer>::Type;
  static constexpr bool has_reducer = !std::is_same_v<Reducer, Kokkos::InvalidType>;

 public:
  template <typename Result>
  ReduceClosure(const Functor& functor, const Policy& policy, const Result& result)
      : functor_(functor), policy_(policy), reducer_(reducer_of(result)), to_(address_of(result)) {
    expect_on_host<Result>();
  }
  void execute() const {
    ReduceKernel<Functor, Policy, Operation>(functor_, policy_, operation(), to_).execute();
  }
  template <typename P, typename F>
  static int max_tile_size_product(const P&, const F&) {
    return 1024;
  }

 private:
  using Value = typename Operation::Value;
  template <typename Result>
  static Reducer reducer_of([[maybe_unused]] const Result& result) {
    if constexpr (has_reducer) {
      return result;
    } else {
      return {};
    }
  }
  template <typename Result>
  static Value* address_of(const Result& result) {
    if constexpr (has_reducer) {
      return result.view().data();
    } else {
      return result.data();
    }
  }
  Operation operation() const {
    if constexpr (has_reducer) {
      return Operation(reducer_);
    } else {
      return Operation(functor_);
    }
  }

  const Functor functor_;
  const Policy policy_;
  const Reducer reducer_;
  Value* const to_;
};

#else

/// From 4.2 on: Kokkos has worked out what the functor or the reducer does.
template <typename Reducer>
class AnalysedOperation {
 public:
  using Value = typename Reducer::value_type;
  using Reference = typename Reducer::reference_type;
  static constexpr bool is_array = std::is_pointer_v<Reference>;

  explicit AnalysedOperation(const Reducer& reducer) : reducer_(&reducer) {}
  [[nodiscard]] std::size_t count() const {
    if constexpr (is_array) {
      return static_cast<std::size_t>(reducer_->value_count());
    } else {
      return 1;
    }
  }
  void init(Value* to) const { reducer_->init(to); }
  void join(Value* to, const Value* from) const { reducer_->join(to, from); }
  void final(Value* at) const { reducer_->final(at); }

 private:
  const Reducer* reducer_;
};

template <typename FunctorAndReducer, typename Policy>
class ReduceClosure {
  using Functor = typename FunctorAndReducer::functor_type;
  using Operation = AnalysedOperation<typename FunctorAndReducer::reducer_type>;

 public:
  template <typename View>
  ReduceClosure(const FunctorAndReducer& both, const Policy& policy, const View& result)
      : both_(both), policy_(policy), to_(result.data()) {
    expect_on_host<View>();
  }
  void execute() const {
    ReduceKernel<Functor, Policy, Operation>(both_.get_functor(), policy_,
                                             Operation(both_.get_reducer()), to_)
        .execute();
  }
  template <typename P, typename F>
  static int max_tile_size_product(const P&, const F&) {
    return 1024;
  }

 private:
  const FunctorAndReducer both_;
  const Policy policy_;
  typename Operation::Value* const to_;
};

#endif

}  // namespace detail
}  // namespace jackdaw::kokkos

namespace Kokkos::Impl {

// One for each policy: others could not be told from those of other spaces.
#if KOKKOS_VERSION < 40200

template <class Functor, class Reducer, class... P>
class ParallelReduce<Functor, Kokkos::RangePolicy<P...>, Reducer, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::RangePolicy<P...>, Reducer> {
  using jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::RangePolicy<P...>,
                                               Reducer>::ReduceClosure;
};
template <class Functor, class Reducer, class... P>
class ParallelReduce<Functor, Kokkos::MDRangePolicy<P...>, Reducer, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::MDRangePolicy<P...>, Reducer> {
  using jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::MDRangePolicy<P...>,
                                               Reducer>::ReduceClosure;
};
template <class Functor, class Reducer, class... P>
class ParallelReduce<Functor, Kokkos::TeamPolicy<P...>, Reducer, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::TeamPolicy<P...>, Reducer> {
  using jackdaw::kokkos::detail::ReduceClosure<Functor, Kokkos::TeamPolicy<P...>,
                                               Reducer>::ReduceClosure;
};

#else

template <class Both, class... P>
class ParallelReduce<Both, Kokkos::RangePolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::RangePolicy<P...>> {
  using jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::RangePolicy<P...>>::ReduceClosure;
};
template <class Both, class... P>
class ParallelReduce<Both, Kokkos::MDRangePolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::MDRangePolicy<P...>> {
  using jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::MDRangePolicy<P...>>::ReduceClosure;
};
template <class Both, class... P>
class ParallelReduce<Both, Kokkos::TeamPolicy<P...>, jackdaw::kokkos::WorkStealing>
    : public jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::TeamPolicy<P...>> {
  using jackdaw::kokkos::detail::ReduceClosure<Both, Kokkos::TeamPolicy<P...>>::ReduceClosure;
};

#endif

}  // namespace Kokkos::Impl
