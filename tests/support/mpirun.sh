#!/usr/bin/env bash
# mpirun.sh <ranks> <seconds> <command>...: mpirun on this host, with more ranks than cores if need
# be, within a time limit, and nothing left behind. JACKDAW_TEST_MPIEXEC names that of another MPI.
set -euo pipefail
ranks=$1 seconds=$2
shift 2
# Other MPIs do not know these.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_hwloc_base_binding_policy=none
# Leaks of MPI's own are not ours.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export LSAN_OPTIONS=suppressions=$here/mpi_leaks.txt:print_suppressions=0
export ASAN_OPTIONS=fast_unwind_on_malloc=0  # MPI has no frame pointers
# mpirun itself would wait for ranks that hang; it ends them when it is told to.
exec timeout --kill-after=5 "$seconds" "${JACKDAW_TEST_MPIEXEC:-mpirun}" -n "$ranks" "$@"
