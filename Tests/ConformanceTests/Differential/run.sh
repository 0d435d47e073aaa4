#!/usr/bin/env bash
# Starts the conformance server and compares it with h11. Scripts/setup.sh test installs h11.
#
#   Tests/ConformanceTests/Differential/run.sh [--mutations N] [--seed N]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
swift build --package-path "$root" --product conformance
server=$(swift build --package-path "$root" --show-bin-path)/conformance
log=$(mktemp)
"$server" --port 0 --workers 1 --log.requests none \
  --http.request-line-bytes-max 256 --http.header-bytes-max 1024 --http.header-count-max 16 --http.body-bytes-max 1KiB \
  --http.trailer-bytes-max 128 --http.chunk-extension-bytes-max 64 >"$log" 2>&1 &
child=$!
trap 'kill "$child" 2>/dev/null; wait "$child" 2>/dev/null || true; rm -f "$log"' EXIT
port=
for _ in $(seq 200); do
  port=$(sed -n 's/^listening on http:.*:\([0-9]*\)$/\1/p' "$log")
  [ -n "$port" ] && break
  kill -0 "$child" 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.05
done
python3 -B "$here/compare.py" --port "$port" "$@"
