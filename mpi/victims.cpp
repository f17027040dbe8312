#include "victims.hpp"

#include <algorithm>  // find_if, max, min, min_element, sort

namespace jackdaw::mpi {
namespace {

using topology::Tier;

constexpr double prior_rate = 0.25;      // before anything is known, some attempt in four succeeds,
constexpr double prior_load = 4;         // and finds a few jobs
constexpr double rate_memory_ns = 20e6;  // the life of a search's phases,
constexpr double load_memory_ns = 2e6;   // and of what a rank shows: it is claimed within that
constexpr double batch_ns = 10e3;        // what a batch costs beside the attempt: waking, queueing
constexpr double newest = 0.5;           // share of the last attempt in a mean
constexpr std::size_t most_of_tier = 16;
constexpr int tries = 8;  // to hit one that is not remembered

/// What an attempt costs that finds something, before anything is known: measured on one host, and
/// between hosts joined by TCP. Only the proportions matter.
double prior_cost_ns(Tier tier) {
  switch (tier) {
    case Tier::network_switch: return 50e3;
    case Tier::cluster: return 70e3;
    case Tier::machine: return 3e3;
    default: return 2e3;
  }
}

/// Half way from `value` to `prior` after `memory_ns`, and further on as time goes by.
double fade(double value, double prior, double age_ns, double memory_ns) {
  return prior + (value - prior) * memory_ns / (memory_ns + age_ns);
}

std::size_t index(Tier tier) { return static_cast<std::size_t>(tier); }

constexpr Tier first_tier = Tier::package;  // no two ranks are nearer

}  // namespace

Victims::Victims(Neighbourhood around, std::size_t entries, std::uint64_t seed)
    : around_(std::move(around)),
      most_(entries),
      random_(static_cast<std::minstd_rand::result_type>(
          seed + 7919U * static_cast<unsigned>(around_.rank) + 1U)) {}

double Victims::draw(double below) {
  return below * static_cast<double>(random_() - std::minstd_rand::min()) /
         static_cast<double>(std::minstd_rand::max());
}

// --- choosing ------------------------------------------------------------------------------------

double Victims::weight_of(const Entry& entry, std::int64_t now_ns) {
  const auto age = static_cast<double>(now_ns - entry.seen_ns);
  return fade(entry.success_rate, prior_rate, age, rate_memory_ns) *
         fade(entry.load, prior_load, age, load_memory_ns) / (entry.cost_ns + batch_ns);
}

int Victims::choose(std::int64_t now_ns) {
  double all = 0;
  weights_.clear();
  for (const Entry& entry : entries_) all += weights_.emplace_back(weight_of(entry, now_ns));
  std::array<double, topology::tier_count> strangers{};
  for (std::size_t tier = index(first_tier); tier < strangers.size(); ++tier) {
    const auto count = static_cast<double>(std::min(strangers_in(tier), most_of_tier));
    strangers[tier] =
        count * prior_rate * prior_load / (prior_cost_ns(static_cast<Tier>(tier)) + batch_ns);
    all += strangers[tier];
  }
  double at = draw(all);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if ((at -= weights_[i]) < 0) return entries_[i].rank;
  }
  std::size_t last = 0;
  for (std::size_t tier = index(first_tier); tier < strangers.size(); ++tier) {
    if (strangers[tier] <= 0) continue;
    last = tier;
    if ((at -= strangers[tier]) < 0) break;
  }
  // Rounding may leave a little beyond the last, or all weights are zero.
  return last != 0 ? draw_stranger(last) : entries_[random_() % entries_.size()].rank;
}

/// Of those in the tier that are not remembered.
std::size_t Victims::strangers_in(std::size_t tier) const {
  const auto near = around_.package.size() + around_.machine.size() + around_.network_switch.size();
  std::size_t all = 0;
  switch (static_cast<Tier>(tier)) {
    case Tier::package: all = around_.package.size(); break;
    case Tier::machine: all = around_.machine.size(); break;
    case Tier::network_switch: all = around_.network_switch.size(); break;
    default: all = static_cast<std::size_t>(around_.size - 1) - near;
  }
  return all - known_[tier];
}

int Victims::draw_from(std::size_t tier) {
  const auto any_of = [&](const std::vector<int>& ranks) {
    return ranks[random_() % ranks.size()];
  };
  switch (static_cast<Tier>(tier)) {
    case Tier::package: return any_of(around_.package);
    case Tier::machine: return any_of(around_.machine);
    case Tier::network_switch: return any_of(around_.network_switch);
    default: break;
  }
  const int other = static_cast<int>(random_() % static_cast<unsigned>(around_.size - 1));
  return other < around_.rank ? other : other + 1;  // it may be near, and is no worse for that
}

int Victims::draw_stranger(std::size_t tier) {
  int rank = draw_from(tier);
  for (int i = 1; i < tries && find(rank) < entries_.size(); ++i) rank = draw_from(tier);
  return rank;
}

// --- remembering ---------------------------------------------------------------------------------

std::size_t Victims::find(int rank) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [rank](const Entry& entry) { return entry.rank == rank; });
  return static_cast<std::size_t>(found - entries_.begin());
}

void Victims::forget_stalest() {
  const auto stalest =
      std::min_element(entries_.begin(), entries_.end(),
                       [](const Entry& a, const Entry& b) { return a.seen_ns < b.seen_ns; });
  --known_[index(stalest->tier)];
  *stalest = entries_.back();
  entries_.pop_back();
}

/// As it is by now.
Victims::Entry& Victims::remember(int rank, std::int64_t now_ns) {
  if (const auto at = find(rank); at < entries_.size()) {
    Entry& entry = entries_[at];
    const auto age = static_cast<double>(now_ns - entry.seen_ns);
    entry.success_rate = fade(entry.success_rate, prior_rate, age, rate_memory_ns);
    entry.seen_ns = now_ns;
    return entry;
  }
  if (entries_.size() == most_) forget_stalest();
  const Tier tier = around_.tier_of(rank);
  ++known_[index(tier)];
  return entries_.emplace_back(
      Entry{rank, tier, prior_rate, prior_load, prior_cost_ns(tier), now_ns, 0, 0, 0});
}

void Victims::note_attempt(Entry& entry, bool success, std::int64_t cost_ns) {
  ++entry.attempts;
  entry.success_rate += newest * ((success ? 1.0 : 0.0) - entry.success_rate);
  entry.cost_ns +=
      newest * (static_cast<double>(std::max<std::int64_t>(cost_ns, 1)) - entry.cost_ns);
}

void Victims::took(int rank, std::uint32_t jobs, std::uint32_t left, std::int64_t cost_ns,
                   std::int64_t now_ns) {
  Entry& entry = remember(rank, now_ns);
  note_attempt(entry, true, cost_ns);
  ++entry.successes;
  entry.jobs += jobs;
  // A rank shows half of what it has, so it has at least as much as it showed beside what is left.
  entry.load = jobs + 2.0 * left;
}

void Victims::failed(int rank, std::int64_t cost_ns, std::int64_t now_ns) {
  Entry& entry = remember(rank, now_ns);
  note_attempt(entry, false, cost_ns);
  entry.load = 0;
}

void Victims::heard_of(int rank, std::uint32_t load, std::int64_t now_ns) {
  Entry& entry = remember(rank, now_ns);
  entry.success_rate = 1;
  entry.load = load;
}

bool Victims::looked_empty(int rank) const {
  const auto at = find(rank);
  return at < entries_.size() && entries_[at].load <= 0;
}

bool Victims::is_near(int rank) const { return around_.tier_of(rank) <= Tier::machine; }

std::vector<VictimReport> Victims::report(std::int64_t now_ns) const {
  std::vector<VictimReport> all;
  for (const Entry& entry : entries_) {
    const auto age = static_cast<double>(now_ns - entry.seen_ns);
    all.push_back({entry.rank, entry.tier, entry.attempts, entry.successes, entry.jobs,
                   fade(entry.success_rate, prior_rate, age, rate_memory_ns),
                   fade(entry.load, prior_load, age, load_memory_ns),
                   static_cast<std::int64_t>(entry.cost_ns), weight_of(entry, now_ns)});
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.weight > b.weight; });
  return all;
}

}  // namespace jackdaw::mpi
