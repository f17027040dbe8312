#include "jackdaw/launch.hpp"

#include <cstdlib>           // atoi, getenv
#include <initializer_list>  // initializer_list

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

}  // namespace jackdaw::mpi
