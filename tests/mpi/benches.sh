#!/usr/bin/env bash
# benches.sh <jackdaw>: the benchmarks that run on ranks say what they promise, and write what they
# are asked for. What they measure is not looked at.
set -euo pipefail
jackdaw=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

expect() {  # <file> <words>...
  local file=$1 words
  shift
  for words in "$@"; do
    grep -qF -- "$words" "$file" || { echo "$file lacks \"$words\":" >&2; cat "$file" >&2; exit 1; }
  done
}

bash "$here/../support/mpirun.sh" 2 60 "$jackdaw" bench steal --rounds 1 > steal.out
expect steal.out "transport: windows on each host" steal.vs_raw steal.round_trips \
  "MPI" "2 rank(s) x 1 worker(s), seed 1, load before "
bash "$here/../support/mpirun.sh" 3 60 "$jackdaw" bench steal --rounds 1 --fabric messages --json > steal_json
expect steal_json '"notes"' "transport: messages" '"steal.round_trips"' '"mpi": ' '"ranks": 3'

bash "$here/../support/mpirun.sh" 3 100 \
  "$jackdaw" bench tree --rounds 1 --workers 1 --csv table.csv --plot table.gp > tree.out
expect tree.out efficiency tree.one_rank_vs_serial tree.mpi_layer_cost tree.two_ranks_speedup tree.3x1.rate \
  checkpoint.ms checkpoint.cost
expect table.csv "ranks,workers,seconds,mnodes_per_second,efficiency"
[ "$(cut -d, -f1,2 table.csv | tail -n +2 | paste -sd' ')" = "1,1 2,2 3,3" ] ||
  { echo "other rows than expected:" >&2; cat table.csv >&2; exit 1; }
expect table.gp "with linespoints"

if "$jackdaw" bench steal 2> refusal; then echo "a steal without a second rank" >&2; exit 1; fi
expect refusal "mpirun -n 2"
status=0
bash "$here/../support/mpirun.sh" 2 60 \
  "$jackdaw" bench tree --tree T1XXL --csv missing/table.csv > refusal 2>&1 || status=$?
[ "$status" -eq 1 ] || { echo "status $status for a table that cannot be written" >&2; exit 1; }
expect refusal "cannot write missing/table.csv"
echo "bench steal and bench tree say what they promise"
