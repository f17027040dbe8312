#pragma once
/// \file
/// The door through which an idle pool asks elsewhere for work. The pool knows these interfaces
/// alone; who has more ranks implements the source. Programs use jackdaw/scheduler.hpp instead.

#include <chrono>   // nanoseconds
#include <cstddef>  // size_t
#include <cstdint>  // uint64_t
#include <span>     // span

#include "jackdaw/codec.hpp"       // Bytes
#include "jackdaw/movable.hpp"     // JobKind
#include "jackdaw/packed_job.hpp"  // PackedJob, Reply

namespace jackdaw {

/// Where long payloads of jobs that are given away wait until whoever took the job asks for them.
class Parcels {
 public:
  Parcels() = default;
  Parcels(const Parcels&) = delete;
  Parcels& operator=(const Parcels&) = delete;
  virtual ~Parcels() = default;
  /// Keeps a payload of a job. If it throws, the job is not given away.
  /// \returns the number that the job bears as PackedJob::parcel
  virtual std::uint64_t keep(Bytes bytes) = 0;
};

/// A pool, as a source sees it from the worker that has called.
class PoolDoor {
 public:
  PoolDoor() = default;
  PoolDoor(const PoolDoor&) = delete;
  PoolDoor& operator=(const PoolDoor&) = delete;
  virtual ~PoolDoor() = default;

  [[nodiscard]] virtual unsigned worker() const noexcept = 0;
  /// Packs jobs for another rank: half of what the worker has of the most urgent class, the oldest
  /// first, at most `room`, and no more once their long payloads have 1 MiB together. They are then
  /// finished, as far as this pool is concerned. A job whose payload cannot be written stays.
  [[nodiscard]] virtual std::size_t give_away(std::span<PackedJob> room,
                                              Parcels& parcels) noexcept = 0;
  /// Makes a job again that another rank has packed, for the worker.
  /// \param payload  PackedJob::inline_payload(), or the bytes of its parcel
  /// \throws std::runtime_error  it cannot be read; says of which kind it is, and why
  virtual void receive(const PackedJob& packed, const detail::JobKind& kind,
                       std::span<const std::byte> payload) = 0;
  /// Until the end of Pool::run_with, jobs that have not started are cancelled instead.
  virtual void stop() noexcept = 0;
  /// Until the end of Pool::run_with, movable jobs that have not started, and for whose future
  /// nobody waits, are set aside instead: they count as finished, and Pool::take_saved has them.
  virtual void save() noexcept = 0;
  /// Not any more: what was set aside is queued again.
  virtual void resume() noexcept = 0;
  /// A job has ended elsewhere that answers a future of this pool.
  /// \param bytes  its result, or, if it failed, what it threw
  /// \throws std::runtime_error  there never was such a future here
  virtual void deliver(std::uint64_t reply, bool failed, int from_rank,
                       std::span<const std::byte> bytes) = 0;
  /// A job that answers a future of this pool has come to that rank.
  virtual void locate(std::uint64_t reply, int holder) noexcept = 0;
  /// Whoever waits on that rank for its future `reply`, wants the job for it to be at least of this
  /// class; priority_count: nobody does any more. The job may have moved on, or ended.
  virtual void raise(int rank, std::uint64_t reply, unsigned job_class) noexcept = 0;
  /// No job is queued or runs in the pool.
  [[nodiscard]] virtual bool is_quiet() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t jobs_created() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t jobs_finished() const noexcept = 0;
};

/// Thread-safety: any worker calls, at any time while Pool::run_with runs.
class WorkSource {
 public:
  WorkSource() = default;
  WorkSource(const WorkSource&) = delete;
  WorkSource& operator=(const WorkSource&) = delete;
  virtual ~WorkSource() = default;

  /// A worker without work asks, again and again. Never blocks longer than one attempt.
  /// \returns true if the door has received jobs
  virtual bool fetch(PoolDoor& door) noexcept = 0;
  /// A busy worker comes by, between two jobs. \returns after how many jobs it should come again
  virtual unsigned serve(PoolDoor& door) noexcept = 0;
  /// A thread that is no worker comes by, in case all workers are deep in long jobs; every
  /// attendance_interval(), if that is not zero.
  virtual void attend(PoolDoor& door) noexcept = 0;
  [[nodiscard]] virtual std::chrono::nanoseconds attendance_interval() const noexcept = 0;
  /// A job has thrown, and nobody has a handle on it.
  virtual void hear_of_failure() noexcept = 0;
  /// The answer of a job that ended here, for another rank. Whoever runs jobs calls, at any time;
  /// the job does not count as finished before.
  virtual void send_reply(const Reply& to, bool failed, Bytes bytes) noexcept = 0;
  /// A job for a future of another rank has come here: that rank's PoolDoor::locate.
  virtual void send_place(const Reply& to) noexcept = 0;
  /// For the job that answers the future `to.number` of this rank, and is on rank `to.rank`: that
  /// rank's PoolDoor::raise.
  virtual void send_wish(const Reply& to, unsigned job_class) noexcept = 0;
  /// A job that somebody waits for may be among those that are shown to other ranks: they should
  /// come back, soon, if nobody has taken them.
  virtual void take_back() noexcept = 0;
  /// Of this process.
  [[nodiscard]] virtual int rank() const noexcept = 0;
  /// True once there is no work anywhere, and there never will be.
  [[nodiscard]] virtual bool is_done() const noexcept = 0;
};

}  // namespace jackdaw
