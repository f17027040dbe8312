#!/usr/bin/env bash
# checkpoint_script.sh: what slurm/checkpoint.sbatch does with signals at any moment, and with each way in
# which the ranks may end, without a Slurm: the ranks, and scontrol, are functions of this script.
# shellcheck disable=SC2016  # what stands in quotes, others run
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/slurm" "$scratch/bin" "$scratch/kept"
export SLURM_JOB_ID=7 SLURM_SUBMIT_DIR=$scratch JACKDAW=/bin/true CHECKPOINT=$scratch/kept
export PATH=$scratch/bin:$PATH

put() {  # <file>: a command that does what standard input says
  { echo '#!/usr/bin/env bash'; cat; } > "$scratch/$1"
  chmod +x "$scratch/$1"
}
put bin/scontrol << 'E2'
[ "$1" = show ] || { echo "$*" >> "$SLURM_SUBMIT_DIR/requeued"; exit; }
echo "   JobState=${STATE:-RUNNING} Reason=None Dependency=(null)"
echo "   RunTime=${TIME:-00:00:10} TimeLimit=${LIMIT:-01:00:00} TimeMin=N/A"
E2
real_date=$(command -v date) real_sleep=$(command -v sleep)
put bin/sleep <<< '[ "$1" = 60 ] || exec '"$real_sleep"' 0.01'

# <what> <status> <requeued or ends> <text>: runs the script, with ranks that do what standard input says
expect() {
  local status=0 wanted=$2 outcome=ends
  put slurm/launch.sh
  rm -f "$scratch/requeued"
  bash "$root/slurm/checkpoint.sbatch" > "$scratch/out" 2>&1 || status=$?
  [ ! -e "$scratch/requeued" ] || outcome=requeued
  if [ "$status $outcome" != "$wanted $3" ] || ! grep -q -- "$4" "$scratch/out"; then
    echo "checkpoint_script.sh: $1: status $status, and it $outcome, instead of $wanted, $3, '$4':" >&2
    cat "$scratch/out" >&2
    exit 1
  fi
}
tell='kill -USR1 "$PPID"'  # the script
heed='trap "exit 75" USR1; while :; do read -r -t 0.01 <> <(:) || true; done'

expect "done" 0 ends "start 1 of" <<< 'exit 0'
expect "failed" 1 ends "ended with status 1" <<< 'exit 1'
expect "interrupted" 0 requeued "to be continued" <<< 'exit 75'
expect "told in time" 0 requeued "a signal has come" <<< "$tell; $heed"
expect "told twice" 0 requeued "to be continued" <<< "$tell; $tell; $heed"
for ((i = 0; i < 20; ++i)); do
  expect "told when all is done" 0 ends "a signal has come" <<< "$tell; exit 0"
  expect "told when it has failed" 3 ends "ended with status 3" <<< "$tell; exit 3"
done
expect "killed by a signal that came too early" 0 requeued "to be continued" <<< 'kill -USR1 $$'
expect "killed by somebody" 137 ends "ended with status 137" <<< 'kill -KILL $$'

# Before there are ranks.
put bin/date <<< '[ -e "$SLURM_SUBMIT_DIR/told" ] || kill -USR1 "$PPID"
touch "$SLURM_SUBMIT_DIR/told"
exec '"$real_date"' "$@"'
expect "told before the ranks start" 0 requeued "to be continued" <<< "$heed"
rm "$scratch/bin/date"

# Those whose jobs did not end in time, where the launcher does not say 75.
touch "$CHECKPOINT/manifest"
for status in 137 143; do
  expect "ended with $status when told" 0 requeued "to be continued" \
    <<< "trap 'exit $status' USR1; $tell; $heed"
  expect "ended with $status" "$status" ends "ended with status $status" <<< "exit $status"
done
rm "$CHECKPOINT/manifest"
expect "ended with 137, and nothing is saved" 137 ends "ended with status 137" <<< "$tell; exit 137"

# What Slurm does with the job meanwhile.
export STATE=COMPLETING
expect "cancelled" 75 ends "cancelled" <<< 'exit 75'
TIME=01:00:03 expect "at the limit" 0 requeued "to be continued" <<< 'exit 75'
TIME=1-00:00:00 LIMIT=23:59:59 expect "at a limit of a day" 0 requeued "continued" <<< 'exit 75'
TIME=08:09:00 LIMIT=2-00:00:00 expect "cancelled long before" 75 ends "cancelled" <<< 'exit 75'
LIMIT=UNLIMITED expect "cancelled without a limit" 75 ends "cancelled" <<< 'exit 75'
export STATE=RUNNING
SLURM_RESTART_COUNT=19 expect "the last start" 75 ends "not done after 20 starts" <<< 'exit 75'
MOST_STARTS=1 expect "the only start" 75 ends "not done after 1 starts" <<< 'exit 75'
echo "the script did what it should"
