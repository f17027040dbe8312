#!/usr/bin/env bash
# switches.sh <test>: four ranks of the test, one on each host of support/slurm.sh.
set -euo pipefail
export OMPI_MCA_mpi_yield_when_idle=1
exec srun --nodes=4 --ntasks=4 --mpi=pmix "$1"
