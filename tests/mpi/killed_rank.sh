#!/usr/bin/env bash
# killed_rank.sh <jackdaw>: kills one rank in the middle of a search. The job must end, with a
# message, and no process may stay behind.
set -euo pipefail
jackdaw=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$jackdaw" "$scratch/killed"  # a name of its own, to find its processes by

bash "$here/../support/mpirun.sh" 3 60 "$scratch/killed" uts --tree T1XL > "$scratch/out" 2>&1 &
job=$!
for ((i = 0; i < 200; ++i)); do  # until all three are there
  mapfile -t ranks < <(pgrep -f "^$scratch/killed uts" || true)
  [ ${#ranks[@]} -lt 3 ] || break
  sleep 0.1
done
[ ${#ranks[@]} -eq 3 ] || { echo "the ranks did not start" >&2; cat "$scratch/out" >&2; exit 1; }
sleep 1
kill -9 "${ranks[1]}"
status=0
wait "$job" || status=$?
[ "$status" -ne 0 ] || { echo "a killed rank ended the job with status 0" >&2; exit 1; }
[ "$status" -ne 124 ] || { echo "the job went on without its rank" >&2; exit 1; }
grep -q "signal 9" "$scratch/out" || { echo "no word of the kill:" >&2; cat "$scratch/out" >&2; exit 1; }
for ((i = 0; i < 50; ++i)); do
  pgrep -f "^$scratch/killed uts" > /dev/null || break
  sleep 0.1
done
if pgrep -f "^$scratch/killed uts" >&2; then echo "processes stay behind" >&2; exit 1; fi
echo "the job ended with status $status, and nothing is left"
