#!/usr/bin/env bash
# demo.sh <jackdaw> <ranks>: all scenes keep their promises, as far as so many ranks can show them;
# 0 ranks: without mpirun. A broken promise is told of, and a scene that does not exist.
set -euo pipefail
jackdaw=$1 ranks=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$(mktemp)
trap 'rm -f "$out"' EXIT

complain() {
  echo "$1:" >&2
  cat "$out" >&2
  exit 1
}
# play <status> <option>...: the status is of the command, or of mpirun, which has ended
play() {
  local expected=$1 status=0
  shift
  if [ "$ranks" -eq 0 ]; then
    "$jackdaw" demo "$@" > "$out" 2>&1 || status=$?
  else
    bash "$here/../support/mpirun.sh" "$ranks" 100 "$jackdaw" demo "$@" > "$out" 2>&1 || status=$?
  fi
  [ "$status" -eq "$expected" ] || complain "status $status instead of $expected, for demo $*"
}

play 0 --list
scenes=$(grep -c . "$out")
[ "$scenes" -ge 12 ] || complain "few scenes"

play 0
! grep BROKEN "$out" || complain "a promise was broken"
skipped=$(grep -c '^skipped: ' "$out") || true
[ "$(grep -c '^kept$' "$out")" -eq $((scenes - skipped)) ] || complain "some scenes do not say kept"
if [ "$ranks" -gt 1 ]; then
  [ "$skipped" -eq 0 ] || complain "scenes were skipped on $ranks ranks"
  grep -q 'rank 0 .*"dig" pending -> stolen' "$out" || complain "no job is seen to leave rank 0"
  grep -q 'rank [1-9] .*"dig" stolen -> pending' "$out" || complain "no job is seen to come"
  grep -q '^transport: ' "$out" || complain "no report of the ranks"
fi
grep -q '"relax" running -> preempted' "$out" || complain "no job is seen to be preempted"
grep -q '"deaf" is .* past its time limit' "$out" || complain "no job is seen to overstay"

# Where nothing may preempt, that promise cannot be kept.
JACKDAW_MAX_PREEMPTION_DEPTH=0 play 1 --scene preemption
grep -q '^BROKEN: expected the critical job to run at the next checkpoint' "$out" ||
  complain "a broken promise is not told of"
grep -q '^jackdaw: promises were broken: preemption$' "$out" || complain "it is not named"

play 2 --scene nonsense
[ "$(grep -c '^jackdaw: there is no scene "nonsense"; choose one of preemption, ' "$out")" -ge 1 ] ||
  complain "the mistake is not explained"
echo "$scenes scenes, $skipped skipped"
