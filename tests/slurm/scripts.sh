#!/usr/bin/env bash
# scripts.sh <jackdaw> <script>: submits a script of slurm/ to the Slurm of support/slurm.sh, on whose
# first host this runs, waits until the job is done, and looks at what it has written.
set -euo pipefail
jackdaw=$1 script=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d -p /tmp)  # which all hosts share
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/slurm"
cp "$root"/slurm/* "$scratch/slurm"
cd "$scratch"
export JACKDAW=$jackdaw JACKDAW_PIN=0 JACKDAW_WARN=0
# Root, and more ranks than cores: of these machines, not of the scripts.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_mpi_yield_when_idle=1

fail() {
  echo "scripts.sh: $script: $*" >&2
  for file in "$scratch"/*.out "$scratch"/*/*.txt; do
    [ ! -e "$file" ] || { echo "--- $file" >&2; tail -n 60 "$file" >&2; }
  done
  scontrol show job >&2 || true
  exit 1
}
state() { scontrol show job "$job" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p'; }
submit() {  # <option of sbatch>...
  job=$(sbatch --parsable "$@" "slurm/$script") || fail "sbatch refuses it"
  out=$scratch/jackdaw-$job.out
}
finish() {
  local i
  for ((i = 0; i < 1500; ++i)); do
    case $(state) in
      COMPLETED) return ;;
      # Nothing: the controller has not answered in time.
      "" | PENDING | RUNNING | COMPLETING | CONFIGURING | SUSPENDED | REQUEUED) sleep 0.2 ;;
      *) fail "the job is $(state)" ;;
    esac
  done
  fail "the job takes too long"
}
has() {  # <words>...
  local words
  for words in "$@"; do grep -q -- "$words" "$out" || fail "its output has no '$words'"; done
}

case $script in
  one_node.sbatch)
    submit
    finish
    has "102181082" "check *passed" "2 workers"
    ;;
  first_run.sbatch)
    export TREE=T1
    submit
    finish
    has "ranks  *2, 1 a node" "on jk1" "on jk2" "4130071" "check *passed" "2 ranks, 4 workers"
    LAUNCHER=mpirun submit
    finish
    has "launcher  *mpirun" "on jk1" "on jk2" "4130071" "check *passed" "2 ranks, 4 workers"
    # Without a number of CPUs, a rank takes what its node gives; two of a node share it.
    sed -i '/--cpus-per-task=2/d' slurm/first_run.sbatch
    submit --nodes=2 --ntasks-per-node=2 --exclusive
    finish
    has "what its node gives" "check *passed" "4 ranks, 4 workers"
    ;;
  scaling.sbatch)
    export TREE=T1 WEAK=500 ROUNDS=2 DIRECTORY=$scratch/study
    submit
    finish
    lines=$(wc -l < study/scaling.tsv)
    [ "$lines" -eq 13 ] || fail "$lines lines instead of 13: two studies, three counts, two rounds"
    awk -F '\t' 'NR > 1 && !(NF == 5 && $3 == 2 * $2 && $4 > 0 && $5 > 0) { exit 1 }' \
      study/scaling.tsv || fail "a line of the table is not as it should be"
    awk -F '\t' '$1 == "strong" && $4 != 4130071 { exit 1 }' study/scaling.tsv || fail "a count is wrong"
    [ "$(grep -cE '^(strong|weak) +[124] ' study/scaling.txt)" -eq 6 ] || fail "no table for people"
    [ "$(grep -c '<circle' study/scaling.svg)" -eq 6 ] || fail "the plot has not six points"
    [ "$(head -c 4 study/scaling.svg)$(tail -n 1 study/scaling.svg)" = "<svg</svg>" ] ||
      fail "the plot is cut off"
    ;;
  checkpoint.sbatch)
    # Long enough that the time limit comes first: Slurm looks at it every half a minute.
    sed -i 's/--tree "[^"]*" --check/-t 1 -a 3 -d 14 -b 4 -r 29/' slurm/checkpoint.sbatch
    export CHECKPOINT=$scratch/kept EVERY=5 JACKDAW_WORKERS=1
    submit --nodes=1 --cpus-per-task=1 --time=00:01:00 --signal=B:USR1@58
    finish
    has "start 1 of" "interrupted by SIGUSR1" "to be continued" "start 2 of" "going on from generation"
    has "nodes  *408785199" "leaves  *327040786"
    [ ! -e kept/manifest ] || fail "the checkpoint is still there"
    # As an administrator would, in the midst of it: nothing is told, nothing is written.
    rm -rf kept
    cp "$root/slurm/checkpoint.sbatch" slurm
    export TREE=T1L EVERY=0.5
    submit --nodes=2 --cpus-per-task=1
    for ((i = 0; i < 200; ++i)); do
      [ ! -e kept/manifest ] || break
      sleep 0.1
    done
    scontrol requeue "$job"
    finish
    has "start 2 of" "going on from generation" "check *passed"
    ;;
  *) fail "nobody knows what it should do" ;;
esac
echo "$script does what it says"
