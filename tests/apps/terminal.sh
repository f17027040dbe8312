#!/usr/bin/env bash
# terminal.sh <jackdaw>: on a terminal, a line tells how far a run is, and goes when that ends or is
# interrupted; with the rate if jobs are counted. --quiet and --json leave it out.
set -euo pipefail
jackdaw=$1
command -v script > /dev/null || { echo "there is no script(1), which makes a terminal"; exit 77; }
scratch=$(mktemp -d)
trap '[ ! -f "$scratch/pid" ] || kill "$(cat "$scratch/pid")" || true; rm -rf "$scratch"' EXIT
cd "$scratch"
wipe=$'\r\033[K'

fail() { echo "$1:" >&2; cat -v seen >&2; exit 1; }

# What a run leaves on a terminal, in the file seen.
on_terminal() {  # <argument of jackdaw>...
  script -qec "$jackdaw $*" /dev/null < /dev/null > seen || fail "jackdaw $* ended with $?"
}

# The same for a run of minutes, interrupted when it has shown some words.
interrupt_at() {  # <words> <argument of jackdaw>...
  local words=$1 terminal
  shift
  script -qfec "echo \$\$ > pid; exec $jackdaw $*" /dev/null < /dev/null > seen &
  terminal=$!
  until grep -q "$words" seen 2> /dev/null; do  # bounded by the test's timeout
    kill -0 $terminal 2> /dev/null || fail "jackdaw $* ended without \"$words\""
    sleep 0.1
  done
  kill -TERM "$(cat pid)"  # SIGINT is ignored by what a script puts in the background
  wait $terminal || true
  rm pid
  [[ $(cat seen) == *"$wipe" ]] || fail "the line of an interrupted run stays"
}

interrupt_at "nodes, .* million/s, [1-9][0-9]* s" uts --tree T1XXL --workers 2 --no-pin
interrupt_at "nqueens, [1-9][0-9]* s" nqueens 18 --serial

small="uts -t 1 -a 3 -d 5 -b 4 -r 19 --workers 2 --no-pin"
on_terminal "$small"
[[ $(cat seen) == *"$wipe"*"nodes      3987"* ]] || fail "no line was wiped before the result"
for option in --quiet --json; do
  on_terminal "$small" $option
  [[ $(cat seen) != *$'\033'* ]] || fail "a line in spite of $option"
done
echo "progress is told on a terminal"
