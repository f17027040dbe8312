#include "jackdaw/launch.hpp"

#include <mpi.h>

#include <algorithm>         // min, replace
#include <array>             // array
#include <cstdlib>           // atoi, getenv
#include <initializer_list>  // initializer_list

#include "check.hpp"  // check

namespace jackdaw::mpi {

int launched_ranks() noexcept {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    if (const char* text = std::getenv(variable)) return std::atoi(text);
  }
  if (std::getenv("PMIX_RANK") == nullptr && std::getenv("PMI_RANK") == nullptr) return 0;
  const char* tasks = std::getenv("SLURM_NTASKS");
  return tasks == nullptr ? 1 : std::atoi(tasks);
}

int launched_rank() noexcept {
  for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}) {
    if (const char* text = std::getenv(variable)) return std::atoi(text);
  }
  return 0;
}

std::string library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check(MPI_Get_library_version(text.data(), &length),
        "MPI_Get_library_version");  // before init, too
  std::string name(text.data());
  name.resize(std::min(name.find_first_of(",\n"), name.size()));
  std::replace(name.begin(), name.end(), '\t', ' ');
  return name;
}

}  // namespace jackdaw::mpi
