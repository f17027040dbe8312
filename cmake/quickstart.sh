#!/usr/bin/env bash
# From a fresh clone to a result: installs what is missing, builds the jackdaw command, and counts
# the 4,130,071 nodes of UTS tree T1 on every core, held against the published figures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash cmake/packages.sh
cmake --preset release
cmake --build --preset release --target jackdaw_command
set -x
build/release/jackdaw uts --tree T1 --check
