#!/usr/bin/env bash
# tracer.sh <tracer>: the example finds the same patches and, to 9 digits, the same mass on 1, 2 and 4
# ranks, on WorkStealing and on Serial; patches move to other ranks or not.
set -euo pipefail
tracer=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

expected=$("$tracer" serial 5)
echo "alone, on Serial: $expected"
grep -Eq '^[0-9]+ patches, down to level 5; mass 0\.0235[0-9]{5}$' <<< "$expected"
for ranks in 1 2 4; do
  for space in serial work_stealing; do
    found=$(JACKDAW_WORKERS=2 bash "$here/../support/mpirun.sh" "$ranks" 60 "$tracer" "$space" 5)
    if [ "$found" != "$expected" ]; then
      echo "$ranks ranks on $space: $found" >&2
      exit 1
    fi
  done
done
status=0
"$tracer" openmp > /dev/null 2>&1 || status=$?
[ "$status" -eq 2 ]
