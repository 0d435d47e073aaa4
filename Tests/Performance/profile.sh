#!/usr/bin/env bash
# Builds the shop, and counts where the instructions of a request go. `make profile` calls this; Scripts/setup.sh bench has run
# before.
#
#   Tests/Performance/profile.sh [--flow plaintext|json] [--pipeline N] [--requests N] [--top N] [--help]
#
# CHECKOUT=path counts in that executable instead of building one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

checkout=${CHECKOUT:-}
if [ -z "$checkout" ]; then
  swift build --package-path "$root" -c release --product checkout
  checkout=$(swift build --package-path "$root" -c release --show-bin-path)/checkout
fi
# Without -B, Python would leave compiled files in the sources.
exec python3 -B "$here/profile.py" --checkout "$(realpath "$checkout")" "$@"
