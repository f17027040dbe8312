#pragma once
/// \file
/// What a TeamPolicy knows: how many teams, of one thread each, with how much scratch.

#include <algorithm>  // max
#include <array>      // array
#include <cstddef>    // size_t
#include <stdexcept>  // invalid_argument
#include <string>     // to_string

#include "jackdaw/kokkos/space.hpp"    // WorkStealing
#include "jackdaw/kokkos/version.hpp"  // Kokkos

/// A team is one thread: what the others would do is done by other teams. So a team that asks for
/// more threads is refused, as by Kokkos::Serial; Kokkos::AUTO gives one.
template <class... P>
class Kokkos::Impl::TeamPolicyInternal<jackdaw::kokkos::WorkStealing, P...>
    : public Kokkos::Impl::PolicyTraits<P...> {
 public:
  using execution_policy = TeamPolicyInternal;
  using traits = Kokkos::Impl::PolicyTraits<P...>;
  using execution_space = jackdaw::kokkos::WorkStealing;
  using member_type = Kokkos::Impl::HostThreadTeamMember<execution_space>;
  using Auto = std::remove_const_t<decltype(Kokkos::AUTO)>;

  TeamPolicyInternal() = default;
  TeamPolicyInternal(const execution_space& space, int league, int team, int vector = 1)
      : space_(space), league_(std::max(league, 0)) {
    if (team > 1) {
      throw std::invalid_argument("a team of " + std::to_string(team) +
                                  " threads: on WorkStealing a team has one; ask for "
                                  "Kokkos::AUTO, or for what team_size_recommended says");
    }
    static_cast<void>(vector);
  }
  TeamPolicyInternal(const execution_space& space, int league, const Auto&, int = 1)
      : TeamPolicyInternal(space, league, 1) {}
  TeamPolicyInternal(const execution_space& space, int league, const Auto&, const Auto&)
      : TeamPolicyInternal(space, league, 1) {}
  TeamPolicyInternal(const execution_space& space, int league, int team, const Auto&)
      : TeamPolicyInternal(space, league, team) {}
  TeamPolicyInternal(int league, int team, int vector = 1)
      : TeamPolicyInternal(execution_space(), league, team, vector) {}
  TeamPolicyInternal(int league, const Auto&, int = 1)
      : TeamPolicyInternal(execution_space(), league, 1) {}
  TeamPolicyInternal(int league, const Auto&, const Auto&)
      : TeamPolicyInternal(execution_space(), league, 1) {}
  TeamPolicyInternal(int league, int team, const Auto&)
      : TeamPolicyInternal(execution_space(), league, team) {}
  template <class... Others>
  TeamPolicyInternal(const TeamPolicyInternal<execution_space, Others...>& other)
      : space_(other.space_),
        league_(other.league_),
        chunk_(other.chunk_),
        team_scratch_(other.team_scratch_),
        thread_scratch_(other.thread_scratch_) {}

  [[nodiscard]] const execution_space& space() const { return space_; }
  [[nodiscard]] int league_size() const { return league_; }
  [[nodiscard]] int team_size() const { return 1; }
  /// 0: found while the kernel runs.
  [[nodiscard]] int chunk_size() const { return chunk_; }
  TeamPolicyInternal& set_chunk_size(int teams) {
    chunk_ = teams;
    return *this;
  }

  [[nodiscard]] std::size_t scratch_size(int level, int = 1) const {
    return team_scratch_.at(static_cast<std::size_t>(level)) +
           thread_scratch_.at(static_cast<std::size_t>(level));
  }
  [[nodiscard]] std::size_t team_scratch_size(int level) const {
    return team_scratch_.at(static_cast<std::size_t>(level));
  }
  [[nodiscard]] std::size_t thread_scratch_size(int level) const {
    return thread_scratch_.at(static_cast<std::size_t>(level));
  }
  [[nodiscard]] static int scratch_size_max(int level) {
    return level == 0 ? 32 * 1024 : 20 * 1024 * 1024;  // as Kokkos::Serial
  }
  TeamPolicyInternal& set_scratch_size(int level, const Kokkos::Impl::PerTeamValue& team) {
    team_scratch_.at(static_cast<std::size_t>(level)) = static_cast<std::size_t>(team.value);
    return *this;
  }
  TeamPolicyInternal& set_scratch_size(int level, const Kokkos::Impl::PerThreadValue& thread) {
    thread_scratch_.at(static_cast<std::size_t>(level)) = static_cast<std::size_t>(thread.value);
    return *this;
  }
  TeamPolicyInternal& set_scratch_size(int level, const Kokkos::Impl::PerTeamValue& team,
                                       const Kokkos::Impl::PerThreadValue& thread) {
    set_scratch_size(level, team);
    return set_scratch_size(level, thread);
  }

  /// For a functor and a tag of the pattern, or a functor, a reducer and a tag.
  template <class... FunctorAndTag>
  [[nodiscard]] int team_size_max(const FunctorAndTag&...) const {
    return 1;
  }
  template <class... FunctorAndTag>
  [[nodiscard]] int team_size_recommended(const FunctorAndTag&...) const {
    return 1;
  }
  [[nodiscard]] static int vector_length_max() { return 1024; }
  [[nodiscard]] int impl_vector_length() const { return 1; }
  [[nodiscard]] bool impl_auto_team_size() const { return false; }
  [[nodiscard]] bool impl_auto_vector_length() const { return false; }
  void impl_set_team_size(std::size_t) {}
  void impl_set_vector_length(std::size_t) {}

 private:
  template <class Space, class... Others>
  friend class Kokkos::Impl::TeamPolicyInternal;

  execution_space space_;
  int league_ = 0;
  int chunk_ = 0;
  std::array<std::size_t, 2> team_scratch_{}, thread_scratch_{};  // bytes, by level
};
