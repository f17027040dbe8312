#!/usr/bin/env bash
# refused.sh <text> <command>...: the command must fail, and its ranks must say why in one line,
# which has <text> in it.
set -euo pipefail
text=$1
shift
status=0
said=$("$@" 2>&1) || status=$?
[ "$status" -ne 77 ] || { echo "$said" >&2; exit 77; }
lines=$(grep '^jackdaw: ' <<< "$said" | sort --unique) || true
if [ "$status" -eq 0 ] || [ "$status" -ge 124 ] || [ "$(wc -l <<< "$lines")" -ne 1 ] ||
  [[ "$lines" != *"$text"* ]]; then
  printf 'ended with status %d, and said:\n%s\n' "$status" "$said" >&2
  exit 1
fi
echo "status $status: $lines"
