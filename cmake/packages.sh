#!/usr/bin/env bash
# The packages that Jackdaw is built and tested with, as Debian and Ubuntu name them: the one list.
#   bash cmake/packages.sh             installs what is missing to build it and run its tests
#   bash cmake/packages.sh --all       and what tests/run.sh --all needs beside that
#   bash cmake/packages.sh [--all] --list   prints the names and installs nothing
# Asks for root only if a package is missing.
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config git         # tools
  libhwloc-dev                                         # topology
  libcereal-dev                                        # lib: jackdaw/cereal.hpp alone
  libtrilinos-kokkos-dev                               # lib: jackdaw/kokkos alone
  libcli11-dev libfmt-dev nlohmann-json3-dev libtbb-dev  # apps; oneTBB to compare with
  libpng-dev                                           # apps: a picture of bench kokkos
  libopenmpi-dev openmpi-bin libxxhash-dev             # mpi
  libgtest-dev procps)                                 # tests
# iproute2 joins the hosts that tests simulate. MPICH stands beside Open MPI, which stays what
# mpirun and mpicxx mean: among Debian's alternatives it has the higher priority.
only_all=(clang libclang-rt-dev shellcheck iproute2 mpich libmpich-dev slurm-wlm munge)

list=false
for argument in "$@"; do
  case $argument in
    --all) packages+=("${only_all[@]}") ;;
    --list) list=true ;;
    *) echo "packages.sh: $argument is no option; there are --all and --list" >&2; exit 2 ;;
  esac
done
if $list; then
  printf '%s\n' "${packages[@]}"
  exit
fi

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  echo "packages.sh: no Debian or Ubuntu here, so nothing was installed. Debian calls what is" \
    "needed: ${packages[*]}" >&2
  exit
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null) || status=none
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo > /dev/null || { [ ! -t 0 ] && ! sudo -n true 2> /dev/null; }; then
    echo "packages.sh: packages are missing, and only root can install them. As root, or through" \
      "an administrator: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}"
# A stale or empty list of packages is the usual reason why none is found; a part of the update may
# fail without harm.
"${as_root[@]}" apt-get -q update || echo "packages.sh: apt-get update failed; trying nevertheless" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
  -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install "${missing[@]}" < /dev/null
