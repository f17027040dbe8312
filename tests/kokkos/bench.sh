#!/usr/bin/env bash
# bench.sh <jackdaw>: bench kokkos gives the figures that it promises, and a picture.
set -euo pipefail
jackdaw=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$jackdaw" bench kokkos --rounds 1 --json --picture "$out/set.png" > "$out/figures"
for figure in triangular_vs_serial_speedup mandelbrot_speedup spmv_speedup range_overhead_ns; do
  grep -q "\"kokkos.$figure\"" "$out/figures" || { echo "no kokkos.$figure" >&2; exit 1; }
done
[ "$(head -c 4 "$out/set.png" | tail -c 3)" = PNG ]
status=0
"$jackdaw" bench kokkos --rounds 1 --picture "$out/missing/set.png" > "$out/refusal" 2>&1 || status=$?
[ "$status" -ne 0 ]
grep -q "cannot write $out/missing/set.png" "$out/refusal"
