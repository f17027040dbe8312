#!/usr/bin/env bash
# interrupted.sh <jackdaw> <times> <command>...: runs `jackdaw <command> --check` on 1, 2, 3 and 4
# ranks in turn, interrupted so many times at random moments by SIGUSR1 to one rank, after which the
# checkpoint has all that is left; and now and then killed by SIGKILL, one rank or all, after which it
# has what the last periodic one had. Each run must go on from the checkpoint that is there, and the
# count must be the published one.
set -euo pipefail
jackdaw=$1 times=$2 command=("${@:3}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'pkill -9 -f "^$scratch/interrupted" || true; rm -rf "$scratch"' EXIT
cp "$jackdaw" "$scratch/interrupted"  # a name of its own, to find its processes by
kept=$scratch/kept

fail() {
  echo "interrupted.sh: $*" >&2
  cat "$scratch/out" >&2
  exit 1
}
pids() { pgrep -f "^$scratch/interrupted" || true; }
any_pid() { pids | shuf -n 1; }
generation() {  # of the checkpoint that is there; 0: none
  local found=''
  [ ! -e "$kept/manifest" ] || found=$(sed -n 's/^generation //p' "$kept/manifest" 2> /dev/null) || true
  echo "${found:-0}"
}
wait_until() {  # <command>...: true, or the job has ended, or half a minute is over
  local i
  for ((i = 0; i < 1500; ++i)); do
    if "$@" || ! kill -0 "$job" 2> /dev/null; then return; fi
    sleep 0.02
  done
  fail "this did not come about: $*"
}
begun() { if ((from == 0)); then [ -e "$kept/lock" ]; else went_on; fi; }
went_on() { grep -q "going on from generation $from in" "$scratch/out"; }
has_saved() { (($(generation) > from)); }
sleep_a_little() { sleep "$(printf '0.%03d' $((RANDOM % most_ms)))"; }

# Starts the command, or goes on, on so many ranks, and ends it as told.
run() {  # <ranks> <usr1|kill|kill_all|nothing>; sets status, from
  local workers=1
  (($1 > 1)) || workers=2
  from=$(generation)
  bash "$here/../support/mpirun.sh" "$1" 100 "$scratch/interrupted" "${command[@]}" --check \
    --checkpoint "$kept" --checkpoint-every 0.1 --no-pin --workers "$workers" > "$scratch/out" 2>&1 &
  job=$!
  wait_until begun  # the signals are noted, and jobs run
  case $2 in
    usr1)
      sleep_a_little
      kill -USR1 "$(any_pid)" 2> /dev/null || true  # it has ended by itself
      ;;
    kill*)
      wait_until has_saved
      sleep_a_little
      saved=$(generation)
      if [ "$2" = kill ]; then kill -9 "$(any_pid)"; else pkill -9 -f "^$scratch/interrupted"; fi ||
        true
      ;;
  esac
  status=0
  wait "$job" || status=$?
  ((from == 0)) || went_on || fail "generation $from is there, but the run did not go on from it"
}

# All of it. False: it was done before it was interrupted so often.
search() {
  local i ranks ways=(kill usr1 usr1 usr1 usr1 kill_all usr1 usr1 usr1 usr1)
  interruptions=0 kills=0 on=()
  rm -rf "$kept"
  for ((i = 1; interruptions < times; ++i)); do
    ranks=$((i % 4 + 1))
    run "$ranks" "${ways[i % 10]}"
    [ "$status" -ne 0 ] || return 1
    case ${ways[i % 10]} in
      usr1)
        [ "$status" -eq 75 ] || fail "status $status instead of 75"
        grep -q "interrupted by SIGUSR1; what is left, [0-9]* job(s), is generation $(generation) in" \
          "$scratch/out" || fail "it does not say what it has left"
        has_saved || fail "nothing was saved"
        interruptions=$((interruptions + 1)) on[ranks]=$ranks
        ;;
      *)
        [ "$status" -eq 137 ] || fail "status $status instead of 137"
        (($(generation) >= saved && saved > from)) || fail "the last checkpoint is lost"
        kills=$((kills + 1))
        ;;
    esac
  done
}

# On a fast machine it must be interrupted sooner.
for most_ms in 120 60 30 15 0; do
  ((most_ms > 0)) || fail "it is done before it can be interrupted $times times"
  search && break
done
run 4 nothing
[ "$status" -eq 0 ] || fail "status $status at the end"
grep -q "check *passed" "$scratch/out" || fail "the count is wrong"
[ ! -e "$kept/manifest" ] || fail "the checkpoint is still there"
((interruptions == times && kills > 0 && ${#on[@]} == 4)) ||
  fail "interrupted $interruptions times, on ${on[*]} ranks, and killed $kills times"
echo "interrupted $interruptions times, killed $kills times, and the count is exact"
