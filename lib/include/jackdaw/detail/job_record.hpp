#pragma once
/// \file
/// A job as the scheduler sees it: 40 bytes, followed by the user's closure.

#include <atomic>   // atomic
#include <cassert>  // assert
#include <cstddef>  // size_t
#include <cstdint>  // uint8_t, uint16_t, uint32_t, uint64_t

#include "jackdaw/detail/job_word.hpp"   // JobWord
#include "jackdaw/detail/kind_note.hpp"  // KindNote
#include "jackdaw/job_state.hpp"         // JobState

namespace jackdaw {
class JobContext;
}

namespace jackdaw::detail {

class Engine;
class Worker;
struct JobKind;
struct JobExtra;
struct JobRecord;

/// How a job ended; `failed` and `cancelled` come from exceptions.
using Outcome = JobState;

/// What depends on the type of the closure.
struct JobOps {
  void (*run)(JobRecord&, Worker&) noexcept;  ///< an entry that came from a deque: the whole job
  Outcome (*call)(JobRecord&, JobContext&) noexcept;  ///< of one with handles: calls and
                                                      ///< destroys the closure
  void (*discard)(JobRecord&) noexcept;               ///< destroys a closure that never ran
  void (*drop_result)(JobRecord&) noexcept;           ///< destroys the result of a completed job
  std::uint32_t bytes;                                ///< of the whole record
  std::uint32_t alignment;
  void (*give_up)(JobRecord&, Engine&,
                  const char* why) noexcept;          ///< of one with a future, else null: it will
                                                      ///< never run, and who waits is told
  void (*renew)(JobRecord&, void* closure) noexcept;  ///< of a movable job that has yielded: gives
                                                      ///< it another closure, which is moved from
  KindNote* note;                                     ///< of all jobs of this kind
  const JobKind* kind = nullptr;                      ///< null: it stays in its rank
};

struct JobRecord {
  const JobOps* ops;
  std::uint64_t id;              ///< store it was made in (16 bits), number there from 1 (48 bits)
  std::atomic<JobExtra*> extra;  ///< what few jobs have; null for the others
  JobWord<> word;                ///< state, priority, flags
  std::atomic<std::uint32_t> refs;  ///< of a shared job: its handles, and 1 until it is final and
                                    ///< out of the deques
  std::uint32_t name;               ///< index into the engine's names; 0 is none
  // Relaxed: for reports, which may come at any moment; who has its entry writes.
  std::atomic<std::uint16_t> moves;        ///< how often it was stolen; saturates
  std::atomic<std::uint16_t> stolen_from;  ///< the worker it was stolen from last

  [[nodiscard]] std::size_t store() const noexcept { return id >> 48; }
};
static_assert(sizeof(JobRecord) == 40);

}  // namespace jackdaw::detail
