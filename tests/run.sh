#!/usr/bin/env bash
# Builds and runs the tests.
#   bash tests/run.sh                  preset dev: every test, with warnings as errors
#   bash tests/run.sh --all            dev; then, without the slow tests, asan, by clang, and tsan
#   bash tests/run.sh [--quick] PRESET...   these presets; --quick leaves the slow tests out
# Installs what is missing (cmake/packages.sh). Stops at the first preset that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

known="release dev clang asan tsan"
presets=()
packages=()
all=false
quick=false
for argument in "$@"; do
  case " $known --all --quick " in
    *" $argument "*) ;;
    *)
      echo "run.sh: $argument is no preset ($known) and no option (--all, --quick)" >&2
      exit 2
      ;;
  esac
  case $argument in
    --all) all=true packages=(--all) ;;
    --quick) quick=true ;;
    clang | asan) presets+=("$argument") packages=(--all) ;;
    *) presets+=("$argument") ;;
  esac
done
if $all; then
  presets=(dev asan tsan)
elif [ ${#presets[@]} -eq 0 ]; then
  presets=(dev)
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# ThreadSanitizer wants its addresses where it expects them; some kernels randomise them too much.
tsan=()
if setarch --addr-no-randomize true 2> /dev/null; then tsan=(setarch --addr-no-randomize); fi

run_preset() {  # <preset> <argument of ctest>...
  local preset=$1 launcher=()
  shift
  [ "$preset" != tsan ] || launcher=("${tsan[@]}")
  printf '\n== %s\n' "$preset"
  "${launcher[@]}" cmake --preset "$preset"
  "${launcher[@]}" cmake --build --preset "$preset"
  "${launcher[@]}" ctest --preset "$preset" "$@" < /dev/null | tee "$logs/$preset"
}

bash cmake/packages.sh "${packages[@]}"
for preset in "${presets[@]}"; do
  if $quick || { $all && [ "$preset" != dev ]; }; then
    run_preset "$preset" --label-exclude slow
  else
    run_preset "$preset"
  fi
done

echo
for ((i = ${#presets[@]} - 1; i >= 0; --i)); do  # the first, and fullest, comes last
  printf '%-8s%s\n' "${presets[i]}" "$(grep 'tests passed' "$logs/${presets[i]}")"
done
