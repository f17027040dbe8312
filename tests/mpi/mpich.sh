#!/usr/bin/env bash
# mpich.sh <source> <build> <argument of cmake>...: builds the scheduler and its test with MPICH,
# and runs that on 2 and on 4 ranks. Ends with 77, and says why, where MPICH is not installed.
set -euo pipefail
source=$1 build=$2
shift 2
for tool in mpicxx.mpich mpiexec.mpich; do
  command -v "$tool" > /dev/null || {
    echo "there is no $tool; Debian's packages mpich and libmpich-dev have it" >&2
    exit 77
  }
done
cmake -S "$source" -B "$build" "$@" -DJACKDAW_BUILD_APPS=OFF -DMPI_EXECUTABLE_SUFFIX=.mpich \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1
cmake --build "$build" --target mpi_scheduler_test
ctest --test-dir "$build" --output-on-failure --no-tests=error --tests-regex '^mpi/scheduler@[24]'
