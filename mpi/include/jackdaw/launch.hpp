#pragma once
/// \file
/// Whether a launcher has started this process as one of several ranks: known before MPI is, from
/// what launchers leave in the environment.

namespace jackdaw::mpi {

/// The ranks that mpirun or srun have started; 0 if none of them has started this process.
/// Knows Open MPI (OMPI_COMM_WORLD_SIZE), MPICH and its kin (PMI_SIZE), and srun (PMIX_RANK or
/// PMI_RANK, with SLURM_NTASKS).
[[nodiscard]] int launched_ranks() noexcept;
/// Which of them this process is; 0 if none of them has started it.
[[nodiscard]] int launched_rank() noexcept;

}  // namespace jackdaw::mpi
