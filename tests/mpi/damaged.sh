#!/usr/bin/env bash
# damaged.sh <jackdaw>: a checkpoint that is damaged, cut off, incomplete, of another tree or in use is
# refused with its file and the reason, and stays as it is; a sound one goes on, and is removed then.
set -euo pipefail
jackdaw=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
kept=$scratch/kept

uts() {  # <argument>...; its status is that of the command, its words are in $scratch/out
  "$jackdaw" uts --checkpoint "$kept" --no-pin --check "$@" > "$scratch/out" 2>&1
}
fail() {
  echo "damaged.sh: $*" >&2
  cat "$scratch/out" >&2
  exit 1
}
refused() {  # <words of the reason> <argument>...
  local words=$1 before after status=0
  shift
  before=$(cd "$kept" && sha1sum ./*)
  uts "$@" || status=$?
  [ "$status" -eq 1 ] || fail "status $status instead of 1"
  grep -q -- "$words" "$scratch/out" || fail "the reason should have '$words'"
  [ "$(wc -l < "$scratch/out")" -eq 1 ] || fail "more than one line"
  after=$(cd "$kept" && sha1sum ./*)
  [ "$before" = "$after" ] || fail "something was changed"
}

uts --tree T1L & job=$!
for ((i = 0; i < 500; ++i)); do
  [ ! -e "$kept/lock" ] || break
  sleep 0.02
done
sleep 0.5
refused "another run holds it" --tree T1L
pkill -TERM -P "$job" -f "^$jackdaw" || kill -TERM "$job"
status=0
wait "$job" || status=$?
[ "$status" -eq 75 ] || fail "status $status instead of 75"
file=$(echo "$kept"/generation-*.rank-0)
cp -r "$kept" "$scratch/sound"

refused "$kept/manifest: at byte [0-9]*: it is a checkpoint of 'uts -t 1 -a 3 -d 13" --tree T3L
printf 'x' | dd of="$file" bs=1 seek=200 conv=notrunc status=none
refused "$file: at byte [0-9]*: the checksum of a block is wrong" --tree T1L
cp "$scratch/sound"/* "$kept"
truncate -s -1 "$file"
refused "$file: at byte .*: the file ends here" --tree T1L
cp "$scratch/sound"/* "$kept"
sed -i 's/jobs/Jobs/' "$kept/manifest"
refused "$kept/manifest: at byte" --tree T1L
cp "$scratch/sound"/* "$kept"
rm "$file"
refused "$file: at byte 0: the file is missing" --tree T1L
cp "$scratch/sound"/* "$kept"
rm "$kept/manifest"
refused "$kept/manifest: at byte 0: the file is missing, but there was a checkpoint" --tree T1L
cp "$scratch/sound"/* "$kept"
uts --tree T1L || fail "a sound checkpoint does not go on"
grep -q "check *passed" "$scratch/out" || fail "the count is wrong"
[ "$(ls -A "$kept")" = lock ] || fail "something is left: $(ls -A "$kept")"
[ ! -s "$kept/lock" ] || fail "the lock still speaks of a checkpoint"
echo "what is unsound was refused, and what is sound went on"
