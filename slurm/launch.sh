#!/usr/bin/env bash
# Starts a command as the ranks of a Slurm job, laid out as the job asked for:
#   launch.sh [--nodes <n>] <command>...     on the first n nodes of the job; else on all
#   launch.sh --show                         says how, and starts nothing
# Ranks on a node: SLURM_NTASKS_PER_NODE (--ntasks-per-node), else one. Workers of a rank:
# SLURM_CPUS_PER_TASK (--cpus-per-task); without that a rank takes what its node gives to the job,
# shared out among the ranks there, so nodes may differ.
# LAUNCHER=srun or LAUNCHER=mpirun chooses; else srun, if it can start ranks by PMIx.
set -euo pipefail

fail() {
  echo "launch.sh: $*" >&2
  exit 2
}
[ -n "${SLURM_JOB_ID:-}" ] || fail "this is no Slurm job; use it in a script for sbatch"

nodes=${SLURM_JOB_NUM_NODES:-1} show=false
while [[ "${1:-}" == --* ]]; do
  case $1 in
    --nodes)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || fail "--nodes wants a number, not '${2:-}'"
      [ "$2" -le "$nodes" ] || fail "--nodes is $2, but the job has $nodes"
      nodes=$2
      shift 2
      ;;
    --show)
      show=true
      shift
      ;;
    *) fail "there is no option $1; see its head" ;;
  esac
done
$show || [ $# -gt 0 ] || fail "no command; see its head"

per_node=${SLURM_NTASKS_PER_NODE:-1}
per_node=${per_node%%(*}  # "2(x3)": the same on three nodes
[[ "$per_node" =~ ^[0-9]+$ ]] || fail "SLURM_NTASKS_PER_NODE is '$per_node'; use --ntasks-per-node"
ranks=$((nodes * per_node))
cpus=${SLURM_CPUS_PER_TASK:-}

launcher=${LAUNCHER:-}
if [ -z "$launcher" ]; then
  if srun --mpi=list 2>&1 | grep -qw pmix; then
    launcher=srun
  elif command -v mpirun > /dev/null; then
    launcher=mpirun
  else
    fail "srun has no PMIx (srun --mpi=list), and there is no mpirun; load your MPI's module"
  fi
fi
case $launcher in
  srun)
    command=(srun "--nodes=$nodes" "--ntasks=$ranks" "--ntasks-per-node=$per_node" --mpi=pmix)
    # srun does not take --cpus-per-task over from sbatch since Slurm 22.05.
    if [ -n "$cpus" ]; then command+=("--cpus-per-task=$cpus"); else command+=(--cpu-bind=none); fi
    ;;
  mpirun)
    # Unbound: mpirun itself would bind a rank to one core. Ranks of a node share it out.
    command=(mpirun -n "$ranks" --map-by "ppr:$per_node:node" --bind-to none)
    if [ "$nodes" -lt "${SLURM_JOB_NUM_NODES:-1}" ]; then
      hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n "$nodes" |
        sed "s/\$/:$per_node/" | paste -sd,)
      command+=(--host "$hosts")
    fi
    [ -z "$cpus" ] || command+=(-x "JACKDAW_WORKERS=$cpus")
    ;;
  *) fail "LAUNCHER is '$launcher', but must be srun or mpirun" ;;
esac

if $show; then
  echo "nodes              $nodes: ${SLURM_JOB_NODELIST:-?}, with ${SLURM_JOB_CPUS_PER_NODE:-?} CPUs"
  echo "ranks              $ranks, $per_node a node"
  echo "workers of a rank  ${cpus:-what its node gives to the job, shared out among its ranks}"
  if [ "${cpus:-2}" = 1 ]; then
    echo "note               a rank with one worker cannot share work within its node without MPI;" \
      "fewer ranks with more --cpus-per-task cost less"
  fi
  echo "launcher           ${command[*]}"
  exit
fi
exec "${command[@]}" "$@"
