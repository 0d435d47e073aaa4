#!/usr/bin/env bash
# Builds the counter and the shop, and counts. `make bench-allocations` calls this; Scripts/setup.sh bench has run before.
#
#   Tests/Performance/allocations.sh [--requests N] [--trace N] [--help]
#
# CHECKOUT=path counts in that executable instead of building one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tools=$root/.build-bench # Git ignores it.

checkout=${CHECKOUT:-}
if [ -z "$checkout" ]; then
  swift build --package-path "$root" -c release --product checkout
  checkout=$(swift build --package-path "$root" -c release --show-bin-path)/checkout
fi

mkdir -p "$tools"
"${CC:-cc}" -O2 -Wall -Wextra -fPIC -shared -o "$tools/count-allocations.so" "$here/Allocations/count-allocations.c"
# Without -B, Python would leave compiled files in the sources.
exec python3 -B "$here/allocations.py" --checkout "$(realpath "$checkout")" --counter "$tools/count-allocations.so" "$@"
