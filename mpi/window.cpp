#include "window.hpp"

#include <cstring>  // memset

#include "check.hpp"  // check

namespace jackdaw::mpi {
namespace {

constexpr const char* no_window =
    "this transport makes no windows over these ranks; with Open MPI between hosts joined by TCP, "
    "set OMPI_MCA_osc=sm,pt2pt, or leave it to messages (--fabric auto)";

}  // namespace

Window::Window(MPI_Comm over, std::size_t bytes, int unit) {
  MPI_Info info = MPI_INFO_NULL;
  check(MPI_Info_create(&info), "MPI_Info_create");
  MPI_Info_set(info, "accumulate_ops", "same_op_no_op");  // the default, said aloud
  const int code = MPI_Win_allocate(static_cast<MPI_Aint>(bytes), unit, info, over, &base, &handle);
  MPI_Info_free(&info);
  check(code, "MPI_Win_allocate", no_window);
  MPI_Win_set_errhandler(handle, MPI_ERRORS_RETURN);
  std::memset(base, 0, bytes);
  const int locked = MPI_Win_lock_all(MPI_MODE_NOCHECK, handle);
  if (locked != MPI_SUCCESS) MPI_Win_free(&handle);
  check(locked, "MPI_Win_lock_all", no_window);
  MPI_Win_sync(handle);  // the zeros, before anybody looks
}

Window::~Window() {
  MPI_Win_unlock_all(handle);
  MPI_Win_free(&handle);
}

}  // namespace jackdaw::mpi
