#!/usr/bin/env bash
# repeat.sh <times> <ranks> <jackdaw>: counts a small tree again and again; each run may take half a
# minute, and must find the same.
set -euo pipefail
times=$1 ranks=$2 jackdaw=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for ((i = 1; i <= times; ++i)); do
  found=$(bash "$here/../support/mpirun.sh" "$ranks" 30 "$jackdaw" uts -t 1 -a 3 -d 5 -b 4 -r 19 --quiet)
  if ! grep -q "^nodes *3987$" <<< "$found"; then
    printf 'run %d of %d found something else:\n%s\n' "$i" "$times" "$found" >&2
    exit 1
  fi
done
echo "$times runs on $ranks ranks: 3987 nodes each"
