#!/usr/bin/env bash
# interrupted.sh <jackdaw> <tree> <times>: searches a tree on 1, 2, 3 and 4 ranks in turn, interrupted
# at random moments: by SIGUSR1, after which the checkpoint has all that is left, and each fifth time
# by SIGKILL, after which it has what the last one had. The count must be the published one.
set -euo pipefail
jackdaw=$1 tree=$2 times=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'pkill -9 -f "^$scratch/interrupted" || true; rm -rf "$scratch"' EXIT
cp "$jackdaw" "$scratch/interrupted"  # a name of its own, to find its processes by

fail() {
  echo "interrupted.sh: $*" >&2
  cat "$scratch/out" >&2
  exit 1
}

interruptions=0 kills=0
for ((run = 1; run <= 4 * times; ++run)); do
  ranks=$((run % 4 + 1))
  bash "$here/../support/mpirun.sh" "$ranks" 100 "$scratch/interrupted" uts --tree "$tree" --check \
    --checkpoint "$scratch/kept" --checkpoint-every 0.3 --no-pin > "$scratch/out" 2>&1 &
  job=$!
  if ((interruptions < times)); then
    for ((i = 0; i < 500; ++i)); do  # until it notes signals
      if [ -e "$scratch/kept/lock" ] && pgrep -f "^$scratch/interrupted" > /dev/null; then break; fi
      sleep 0.02
    done
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    if ((run % 5 == 0)); then
      pkill -9 -f "^$scratch/interrupted" || true
    else
      # Any of the ranks will do.
      mapfile -t pids < <(pgrep -f "^$scratch/interrupted" || true)
      [ ${#pids[@]} -eq 0 ] || kill -USR1 "${pids[RANDOM % ${#pids[@]}]}" 2> /dev/null || true
    fi
  fi
  status=0
  wait $job || status=$?
  case "$status" in
    0) break ;;
    75)
      grep -q "interrupted by SIGUSR1" "$scratch/out" || fail "status 75 without a word"
      interruptions=$((interruptions + 1))
      ;;
    137 | 138) kills=$((kills + 1)) ;;  # also by a signal that came before main
    *) fail "status $status" ;;
  esac
done
[ "$status" -eq 0 ] || fail "no end after $((4 * times)) runs"
grep -q "check *passed" "$scratch/out" || fail "the count is wrong"
[ ! -e "$scratch/kept/manifest" ] || fail "the checkpoint is still there"
((interruptions > 0)) || fail "it was never interrupted"
echo "interrupted $interruptions times, killed $kills times, and the count is exact"
