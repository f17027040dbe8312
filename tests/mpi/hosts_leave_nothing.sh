#!/usr/bin/env bash
# hosts_leave_nothing.sh <hosts.sh>...: however a call of hosts.sh ends, no process of it goes on,
# so none of its namespaces is left either.
set -euo pipefail
hosts=("$@")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$(command -v sleep)" "$scratch/sleeper"  # a name of its own, to find its processes by

sleepers() { pgrep -fc "^$scratch/sleeper" || true; }
wait_for_sleepers() {  # <number>
  local i
  for ((i = 0; i < 200; ++i)); do
    [ "$(sleepers)" -ne "$1" ] || return 0
    sleep 0.1
  done
  echo "$(sleepers) processes on the hosts, and not $1, when $ended" >&2
  exit 1
}
start() {  # <seconds>
  "${hosts[@]}" 2 "$1" "${hosts[@]}" mpirun 2 "$scratch/sleeper" 1000 &
  job=$!
}

"${hosts[@]}" 2 20 true || exit  # with 77, if there are no hosts here
for signal in TERM KILL; do
  ended="killed by SIG$signal"
  start 100
  wait_for_sleepers 2
  kill "-$signal" "$job"
  wait "$job" || true
  wait_for_sleepers 0
done
ended="out of time"
start 3
wait_for_sleepers 2
wait "$job" || true
wait_for_sleepers 0
status=0
"${hosts[@]}" 2 20 sh -c 'exit 5' || status=$?
[ "$status" -eq 5 ] || { echo "a command that ends with 5 gives $status" >&2; exit 1; }
