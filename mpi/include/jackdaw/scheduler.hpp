#pragma once
/// \file
/// A pool on every rank of an MPI job, which share their work.

#include <mpi.h>

#include <cstddef>      // byte, size_t
#include <cstdint>      // uint64_t
#include <cstring>      // memcpy
#include <functional>   // function
#include <memory>       // unique_ptr
#include <optional>     // optional
#include <span>         // as_bytes, span
#include <stdexcept>    // runtime_error
#include <string>       // string
#include <type_traits>  // is_trivially_copyable_v, is_void_v
#include <utility>      // forward, move
#include <vector>       // vector

#include "jackdaw/checkpoint.hpp"  // CheckpointOptions, Interrupted, Resumption
#include "jackdaw/codec.hpp"       // Bytes, Codec
#include "jackdaw/config.hpp"      // Config
#include "jackdaw/packed_job.hpp"  // PackedJob
#include "jackdaw/pool.hpp"        // Pool
#include "jackdaw/reducer.hpp"     // Reducer
#include "jackdaw/report.hpp"      // Report

namespace jackdaw {

/// Thrown by Scheduler::run, on every rank, when jobs threw. All other jobs have run.
class JobsFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thread-safety: all but with_mpi() is for the thread that made it; jobs spawn jobs by their
/// JobContext.
class Scheduler {
 public:
  /// Collective over all ranks of the job; initialises MPI unless the program has. Without mpirun
  /// there is one rank, and everything works the same.
  /// \throws ConfigError         a setting is out of range; or, on every rank, fabric or
  ///                             max_steal_batch differ between ranks
  /// \throws std::runtime_error  MPI will not do it, or the ranks run different programs
  Scheduler(int& argc, char**& argv, const Config& config = Config::from_environment());
  /// Collective over `comm`, which is duplicated. MPI is initialised.
  explicit Scheduler(MPI_Comm comm, const Config& config = Config::from_environment());
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  /// Collective. Finalises MPI if the constructor has initialised it.
  ~Scheduler();

  [[nodiscard]] int rank() const noexcept;
  [[nodiscard]] int size() const noexcept;
  [[nodiscard]] Pool& pool() noexcept;  ///< of this rank
  /// Sentences about the machine and about MPI, mostly none.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept;

  /// Makes a movable job here; it starts in run(), on whichever rank. Function is
  /// Result(JobContext&, const Payload&), and the payload, of any type that jackdaw/codec.hpp or
  /// jackdaw/cereal.hpp can write, is made of `args` in braces.
  /// Options may come before: all travel but the name.
  /// \returns a RemoteFuture of the result, or void if that is void
  /// \throws std::invalid_argument  it should come after other jobs
  template <auto Function, typename... Args>
  requires(!detail::begins_with_options<Args...>) auto submit(Args&&... args)
      -> detail::FutureOf<Function> {
    return submit<Function>(JobOptions{}, std::forward<Args>(args)...);
  }
  template <auto Function, typename... Args>
  auto submit(const JobOptions& options, Args&&... args) -> detail::FutureOf<Function> {
    PackedJob packed{};
    Bytes long_payload;
    if constexpr (std::is_void_v<detail::FutureOf<Function>>) {
      pool().pack<Function>(packed, long_payload, options, std::forward<Args>(args)...);
      hold(packed, std::move(long_payload));
    } else {
      auto future =
          pool().pack<Function>(packed, long_payload, options, std::forward<Args>(args)...);
      hold(packed, std::move(long_payload));
      return future;
    }
  }

  /// Collective: runs all jobs of all ranks, and those that they make, and returns when none is
  /// left anywhere. The calling thread is worker 0 meanwhile. Costs O(log ranks) when it ends.
  /// \throws JobsFailed       on every rank: a job threw
  /// \throws Interrupted      on every rank: a signal came, and what was left is in a checkpoint
  /// \throws CheckpointError  on every rank: the same, but it could not be written
  void run();

  /// Saves the value of a reducer with each checkpoint, and adds it again when a run goes on. To be
  /// called before use_checkpoints, with the same names on every rank; the reducer lives as long as
  /// the scheduler.
  template <typename T, typename Combine>
  void keep(std::string name, Reducer<T, Combine>& reducer);
  /// Collective: from now on run() makes checkpoints. If there is one in the directory already, its
  /// jobs start in run(), and its values are added to the reducers: then submit nothing.
  /// At a checkpoint no job starts; those that run end or yield; movable jobs without a future are
  /// written, and all others run to their end. What has run by then is not run again.
  /// \throws CheckpointError  on every rank: the directory cannot be used; or what is there is
  ///                          damaged, or of something else: then nothing has changed
  std::optional<Resumption> use_checkpoints(const CheckpointOptions& options);
  /// Asks for a checkpoint, after which the run goes on. Thread-safety: any, also in jobs.
  void request_checkpoint() noexcept;
  /// On rank 0, removes the checkpoint, for a program that has stored its results; on the others it
  /// does nothing.
  void remove_checkpoint() noexcept;
  [[nodiscard]] CheckpointStatistics checkpoint_statistics() const;

  /// Calls `function`, which may call MPI, while no other thread of this rank does. For jobs, whose
  /// own MPI calls would meet the scheduler's; before and after run() it is not needed. Other ranks
  /// wait for this one meanwhile, so nothing in it should wait for other jobs. Thread-safety: any
  /// worker's thread, but not inside itself.
  /// \throws std::logic_error  MPI was initialised for one thread (MPI_THREAD_SINGLE or _FUNNELED),
  ///                           and the caller runs on another
  void with_mpi(const std::function<void()>& function);

  /// Collective: the value of a reducer over all ranks. Same on every rank.
  template <typename T, typename Combine>
  [[nodiscard]] T reduce(const Reducer<T, Combine>& reducer);

  /// Collective: what the ranks did, on rank 0; the other ranks get an empty one.
  [[nodiscard]] Report report();

 private:
  struct Inside;
  void hold(PackedJob job, Bytes long_payload);
  void keep(std::string name, std::function<Bytes()> write,
            std::function<std::function<void()>(std::span<const std::byte>)> read);
  /// Collective: `value` becomes what `combine` makes of those of all ranks, in their order; it
  /// puts its result into the second. O(log ranks).
  void reduce(std::span<std::byte> value, void (*combine)(const void*, void*));
  std::unique_ptr<Inside> inside_;
};

template <typename T, typename Combine>
T Scheduler::reduce(const Reducer<T, Combine>& reducer) {
  static_assert(std::is_trivially_copyable_v<T>, "what is reduced over ranks travels as bytes");
  T value = reducer.value();
  reduce(std::as_writable_bytes(std::span(&value, 1)), [](const void* earlier, void* later) {
    T& result = *static_cast<T*>(later);
    result = Combine{}(*static_cast<const T*>(earlier), result);
  });
  return value;
}

template <typename T, typename Combine>
void Scheduler::keep(std::string name, Reducer<T, Combine>& reducer) {
  keep(
      std::move(name),
      [&reducer] {
        Bytes bytes;
        Codec<T>::write(reducer.value(), bytes);
        return bytes;
      },
      [&reducer](std::span<const std::byte> bytes) -> std::function<void()> {
        return [&reducer, value = Codec<T>::read(bytes)] {
          reducer.local() = Combine{}(reducer.local(), value);
        };
      });
}

}  // namespace jackdaw
