#pragma once
/// \file
/// Several ways to one result: they run side by side, the first that arrives is taken, the others
/// are cancelled.

#include <concepts>     // same_as
#include <cstddef>      // size_t
#include <memory>       // make_shared
#include <ranges>       // input_range
#include <type_traits>  // is_void_v
#include <utility>      // forward, move

#include "jackdaw/detail/race_state.hpp"  // RaceState
#include "jackdaw/job_context.hpp"        // JobContext
#include "jackdaw/pool.hpp"               // Pool

namespace jackdaw {

/// Who has won a race, and what it returned.
template <typename R>
struct RaceResult {
  std::size_t index;  ///< among the functions, from 0
  R value;
};
template <>
struct RaceResult<void> {
  std::size_t index;
};

namespace detail {

template <typename Host>
concept RaceHost = std::same_as<Host, Pool> || std::same_as<Host, JobContext>;

/// \param make_all  calls what it is given with each of the functions
template <typename R, typename MakeAll>
RaceResult<R> hold_race(Engine& engine, const JobOptions& options, MakeAll make_all) {
  const auto race = std::make_shared<RaceState>();
  struct Leave {
    RaceState& race;
    ~Leave() { race.leave(); }
  } leave{*race};
  {
    Engine::Submission submission(engine);
    try {
      make_all([&]<typename F>(F&& function) {
        race->make<R>(submission, engine, std::forward<F>(function), options);
      });
      race->push_all(submission, options);
    } catch (...) {
      race->call_off(submission);
      throw;
    }
  }
  race->wait(engine);
  const std::size_t winner = race->winner();
  if constexpr (std::is_void_v<R>) {
    return {winner};
  } else {
    return {winner, race->take_value<R>()};
  }
}

}  // namespace detail

/// Makes a job of each function, waits until one of them has completed, and gives its result. All
/// functions return the same type, or nothing.
///
/// The others are cancelled before this returns: one that has not started never does; one that runs
/// ends at its next checkpoint() or by its stop_token, and is not waited for. So a function owns
/// what it uses, or uses what outlives it; it is moved, or copied, into its job. What a loser
/// returns or throws is dropped.
///
/// Inside a job, as JobRef::wait does, this runs contenders that nobody has started, here and now,
/// one after the other until somebody has won. Then it returns no sooner than the one that it runs;
/// so contenders must not wait for what the caller does afterwards.
///
/// \param host  a Pool, or in a job its JobContext
/// \throws what the first that failed threw, if none has completed; Cancelled if none has failed
/// either: the pool is closing
/// \throws std::system_error  the jobs come after the one that calls this
///                            (resource_deadlock_would_occur)
/// Thread-safety: any thread. Cost: O(n) beside the jobs.
template <detail::RaceHost Host, detail::JobFunction F, detail::JobFunction... Others>
auto race(Host& host, const JobOptions& options, F&& function, Others&&... others)
    -> RaceResult<detail::JobResult<F>> {
  using R = detail::JobResult<F>;
  static_assert((std::same_as<R, detail::JobResult<Others>> && ...),
                "all functions of a race return the same type");
  return detail::hold_race<R>(detail::RaceState::engine_of(host), options, [&](auto make) {
    make(std::forward<F>(function));
    (make(std::forward<Others>(others)), ...);
  });
}

/// The same without options.
template <detail::RaceHost Host, detail::JobFunction F, detail::JobFunction... Others>
auto race(Host& host, F&& function, Others&&... others) -> RaceResult<detail::JobResult<F>> {
  return race(host, JobOptions{}, std::forward<F>(function), std::forward<Others>(others)...);
}

/// The same for the functions of a range: copied from it, or moved if it is a container that the
/// caller gives away. \throws std::invalid_argument  it is empty
template <detail::RaceHost Host, std::ranges::input_range Functions>
requires detail::JobFunction<std::ranges::range_reference_t<Functions>>
auto race(Host& host, Functions&& functions, const JobOptions& options = {})
    -> RaceResult<detail::JobResult<std::ranges::range_reference_t<Functions>>> {
  using R = detail::JobResult<std::ranges::range_reference_t<Functions>>;
  constexpr bool is_given =
      !std::is_lvalue_reference_v<Functions> && !std::ranges::view<std::remove_cv_t<Functions>>;
  return detail::hold_race<R>(detail::RaceState::engine_of(host), options, [&](auto make) {
    for (auto&& function : functions) {
      if constexpr (is_given) {
        make(std::move(function));
      } else {
        make(std::forward<decltype(function)>(function));
      }
    }
  });
}

}  // namespace jackdaw
