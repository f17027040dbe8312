#include "jackdaw/pool.hpp"

#include <stdexcept>  // logic_error

namespace jackdaw {

// --- handles -------------------------------------------------------------------------------------

JobRef::JobRef(const JobRef& other) noexcept : engine_(other.engine_), record_(other.record_) {
  // Relaxed: a reference is held already.
  if (record_ != nullptr) record_->refs.fetch_add(1, std::memory_order_relaxed);
}
JobRef::~JobRef() {
  if (record_ != nullptr) engine_->drop_reference(*record_);
}

std::uint64_t JobRef::id() const noexcept { return record_->id; }
JobState JobRef::state() const noexcept { return record_->word.state(); }
JobReport JobRef::report() const { return engine_->report_on(*record_); }
void JobRef::wait() const { engine_->wait(*record_); }
bool JobRef::cancel() const noexcept { return engine_->cancel(*record_); }

void JobRef::throw_unless_completed() const {
  const JobState state = record_->word.state();
  if (state == JobState::completed) return;
  if (state == JobState::cancelled) throw Cancelled("the job was cancelled, so it has no result");
  detail::JobExtra& extra = detail::Engine::extra_of(*record_);
  std::exception_ptr error;
  {
    const std::lock_guard hold(extra.mutex);
    error = extra.error;
  }
  std::rethrow_exception(error);
}

// --- inside a job --------------------------------------------------------------------------------

std::stop_token JobContext::stop_token() {
  detail::JobExtra& extra = detail::Engine::extra_of(*record_);  // seq_cst, as is cancel(): one of
  // the two sees the other.
  if (record_->word.stop_requested_in_order()) extra.stop.request_stop();
  return extra.stop.get_token();
}
std::string_view JobContext::name() const { return worker_->engine().name_of(*record_); }
unsigned JobContext::worker() const noexcept { return detail::this_worker->store.index; }

// --- the pool ------------------------------------------------------------------------------------

Pool::Pool(const Config& config) : engine_(new detail::Engine(config)) {}
Pool::~Pool() { engine_->close(); }
void Pool::run_with(WorkSource& source) { engine_->run_with(source); }
void Pool::abandon_futures(std::string_view why) noexcept {
  engine_->replies.fail_all(why, engine_->rank());
}
void Pool::wait() { engine_->wait_until_quiet(); }
unsigned Pool::workers() const noexcept { return static_cast<unsigned>(engine_->workers.size()); }
const std::vector<std::string>& Pool::notes() const noexcept { return engine_->notes; }
std::optional<unsigned> Pool::package() const noexcept { return engine_->package(); }

Statistics Pool::statistics() const {
  Statistics all;
  for (const auto& worker : engine_->workers) all.workers.push_back(worker->statistics());
  all.jobs_finished = engine_->jobs_finished();  // before those created: never more
  all.jobs_created = engine_->jobs_created();
  all.jobs_failed = engine_->failed.load(std::memory_order_relaxed);  // relaxed: statistics
  all.jobs_failed_detached = engine_->failed_detached.load(std::memory_order_relaxed);
  all.jobs_cancelled = engine_->cancelled.load(std::memory_order_relaxed);
  all.jobs_overflowed = engine_->overflowed.load(std::memory_order_relaxed);
  return all;
}

}  // namespace jackdaw
