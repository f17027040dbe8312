#include "rank_source.hpp"

#include <algorithm>    // clamp
#include <chrono>       // steady_clock
#include <stdexcept>    // runtime_error
#include <string>       // to_string
#include <string_view>  // string_view
#include <utility>      // exchange

namespace jackdaw::mpi {
namespace {

constexpr unsigned most_jobs_between = 1U << 16;

std::int64_t clock_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

/// A pool, as the courier sees it.
class RankSource::PoolHome final : public Home {
 public:
  PoolHome(RankSource& source, PoolDoor& door) : source_(source), door_(door) {}
  std::size_t give(std::span<PackedJob> room, Parcels& parcels) override {
    return door_.give_away(room, parcels);
  }
  void receive(const PackedJob& job, std::span<const std::byte> payload) override {
    const auto* kind = source_.kinds_.find(job.kind);
    if (kind == nullptr) {
      throw std::runtime_error("a job came from another rank whose kind, " +
                               std::to_string(job.kind) + ", is not known here");
    }
    door_.receive(job, *kind, payload);
  }
  [[nodiscard]] std::vector<Notice> take_notices() override {
    const std::lock_guard hold(source_.notices_mutex_);
    return std::exchange(source_.notices_, {});
  }
  void deliver(int from, const Notice& notice) override {
    const auto number = notice.to.number;
    if (notice.about == Mail::place) return door_.locate(number, from);
    if (notice.about == Mail::wish)
      return door_.raise(from, number, static_cast<unsigned>(notice.value));
    door_.deliver(number, notice.value != 0, from, notice.bytes);
  }
  void stop() override { door_.stop(); }
  void save() override { door_.save(); }
  void resume() override { door_.resume(); }
  [[nodiscard]] bool is_quiet() const override { return door_.is_quiet(); }
  [[nodiscard]] Totals totals() const override {
    return {door_.jobs_created(), door_.jobs_finished()};
  }

 private:
  RankSource& source_;
  PoolDoor& door_;
};

/// Holds the courier's role, if it is free and this thread may have it.
class RankSource::Visit {
 public:
  explicit Visit(RankSource& source)
      : source_(source),
        mine_((source.settings_.any_thread || std::this_thread::get_id() == source.maker_) &&
              !source.taken_.load(std::memory_order_relaxed) &&  // a look; exchange decides
              !source.taken_.exchange(true, std::memory_order_acquire)) {  // (C)
    if (mine_) {
      source.visits_.store(source.visits_.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
    }
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    if (mine_) source_.taken_.store(false, std::memory_order_release);  // (C)
  }
  [[nodiscard]] explicit operator bool() const noexcept { return mine_; }

 private:
  RankSource& source_;
  bool mine_;
};

/// The same for one who waits for it.
class RankSource::Stay {
 public:
  explicit Stay(RankSource& source) : source_(source) {
    while (source.taken_.exchange(true, std::memory_order_acquire))
      std::this_thread::yield();  // (C)
  }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;
  ~Stay() { source_.taken_.store(false, std::memory_order_release); }  // (C)

 private:
  RankSource& source_;
};

RankSource::RankSource(Courier& courier, const Kinds& kinds, const Settings& settings)
    : courier_(courier),
      kinds_(kinds),
      settings_(settings),
      maker_(std::this_thread::get_id()),
      services_(settings.workers) {}

bool RankSource::fetch(PoolDoor& door) noexcept {
  if (is_done()) return false;
  const Visit visit(*this);
  if (!visit || is_done()) return false;
  try {
    PoolHome home(*this, door);
    if (!held_.empty()) {
      const auto held = std::exchange(held_, {});
      for (std::size_t i = held.size(); i-- > 0;) {
        const auto& [job, long_payload] = held[i];
        home.receive(job, job.is_long() ? long_payload : job.inline_payload());
      }
      return true;
    }
    heed(home);
    const bool found = courier_.seek(home);
    if (courier_.is_over()) done_.store(true, std::memory_order_release);  // (D)
    return found;
  } catch (...) {
    error_ = std::current_exception();
    done_.store(true, std::memory_order_release);  // (D)
    return false;
  }
}

unsigned RankSource::serve(PoolDoor& door) noexcept {
  Service& mine = services_[door.worker()];
  const auto now = clock_ns();
  // So many jobs took so long: how many take an interval?
  const auto elapsed = std::max<std::int64_t>(now - mine.last_ns, 1);
  const auto jobs = static_cast<std::int64_t>(mine.jobs) * settings_.interval_ns / elapsed;
  mine.jobs = static_cast<unsigned>(
      std::clamp<std::int64_t>(jobs, 1, std::min<std::int64_t>(most_jobs_between, 4 * mine.jobs)));
  mine.last_ns = now;
  const Visit visit(*this);
  if (visit && !is_done()) serve_as_courier(door);
  return mine.jobs;
}

void RankSource::serve_as_courier(PoolDoor& door) noexcept {
  try {
    PoolHome home(*this, door);
    heed(home);
    if (takes_back_.exchange(false, std::memory_order_relaxed))  // (E)
      (void)courier_.take_back(home);
    courier_.serve(home);
  } catch (...) {
    error_ = std::current_exception();
    done_.store(true, std::memory_order_release);  // (D)
  }
}

/// If nobody has come by since the last time, all workers are deep in long jobs.
void RankSource::attend(PoolDoor& door) noexcept {
  const auto visits = visits_.load(std::memory_order_relaxed);
  if (std::exchange(visits_seen_, visits) != visits || is_done()) return;
  const Visit visit(*this);
  if (!visit || is_done()) return;
  visits_seen_ = visits + 1;  // this one
  serve_as_courier(door);
}

/// The job counts as finished only after this, so whoever sees no job left here finds its result.
void RankSource::send_reply(const Reply& to, bool failed, Bytes bytes) noexcept {
  if (bytes.size() > longest_letter) {
    constexpr std::string_view text = "a result of 2 GiB or more cannot travel";
    const auto all = std::as_bytes(std::span(text));
    bytes.assign(all.begin(), all.end());
    failed = true;
  }
  add({Mail::result, to, failed ? 1U : 0U, std::move(bytes)});
}
void RankSource::send_place(const Reply& to) noexcept { add({Mail::place, to}); }
void RankSource::send_wish(const Reply& to, unsigned job_class) noexcept {
  add({Mail::wish, to, job_class});
}
void RankSource::add(Notice notice) noexcept {
  const std::lock_guard hold(notices_mutex_);
  notices_.push_back(std::move(notice));
}

/// What this rank has to say to all others.
void RankSource::heed(Home& home) {
  if (failed_.load(std::memory_order_relaxed)) courier_.stop(home);  // (E)
  if (plan_ != nullptr) heed_plan(home);
}

/// The first rank alone has a clock for checkpoints; any may be asked for one. Each knows how long
/// one has taken: the first may wait for a sum that is not there before a job elsewhere has ended,
/// and must not call off anything meanwhile.
void RankSource::heed_plan(Home& home) {
  const auto now = clock_ns();
  const bool first = settings_.rank == 0;
  const auto called_off = courier_.called_off();
  if (std::exchange(called_off_, called_off) != called_off) plan_->put_off(now);
  const bool leave = plan_->must_leave();
  const bool asked = plan_->take_request();  // who asks may be content with one that is under way
  if (!courier_.is_saving()) {
    if (leave || asked || (first && plan_->is_due(now))) courier_.save(home, leave);
  } else if (leave && !courier_.will_leave()) {
    courier_.save(home, true);
  }
  if (!courier_.is_saving() || !plan_->is_too_long(now - courier_.saving_since_ns())) return;
  if (!courier_.will_leave()) return courier_.resume();
  if (first) plan_->give_up();
}

void RankSource::restart(SavePlan* plan) noexcept {
  plan_ = plan;
  failed_.store(false, std::memory_order_relaxed);  // (E)
  courier_.restart();
  done_.store(false, std::memory_order_relaxed);  // Engine::source publishes it
  error_ = nullptr;
}

void RankSource::with_mpi(const std::function<void()>& function) {
  if (!settings_.any_thread && std::this_thread::get_id() != maker_) {
    throw std::logic_error(
        "a job calls MPI on a worker other than the first, but MPI was initialised for one thread; "
        "ask for MPI_THREAD_SERIALIZED, or leave the initialisation to the Scheduler");
  }
  const Stay stay(*this);
  function();
}

/// Workers that were about to ask for work may still be on their way out.
void RankSource::part() {
  {
    const Stay stay(*this);
    try {
      if (!error_) courier_.part();
    } catch (...) {
      error_ = std::current_exception();
    }
  }
  if (error_) std::rethrow_exception(error_);
}

}  // namespace jackdaw::mpi
