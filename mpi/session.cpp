#include "session.hpp"

#include <sched.h>   // sched_getaffinity
#include <stdlib.h>  // getenv, setenv

#include "check.hpp"  // check

namespace jackdaw::mpi {
namespace {

int number_in(const char* variable) {
  const char* text = getenv(variable);
  return text == nullptr ? 0 : std::atoi(text);
}

/// What must be said to Open MPI before it starts, unless the user or the site has said something.
void prepare_open_mpi() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  const int local = number_in("OMPI_COMM_WORLD_LOCAL_SIZE");
  // A rank that waits must let others of its host run, or each message takes a time slice.
  if (sched_getaffinity(0, sizeof cpus, &cpus) == 0 && local > CPU_COUNT(&cpus))
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
}

}  // namespace

Session::Session(int& argc, char**& argv) {
  int initialised = 0;
  MPI_Initialized(&initialised);
  if (initialised == 0) {
    prepare_open_mpi();
    check(MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level_), "MPI_Init_thread");
    ours_ = true;
  }
  duplicate(MPI_COMM_WORLD);
}

Session::Session(MPI_Comm comm) { duplicate(comm); }

void Session::duplicate(MPI_Comm comm) {
  check(MPI_Query_thread(&level_), "MPI_Query_thread");
  check(MPI_Comm_dup(comm, &comm_), "MPI_Comm_dup");
  check(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Session::~Session() {
  MPI_Comm_free(&comm_);
  if (ours_) MPI_Finalize();
}

}  // namespace jackdaw::mpi
