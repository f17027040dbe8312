#pragma once
/// \file
/// Whether a launcher has started this process as one of several ranks, and by which MPI they would
/// speak: known before that is initialised.

#include <string>  // string

namespace jackdaw::mpi {

/// The ranks that mpirun or srun have started; 0 if none of them has started this process.
/// Knows Open MPI (OMPI_COMM_WORLD_SIZE), MPICH and its kin (PMI_SIZE), and srun (PMIX_RANK or
/// PMI_RANK, with SLURM_NTASKS).
[[nodiscard]] int launched_ranks() noexcept;
/// Which of them this process is; 0 if none of them has started it.
[[nodiscard]] int launched_rank() noexcept;
/// What the MPI library calls itself, without details: "Open MPI v4.1.4".
[[nodiscard]] std::string library();

}  // namespace jackdaw::mpi
