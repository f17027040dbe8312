#pragma once
/// \file
/// How many jobs a thief takes that adapts.

#include <algorithm>  // clamp, max, min
#include <cstdint>    // int64_t

namespace jackdaw::detail {

/// What a thief knows before it takes.
struct StealCase {
  std::int64_t queued = 0;     ///< jobs of the victim
  std::int64_t job_ns = 0;     ///< what one takes, about; 0: unknown
  std::int64_t steal_ns = 0;   ///< what a fruitful search costs, about; 0: unknown
  std::int64_t lost = 0;       ///< races lost to other thieves lately
  std::int64_t max_batch = 1;  ///< jobs
};

/// Enough work to be worth the steal, and no more: what is taken needlessly must be stolen back
/// when the victim runs dry. So of long jobs one, of short ones up to half of what there is; more
/// where races are lost, since then each steal costs several attempts. At least 1, at most
/// max_batch.
[[nodiscard]] constexpr std::int64_t steal_share(const StealCase& is) noexcept {
  constexpr std::int64_t worth = 256;  // a steal may cost so small a part of the work it brings
  constexpr std::int64_t usual_steal_ns = 1'000, least_work_ns = 100'000, most_work_ns = 1'000'000;
  const auto half = std::clamp<std::int64_t>((is.queued + 1) / 2, 1, is.max_batch);
  if (is.job_ns <= 0) return half;
  const auto cost = is.steal_ns > 0 ? is.steal_ns : usual_steal_ns;
  const auto attempts = 1 + std::min<std::int64_t>(is.lost, 8);
  const auto wanted_ns = std::clamp(cost * worth * attempts, least_work_ns, most_work_ns);
  return std::min(half, std::max<std::int64_t>(wanted_ns / is.job_ns, 1));
}

}  // namespace jackdaw::detail
