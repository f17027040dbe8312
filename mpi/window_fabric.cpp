#include "window_fabric.hpp"

#include <chrono>   // steady_clock
#include <cstring>  // memset

#include "check.hpp"  // check

namespace jackdaw::mpi {
namespace {

constexpr const char* no_window =
    "this transport makes no windows over these ranks; with Open MPI between hosts joined by TCP, "
    "set OMPI_MCA_osc=sm,pt2pt";

MPI_Win make_window(MPI_Comm comm, std::size_t bytes, int unit, void** base) {
  MPI_Info info = MPI_INFO_NULL;
  check(MPI_Info_create(&info), "MPI_Info_create");
  MPI_Info_set(info, "accumulate_ops", "same_op_no_op");  // the default, said aloud
  MPI_Win window = MPI_WIN_NULL;
  const int code = MPI_Win_allocate(static_cast<MPI_Aint>(bytes), unit, info, comm, base, &window);
  MPI_Info_free(&info);
  check(code, "MPI_Win_allocate", no_window);
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  std::memset(*base, 0, bytes);
  return window;
}

}  // namespace

WindowFabric::WindowFabric(MPI_Comm comm, std::size_t data_bytes) : comm_(comm) {
  check(MPI_Comm_rank(comm, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size_), "MPI_Comm_size");
  void* base = nullptr;
  constexpr std::size_t word = sizeof(std::uint64_t);
  control_ = make_window(comm, Word::count * word, word, &base);
  memory_ = make_window(comm, data_bytes, 1, &base);
  data_ = {static_cast<std::byte*>(base), data_bytes};
  check(MPI_Win_lock_all(MPI_MODE_NOCHECK, control_), "MPI_Win_lock_all");
  check(MPI_Win_lock_all(MPI_MODE_NOCHECK, memory_), "MPI_Win_lock_all");
  MPI_Win_sync(control_);  // the zeros, before anybody looks
  MPI_Win_sync(memory_);
  check(MPI_Barrier(comm), "MPI_Barrier");
}

WindowFabric::~WindowFabric() {
  if (memory_ != MPI_WIN_NULL) {
    MPI_Win_unlock_all(memory_);
    MPI_Win_free(&memory_);
  }
  if (control_ != MPI_WIN_NULL) {
    MPI_Win_unlock_all(control_);
    MPI_Win_free(&control_);
  }
}

std::uint64_t WindowFabric::fetch(int rank, Word word, std::uint64_t summand, MPI_Op operation) {
  std::uint64_t old = 0;
  check(MPI_Fetch_and_op(&summand, &old, MPI_UINT64_T, rank, static_cast<MPI_Aint>(word.index),
                         operation, control_),
        "MPI_Fetch_and_op");
  check(MPI_Win_flush(rank, control_), "MPI_Win_flush");
  return old;
}

std::uint64_t WindowFabric::fetch_add(int rank, Word word, std::uint64_t summand) {
  return fetch(rank, word, summand, MPI_SUM);
}
std::uint64_t WindowFabric::read(int rank, Word word) { return fetch(rank, word, 0, MPI_NO_OP); }

void WindowFabric::add(int rank, Word word, std::uint64_t summand) {
  summand_ = summand;
  check(MPI_Accumulate(&summand_, 1, MPI_UINT64_T, rank, static_cast<MPI_Aint>(word.index), 1,
                       MPI_UINT64_T, MPI_SUM, control_),
        "MPI_Accumulate");
  // Only until summand_ may be used again: its arrival is not waited for.
  check(MPI_Win_flush_local(rank, control_), "MPI_Win_flush_local");
}

void WindowFabric::get(int rank, std::size_t offset, std::span<std::byte> room) {
  const int bytes = static_cast<int>(room.size());
  check(MPI_Get(room.data(), bytes, MPI_BYTE, rank, static_cast<MPI_Aint>(offset), bytes, MPI_BYTE,
                memory_),
        "MPI_Get");
  check(MPI_Win_flush(rank, memory_), "MPI_Win_flush");
}

void WindowFabric::publish() { check(MPI_Win_sync(memory_), "MPI_Win_sync"); }

void WindowFabric::begin_sum(const Totals& mine) {
  sum_in_ = {mine.created, mine.finished};
  check(MPI_Iallreduce(sum_in_.data(), sum_out_.data(), 2, MPI_UINT64_T, MPI_SUM, comm_, &sum_),
        "MPI_Iallreduce");
}

bool WindowFabric::end_sum(Totals& all) {
  int there = 0;
  check(MPI_Test(&sum_, &there, MPI_STATUS_IGNORE), "MPI_Test");
  if (there != 0) all = {sum_out_[0], sum_out_[1]};
  return there != 0;
}

std::int64_t WindowFabric::now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace jackdaw::mpi
