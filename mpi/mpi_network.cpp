#include "mpi_network.hpp"

#include <sched.h>  // sched_yield

#include <chrono>     // steady_clock
#include <limits>     // numeric_limits
#include <stdexcept>  // length_error

#include "check.hpp"  // check

namespace jackdaw::mpi {

MpiNetwork::MpiNetwork(MPI_Comm comm) : comm_(comm) {
  check(MPI_Comm_rank(comm, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size_), "MPI_Comm_size");
}

MpiNetwork::~MpiNetwork() {
  for (Sent& letter : sent_) MPI_Wait(&letter.request, MPI_STATUS_IGNORE);
}

void MpiNetwork::send(int to, Mail about, std::span<const std::byte> body) {
  if (body.size() > std::size_t{std::numeric_limits<int>::max()})
    throw std::length_error("MPI sends 2 GiB in one message at most");
  forget_sent();
  sent_.push_back({MPI_REQUEST_NULL, {body.begin(), body.end()}});
  Sent& letter = sent_.back();
  check(MPI_Isend(letter.body.data(), static_cast<int>(letter.body.size()), MPI_BYTE, to,
                  static_cast<int>(about), comm_, &letter.request),
        "MPI_Isend");
}

void MpiNetwork::forget_sent() {
  for (auto letter = sent_.begin(); letter != sent_.end();) {
    int gone = 0;
    check(MPI_Test(&letter->request, &gone, MPI_STATUS_IGNORE), "MPI_Test");
    letter = gone != 0 ? sent_.erase(letter) : std::next(letter);
  }
}

bool MpiNetwork::receive(Letter& letter) {
  if (!sent_.empty()) forget_sent();
  int there = 0;
  MPI_Status status;
  check(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm_, &there, &status), "MPI_Iprobe");
  if (there == 0) return false;
  int bytes = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
  letter.from = status.MPI_SOURCE;
  letter.about = static_cast<Mail>(status.MPI_TAG);
  letter.body.resize(static_cast<std::size_t>(bytes));
  // One caller at a time: what was probed is what comes.
  check(MPI_Recv(letter.body.data(), bytes, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, comm_,
                 MPI_STATUS_IGNORE),
        "MPI_Recv");
  return true;
}

void MpiNetwork::relax() { sched_yield(); }

void MpiNetwork::begin_sum(const Totals& mine) {
  sum_in_ = {mine.created, mine.finished};
  check(MPI_Iallreduce(sum_in_.data(), sum_out_.data(), 2, MPI_UINT64_T, MPI_SUM, comm_, &sum_),
        "MPI_Iallreduce");
}

bool MpiNetwork::end_sum(Totals& all) {
  int there = 0;
  check(MPI_Test(&sum_, &there, MPI_STATUS_IGNORE), "MPI_Test");
  if (there != 0) all = {sum_out_[0], sum_out_[1]};
  return there != 0;
}

std::int64_t MpiNetwork::now() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace jackdaw::mpi
