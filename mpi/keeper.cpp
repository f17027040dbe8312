#include "keeper.hpp"

#include <algorithm>  // find_if, none_of
#include <array>      // array
#include <cstdio>     // fprintf
#include <ctime>      // gmtime_r, strftime
#include <random>     // random_device
#include <utility>    // move

#include "broadcast.hpp"  // broadcast
#include "check.hpp"      // check
#include "complaint.hpp"  // first_complaint
#include "gather.hpp"     // gather

namespace jackdaw::mpi {
namespace {

std::int64_t ns_of(std::chrono::milliseconds time) {
  return std::chrono::nanoseconds(time).count();
}

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::uint64_t draw_run() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random();
}

/// What `function` throws, as text; empty: nothing.
template <typename Function>
std::string complaint_of(Function&& function) {
  try {
    function();
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

Keeper::Keeper(MPI_Comm comm, const Kinds& kinds, CheckpointOptions options,
               const std::vector<KeptReducer>& reducers)
    : comm_(comm),
      kinds_(kinds),
      options_(std::move(options)),
      reducers_(reducers),
      plan_({.every_ns = ns_of(options_.every),
             .grace_ns = ns_of(options_.grace),
             .heeds_signals = options_.on_signals,
             .give_up = [this] { give_up(); }}),
      watch_(options_.on_signals) {
  check(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
  throw_if_any(complaint_of([this] { open_directory(); }));
  throw_if_any(complaint_of([this] { expect_to_see_it(); }));
}

void Keeper::throw_if_any(const std::string& mine) const {
  const std::string text = first_complaint(comm_, mine);
  if (!text.empty()) throw CheckpointError(text);
}

void Keeper::open_directory() {
  if (options_.directory.empty())
    throw CheckpointError("the directory for checkpoints has no name");
  if (options_.every.count() < 0 || options_.grace.count() < 0)
    throw CheckpointError("a time between checkpoints, or of grace, is negative");
  if (options_.label.find('\n') != std::string::npos)
    throw CheckpointError("the label of a checkpoint has more than one line");
  if (rank_ != 0) return;
  std::error_code error;
  std::filesystem::create_directories(options_.directory, error);
  if (error)
    throw CheckpointError(options_.directory.string() + ": cannot be made: " + error.message());
  lock_.emplace(options_.directory);
}

/// What rank 0 has just made there.
void Keeper::expect_to_see_it() const {
  std::error_code error;
  if (std::filesystem::exists(options_.directory / "lock", error)) return;
  throw CheckpointError(options_.directory.string() + ": rank " + std::to_string(rank_) +
                        " does not see it as rank 0 does; it must be on a file system that all "
                        "ranks share");
}

// --- reading -------------------------------------------------------------------------------------

/// The same on every rank, or an error on every rank.
std::optional<Manifest> Keeper::read_together() const {
  std::optional<Manifest> manifest;
  throw_if_any(complaint_of([&] {
    manifest = read_manifest(options_.directory);
    manifest ? expect_same_work(*manifest) : expect_none_was_lost();
  }));
  std::string first = manifest ? std::to_string(manifest->run + manifest->generation) : "none";
  const std::string mine = first;
  broadcast(comm_, 0, first);
  throw_if_any(mine == first ? ""
                             : options_.directory.string() + ": rank " + std::to_string(rank_) +
                                   " sees another checkpoint there than rank 0, or none; it must "
                                   "be on a file system that all ranks share");
  return manifest;
}

void Keeper::expect_same_work(const Manifest& manifest) const {
  if (manifest.label == options_.label) return;
  throw CheckpointError(manifest_path(options_.directory), manifest.label_at,
                        "it is a checkpoint of '" + manifest.label + "', and this is '" +
                            options_.label + "'; give this run another directory");
}

/// Whole files without a manifest may be those of a first checkpoint that a kill has cut short.
void Keeper::expect_none_was_lost() const {
  if (!lock_ || !lock_->says_checkpoint()) return;
  const auto file = any_rank_file(options_.directory);
  if (file.empty()) return;
  throw CheckpointError(manifest_path(options_.directory), 0,
                        "the file is missing, but there was a checkpoint here, and " +
                            file.filename().string() +
                            " may be of it; put the manifest back, or remove all to begin anew");
}

/// What adds them to the reducers.
std::vector<std::function<void()>> Keeper::read_values(const std::filesystem::path& path,
                                                       const RankContents& contents) const {
  const auto has_name = [](const std::string& name) {
    return [&name](const auto& named) { return named.name == name; };
  };
  for (const KeptValue& value : contents.values) {
    if (std::none_of(reducers_.begin(), reducers_.end(), has_name(value.name)))
      throw CheckpointError(path, value.at,
                            "it has a reducer '" + value.name + "', which this program has not");
  }
  std::vector<std::function<void()>> additions;
  for (const KeptReducer& reducer : reducers_) {
    const auto& values = contents.values;
    const auto found = std::find_if(values.begin(), values.end(), has_name(reducer.name));
    if (found == values.end())
      throw CheckpointError(path, contents.values_at, "it has no reducer '" + reducer.name + "'");
    try {
      additions.push_back(reducer.read(found->bytes));
    } catch (const std::exception& error) {
      throw CheckpointError(
          path, found->at,
          "the value of the reducer '" + reducer.name + "' cannot be read: " + error.what());
    }
  }
  return additions;
}

std::optional<Resumption> Keeper::restore(
    const std::function<void(const PackedJob&, Bytes)>& hold) {
  const auto manifest = read_together();
  if (!manifest) {
    run_ = draw_run();
    check(MPI_Bcast(&run_, 1, MPI_UINT64_T, 0, comm_), "MPI_Bcast");
    return {};
  }
  std::vector<std::function<void()>> additions;
  std::vector<SavedJob> jobs;
  const auto files = static_cast<std::uint32_t>(manifest->files.size());
  throw_if_any(complaint_of([&] {
    for (auto file = static_cast<std::uint32_t>(rank_); file < files;
         file += static_cast<std::uint32_t>(size_)) {
      const auto path = options_.directory / rank_file_name(manifest->generation, file);
      auto contents = read_rank_file(path, {manifest->run, manifest->generation, file, files},
                                     manifest->files[file],
                                     [this](std::uint64_t id) { return kinds_.find(id); });
      for (auto& addition : read_values(path, contents)) additions.push_back(std::move(addition));
      for (SavedJob& job : contents.jobs) jobs.push_back(std::move(job));
    }
  }));
  for (const auto& add : additions) add();
  for (SavedJob& saved : jobs) hold(saved.job, std::move(saved.long_payload));
  if (lock_) lock_->note_checkpoint(true);  // a kill may have come before that
  run_ = manifest->run;
  generation_ = tried_ = manifest->generation;
  seconds_before_ = manifest->seconds;
  failures_before_ = {manifest->failed, 0, manifest->first_failure};
  return Resumption{generation_, manifest->jobs(), files, manifest->seconds, manifest->written};
}

// --- running -------------------------------------------------------------------------------------

void Keeper::begin_run() {
  plan_.put_off(std::chrono::nanoseconds(Clock::now().time_since_epoch()).count());
}

double Keeper::seconds_so_far() const {
  return seconds_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
}

std::string Keeper::description() const {
  const std::string where = " in " + options_.directory.string();
  if (generation_ == 0) return "no checkpoint" + where;
  return "generation " + std::to_string(generation_) + where;
}

/// On the first rank, by whoever is the courier.
void Keeper::give_up() const {
  std::fprintf(
      stderr,
      "jackdaw: the jobs that run have not ended within the grace time of %lld ms, so what "
      "they leave cannot be saved; there is %s\n",
      static_cast<long long>(options_.grace.count()), description().c_str());
  MPI_Abort(comm_, Interrupted::exit_status);
}

// --- writing -------------------------------------------------------------------------------------

/// Files of other hosts may be elsewhere, under the same name.
void Keeper::expect_files(const Manifest& manifest) const {
  for (std::uint32_t file = 0; file < manifest.files.size(); ++file) {
    const auto path = options_.directory / rank_file_name(manifest.generation, file);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (!error && bytes == manifest.files[file].bytes) continue;
    throw CheckpointError(path.string() + ": rank " + std::to_string(file) +
                          " has written it, but rank 0 does not see it; the directory must be on a "
                          "file system that all ranks share");
  }
}

/// One that has failed has used its number up: if it failed after the manifest was renamed, that
/// names its files, and the next one must not touch them.
void Keeper::save(const std::vector<SavedJob>& jobs, const Failures& failures) {
  const auto generation = ++tried_;
  const auto rank = static_cast<std::uint32_t>(rank_);
  const auto path = options_.directory / rank_file_name(generation, rank);
  RankContents contents;
  contents.jobs = jobs;
  FileSummary summary;
  throw_if_any(complaint_of([&] {
    for (const KeptReducer& reducer : reducers_)
      contents.values.push_back({.name = reducer.name, .bytes = reducer.write()});
    summary = write_rank_file(path, {run_, generation, rank, static_cast<std::uint32_t>(size_)},
                              contents);
  }));
  Manifest manifest{.run = run_,
                    .generation = generation,
                    .label = options_.label,
                    .written = time_now(),
                    .seconds = seconds_so_far(),
                    .failed = failures.jobs,
                    .first_failure = failures.first,
                    .files = gather(comm_, std::vector{summary})};
  throw_if_any(rank_ != 0 ? "" : complaint_of([&] {
    expect_files(manifest);
    publish(options_.directory, manifest);
    lock_->note_checkpoint(true);
  }));
  generation_ = generation;
  std::array<std::uint64_t, 2> sums{summary.bytes, summary.jobs};
  check(MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_UINT64_T, MPI_SUM, comm_), "MPI_Allreduce");
  ++statistics_.made;
  last_jobs_ = sums[1];
  statistics_.bytes += sums[0];
  statistics_.jobs += sums[1];
}

void Keeper::count_time(std::int64_t ns) {
  check(MPI_Allreduce(MPI_IN_PLACE, &ns, 1, MPI_INT64_T, MPI_MAX, comm_), "MPI_Allreduce");
  statistics_.seconds += static_cast<double>(ns) * 1e-9;
}

void Keeper::remove() noexcept {
  if (rank_ != 0) return;
  lock_->note_checkpoint(false);
  remove_others(options_.directory, nullptr);
}

}  // namespace jackdaw::mpi
