#!/usr/bin/env bash
# stuck.sh <stuck_program>: a job does not end within the grace time after SIGUSR1. The ranks must leave
# with status 75, say why, and leave the last periodic checkpoint, from which the next run goes on.
set -euo pipefail
program=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "stuck.sh: $*" >&2
  cat "$scratch/out" >&2
  exit 1
}
start() { bash "$here/../support/mpirun.sh" 2 60 "$program" "$scratch/kept" > "$scratch/out" 2>&1 & }

start
job=$!
for ((i = 0; i < 1000; ++i)); do
  ! grep -q "a job is stuck" "$scratch/out" || break
  sleep 0.05
done
pkill -USR1 -P "$job" || fail "there is no mpirun"  # which hands it on; $job is its time limit
status=0
wait "$job" || status=$?
[ "$status" -eq 75 ] || fail "status $status instead of 75"
grep -q "have not ended within the grace time of 300 ms.*; there is generation [0-9]* in" "$scratch/out" ||
  fail "it does not say why"
[ -e "$scratch/kept/manifest" ] || fail "the last checkpoint is gone"

start
wait $! || fail "the next run ends with status $?"
grep -q "counted 100000 of 100000" "$scratch/out" || fail "the count is wrong"
echo "the ranks left with 75, and the last checkpoint counted"
