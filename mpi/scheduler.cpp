#include "jackdaw/scheduler.hpp"

#include <array>   // array
#include <cstdio>  // fprintf

#include "agree.hpp"          // must_agree
#include "check.hpp"          // check
#include "complaint.hpp"      // first_complaint
#include "connection.hpp"     // Connection
#include "courier.hpp"        // Courier
#include "gather.hpp"         // gather
#include "keeper.hpp"         // Keeper
#include "kinds.hpp"          // Kinds
#include "mpi_network.hpp"    // MpiNetwork
#include "neighbourhood.hpp"  // find_neighbourhood
#include "rank_source.hpp"    // RankSource
#include "session.hpp"        // Session

namespace jackdaw {
namespace {

/// Without threads in MPI, a rank has one.
Config config_for(const Config& asked, int level) {
  Config config = asked;
  if (level == MPI_THREAD_SINGLE) config.workers = 1;
  return config;
}

}  // namespace

/// In the order in which they need each other.
struct Scheduler::Inside {
  Inside(std::unique_ptr<mpi::Session> started, const Config& asked)
      : session(std::move(started)),
        kinds(session->comm()),
        network(session->comm()),
        mailbox(network),
        connection(session->comm(), mailbox, asked.fabric),
        pool(config_for(asked, session->level())),
        victims(mpi::find_neighbourhood(session->comm(),
                                        {pool.package(), mpi::switch_from_environment()}),
                asked.affinity_entries, asked.seed),
        courier(mailbox, connection.reach(), victims, settings_of(asked)),
        source(courier, kinds,
               {.rank = network.rank(),
                .workers = pool.workers(),
                .interval_ns = std::chrono::nanoseconds(asked.progress_interval).count(),
                .attendance_ns = attendance_ns(asked),
                .fail_fast = asked.fail_fast,
                .any_thread = session->level() >= MPI_THREAD_SERIALIZED}),
        notes(pool.notes()) {
    // Which jobs of a shelf an attempt owns is computed from it, by the owner and by the thief.
    mpi::must_agree(session->comm(), "max_steal_batch", asked.max_steal_batch,
                    [](std::uint64_t jobs) { return std::to_string(jobs); });
    if (session->level() == MPI_THREAD_SINGLE && asked.workers != 1)
      notes.emplace_back("MPI was initialised without threads, so each rank has one worker");
  }

  /// The steward looks after so many intervals in which no worker has come by: some 2 ms.
  [[nodiscard]] std::int64_t attendance_ns(const Config& config) const {
    constexpr int patience = 40;
    const bool may_call = session->level() >= MPI_THREAD_SERIALIZED;
    return network.size() > 1 && may_call
               ? patience * std::chrono::nanoseconds(config.progress_interval).count()
               : 0;
  }
  static mpi::Courier::Settings settings_of(const Config& config) {
    return {static_cast<std::uint32_t>(config.max_steal_batch),
            std::chrono::nanoseconds(config.backoff_min).count(),
            std::chrono::nanoseconds(config.backoff_max).count(),
            std::chrono::nanoseconds(config.starvation_age).count(), config.seed};
  }

  void run_once();
  [[nodiscard]] std::string first_failure();
  void add_failures(Statistics& before, mpi::Failures& failures);
  [[nodiscard]] bool save_what_is_left(const mpi::Failures& failures);
  [[nodiscard]] RankReport rank_report() const;
  [[nodiscard]] std::vector<TheftReport> thefts();

  std::unique_ptr<mpi::Session> session;
  mpi::Kinds kinds;
  mpi::MpiNetwork network;
  mpi::Mailbox mailbox;
  mpi::Connection connection;
  Pool pool;
  mpi::Victims victims;
  mpi::Courier courier;
  mpi::RankSource source;
  std::vector<std::string> notes;
  std::vector<mpi::KeptReducer> reducers;
  std::optional<mpi::Keeper> keeper;
};

Scheduler::Scheduler(int& argc, char**& argv, const Config& config)
    : inside_(std::make_unique<Inside>(std::make_unique<mpi::Session>(argc, argv), config)) {}
Scheduler::Scheduler(MPI_Comm comm, const Config& config)
    : inside_(std::make_unique<Inside>(std::make_unique<mpi::Session>(comm), config)) {}
Scheduler::~Scheduler() = default;

int Scheduler::rank() const noexcept { return inside_->network.rank(); }
int Scheduler::size() const noexcept { return inside_->network.size(); }
Pool& Scheduler::pool() noexcept { return inside_->pool; }
const std::vector<std::string>& Scheduler::notes() const noexcept { return inside_->notes; }

void Scheduler::hold(PackedJob job, Bytes long_payload) {
  if (job.reply_rank == Reply::here) job.reply_rank = rank();
  inside_->source.hold(job, std::move(long_payload));
}

namespace {

/// MPI calls a function without a context, on the thread that reduces.
thread_local void (*combine_two)(const void*, void*) = nullptr;

void combine_for_mpi(void* earlier, void* later, int* /*one*/, MPI_Datatype* /*bytes*/) {
  combine_two(earlier, later);
}

}  // namespace

/// To one rank, and then to all, so that all have the same, whatever rounding does.
void Scheduler::reduce(std::span<std::byte> value, void (*combine)(const void*, void*)) {
  combine_two = combine;
  MPI_Datatype bytes = MPI_DATATYPE_NULL;
  MPI_Op operation = MPI_OP_NULL;
  mpi::check(MPI_Type_contiguous(static_cast<int>(value.size()), MPI_BYTE, &bytes),
             "MPI_Type_contiguous");
  MPI_Type_commit(&bytes);
  mpi::check(MPI_Op_create(&combine_for_mpi, /*commutes=*/0, &operation), "MPI_Op_create");
  const MPI_Comm comm = inside_->session->comm();
  const std::vector<std::byte> mine(value.begin(), value.end());
  int code = MPI_Reduce(mine.data(), value.data(), 1, bytes, operation, 0, comm);
  if (code == MPI_SUCCESS) code = MPI_Bcast(value.data(), 1, bytes, 0, comm);
  MPI_Op_free(&operation);
  MPI_Type_free(&bytes);
  mpi::check(code, "MPI_Reduce");
}

void Scheduler::with_mpi(const std::function<void()>& function) {
  inside_->source.with_mpi(function);
}

// --- running -------------------------------------------------------------------------------------

void Scheduler::run() {
  auto before = pool().statistics();
  mpi::Keeper* const keeper = inside_->keeper ? &*inside_->keeper : nullptr;
  if (keeper != nullptr) keeper->begin_run();
  mpi::Failures failures;
  if (keeper != nullptr) failures = keeper->failures_before();
  do {
    inside_->run_once();
    inside_->add_failures(before, failures);
  } while (keeper != nullptr && inside_->save_what_is_left(failures));
  if (failures.jobs == 0) return;
  std::string what = std::to_string(failures.jobs) + " job(s) threw; the first " + failures.first;
  if (failures.cancelled > 0)
    what += "; " + std::to_string(failures.cancelled) + " job(s) were cancelled";
  throw JobsFailed(what);
}

/// Until no job is left, or what is left was set aside.
void Scheduler::Inside::run_once() {
  source.restart(keeper ? &keeper->plan() : nullptr);
  // A rank that is early must not sum with one that has not begun.
  mpi::check(MPI_Barrier(session->comm()), "MPI_Barrier");
  pool.run_with(source);
  try {
    source.part();
  } catch (const std::exception& error) {
    // The others wait for this rank's jobs, and will for ever.
    std::fprintf(stderr, "jackdaw: rank %d: %s\n", network.rank(), error.what());
    MPI_Abort(session->comm(), 1);
  }
}

/// What the first job of this pool said that threw; empty: none did. Nothing is left to run.
std::string Scheduler::Inside::first_failure() {
  try {
    pool.wait();
    return {};
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

/// Collective: what came since then, on every rank.
void Scheduler::Inside::add_failures(Statistics& before, mpi::Failures& failures) {
  const std::string text = first_failure();
  const auto now = pool.statistics();
  std::array<std::uint64_t, 2> jobs{now.jobs_failed_detached - before.jobs_failed_detached,
                                    now.jobs_cancelled - before.jobs_cancelled};
  const std::string mine =
      jobs[0] == 0 ? "" : "on rank " + std::to_string(network.rank()) + ": " + text;
  before = now;
  mpi::check(MPI_Allreduce(MPI_IN_PLACE, jobs.data(), 2, MPI_UINT64_T, MPI_SUM, session->comm()),
             "MPI_Allreduce");
  failures.jobs += jobs[0];
  failures.cancelled += jobs[1];
  if (jobs[0] == 0) return;
  const std::string first = mpi::first_complaint(session->comm(), mine);
  if (failures.first.empty()) failures.first = first;
}

// --- checkpoints ---------------------------------------------------------------------------------

/// Collective, after all ranks have stopped. False: nothing is left, or it shall not go on.
bool Scheduler::Inside::save_what_is_left(const mpi::Failures& failures) {
  auto jobs = pool.take_saved();
  enum : std::size_t { saved, round, signal, stopped, off };
  const int caught = keeper->plan().must_leave() ? mpi::SignalWatch::caught() : 0;
  std::array<std::uint64_t, 5> most{jobs.empty() ? 0U : 1U, courier.save_round(),
                                    static_cast<std::uint64_t>(caught),
                                    courier.has_stopped() ? 1U : 0U, courier.called_off()};
  mpi::check(MPI_Allreduce(MPI_IN_PLACE, most.data(), static_cast<int>(most.size()), MPI_UINT64_T,
                           MPI_MAX, session->comm()),
             "MPI_Allreduce");
  courier.set_save_round(most[round]);
  keeper->set_called_off(most[off]);
  if (most[saved] == 0 || most[stopped] != 0) return false;
  const bool leaves = most[signal] != 0;
  try {
    keeper->save(jobs, failures);
  } catch (const CheckpointError& error) {
    if (leaves) throw;
    if (network.rank() == 0)
      std::fprintf(stderr, "jackdaw: %s; the run goes on, and there is %s\n", error.what(),
                   keeper->description().c_str());
  }
  if (leaves)
    throw Interrupted("interrupted by " + mpi::SignalWatch::name(static_cast<int>(most[signal])) +
                      "; what is left, " + std::to_string(keeper->last_jobs()) + " job(s), is " +
                      keeper->description());
  for (SavedJob& job : jobs) source.hold(job.job, std::move(job.long_payload));
  keeper->plan().put_off(network.now());
  keeper->count_time(network.now() - courier.saving_since_ns());
  return true;
}

void Scheduler::keep(std::string name, std::function<Bytes()> write,
                     std::function<std::function<void()>(std::span<const std::byte>)> read) {
  for (const auto& reducer : inside_->reducers) {
    if (reducer.name == name)
      throw std::invalid_argument("two reducers are kept by the name '" + name + "'");
  }
  inside_->reducers.push_back({std::move(name), std::move(write), std::move(read)});
}

std::optional<Resumption> Scheduler::use_checkpoints(const CheckpointOptions& options) {
  inside_->keeper.emplace(inside_->session->comm(), inside_->kinds, options, inside_->reducers);
  try {
    return inside_->keeper->restore(
        [this](const PackedJob& job, Bytes payload) { hold(job, std::move(payload)); });
  } catch (...) {
    inside_->keeper.reset();
    throw;
  }
}

void Scheduler::request_checkpoint() noexcept {
  if (inside_->keeper) inside_->keeper->plan().ask();
}
void Scheduler::remove_checkpoint() noexcept {
  if (inside_->keeper) inside_->keeper->remove();
}
CheckpointStatistics Scheduler::checkpoint_statistics() const {
  return inside_->keeper ? inside_->keeper->statistics() : CheckpointStatistics{};
}

// --- reports -------------------------------------------------------------------------------------

/// What this rank did.
RankReport Scheduler::Inside::rank_report() const {
  const auto ranks = courier.statistics();
  const auto all = pool.statistics();
  RankReport mine{.workers = all.workers.size(),
                  .jobs_created = all.jobs_created - ranks.jobs_received,
                  .jobs_failed = all.jobs_failed,
                  .jobs_near = ranks.jobs_near,
                  .jobs_far = ranks.jobs_far,
                  .jobs_shown = ranks.jobs_given,
                  .jobs_taken = ranks.jobs_taken,
                  .batches = ranks.steals,
                  .failures = ranks.failures,
                  .bytes = ranks.bytes,
                  .wakes = ranks.wakes};
  const auto add = [](std::uint64_t& sum, std::chrono::nanoseconds time) {
    sum += static_cast<std::uint64_t>(time.count());
  };
  for (const auto& worker : all.workers) {
    mine.jobs_executed += worker.jobs_run;
    mine.jobs_local += worker.jobs_stolen;
    add(mine.working_ns, worker.slices.working);
    add(mine.stealing_ns, worker.slices.stealing);
    add(mine.searching_ns, worker.slices.searching);
    add(mine.asleep_ns, worker.slices.asleep);
  }
  return mine;
}

/// How it fared with others.
std::vector<TheftReport> Scheduler::Inside::thefts() {
  std::vector<TheftReport> mine;
  for (const auto& victim : victims.report(network.now())) {
    mine.push_back({network.rank(), victim.rank, victim.attempts, victim.successes, victim.jobs,
                    victim.cost_ns});
  }
  return mine;
}

Report Scheduler::report() {
  const MPI_Comm comm = inside_->session->comm();
  return {mpi::gather(comm, std::vector{inside_->rank_report()}),
          mpi::gather(comm, inside_->thefts()), inside_->connection.description(),
          inside_->connection.needs_help()};
}

}  // namespace jackdaw
