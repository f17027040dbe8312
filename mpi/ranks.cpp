#include "jackdaw/ranks.hpp"

#include <chrono>  // milliseconds
#include <thread>  // sleep_for

#include "check.hpp"              // check
#include "jackdaw/scheduler.hpp"  // Scheduler
#include "session.hpp"            // Session

namespace jackdaw {

struct Ranks::Inside {
  Inside(int& argc, char**& argv) : session(argc, argv) {
    mpi::check(MPI_Comm_rank(session.comm(), &rank), "MPI_Comm_rank");
    mpi::check(MPI_Comm_size(session.comm(), &size), "MPI_Comm_size");
  }
  mpi::Session session;
  int rank = 0, size = 1;
};

Ranks::Ranks(int& argc, char**& argv) : inside_(std::make_unique<Inside>(argc, argv)) {}
Ranks::~Ranks() = default;

int Ranks::rank() const noexcept { return inside_->rank; }
int Ranks::size() const noexcept { return inside_->size; }
MPI_Comm Ranks::comm() const noexcept { return inside_->session.comm(); }

/// A barrier that does not spin.
void Ranks::meet() {
  MPI_Request all = MPI_REQUEST_NULL;
  mpi::check(MPI_Ibarrier(comm(), &all), "MPI_Ibarrier");
  for (int there = 0;;) {
    mpi::check(MPI_Test(&all, &there, MPI_STATUS_IGNORE), "MPI_Test");
    if (there != 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void Ranks::with_first(int ranks, const Config& config,
                       const std::function<void(Scheduler&)>& work) {
  MPI_Comm some = MPI_COMM_NULL;
  mpi::check(MPI_Comm_split(comm(), rank() < ranks ? 0 : MPI_UNDEFINED, rank(), &some),
             "MPI_Comm_split");
  if (some != MPI_COMM_NULL) {
    {
      Scheduler scheduler(some, config);
      work(scheduler);
    }
    MPI_Comm_free(&some);
  }
  meet();
}

void Ranks::broadcast(int from, std::span<std::byte> bytes) {
  mpi::check(MPI_Bcast(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, from, comm()),
             "MPI_Bcast");
}

void Ranks::alone(const std::function<void()>& work) {
  if (rank() == 0) work();
  meet();
}

}  // namespace jackdaw
