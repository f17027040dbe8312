#!/usr/bin/env bash
# leaves_nothing.sh <slurm.sh>...: however a call of slurm.sh ends, no daemon of it goes on, and no
# command that it has started.
set -euo pipefail
slurm=("$@")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 711 "$scratch"                     # for the user of munge
export TMPDIR=$scratch                   # so that the daemons have its name in their command lines
cp "$(command -v sleep)" "$scratch/sleeper"

count() { pgrep -fc "$1.*$scratch" || true; }
fail() {
  echo "leaves_nothing.sh: when $ended: $*" >&2
  pgrep -fa "$scratch" >&2 || true
  exit 1
}
wait_for_sleepers() {  # <number>
  local i
  for ((i = 0; i < 600; ++i)); do
    [ "$(pgrep -fc "^$scratch/sleeper" || true)" -ne "$1" ] || return 0
    sleep 0.1
  done
  fail "there are not $1 commands on the hosts"
}
start() {  # <seconds>
  "${slurm[@]}" 2 "$1" "$scratch/sleeper" 1000 &
  job=$!
  wait_for_sleepers 1
  [ "$(count slurmctld) $(count 'slurmd ') $(count munged)" = "1 2 1" ] || fail "not all daemons run"
}
expect_nothing() {
  local i
  wait_for_sleepers 0
  for ((i = 0; i < 100; ++i)); do
    [ "$(count slurmctld) $(count 'slurmd ') $(count munged)" != "0 0 0" ] || return 0
    sleep 0.1
  done
  fail "daemons go on"
}

"${slurm[@]}" 2 60 true || exit  # with 77, if there is no Slurm here
for signal in TERM KILL; do
  ended="killed by SIG$signal"
  start 100
  kill "-$signal" "$job"
  wait "$job" || true
  expect_nothing
done
ended="out of time"
start 10
wait "$job" || true
expect_nothing
ended="told to end with 5"
status=0
"${slurm[@]}" 2 60 sh -c 'exit 5' || status=$?
[ "$status" -eq 5 ] || fail "the status is $status"
expect_nothing
echo "however it ended, nothing was left"
