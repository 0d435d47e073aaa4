#!/usr/bin/env bash
# Builds Examples/EmbeddedApp as the package of its own that it is, starts it on a free port and asks it for an answer.
set -euo pipefail
cd "$(dirname "$0")/../Examples/EmbeddedApp"

swift build
output=$(mktemp)
"$(swift build --show-bin-path)/EmbeddedApp" 0 >"$output" 2>&1 </dev/null &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -f "$output"' EXIT

address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*address=\([0-9.:]*\).*/\1/p' "$output" | head -n 1)
  if [ -n "$address" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
if [ -z "$address" ]; then
  echo "test-embedded: the app did not start:" >&2
  cat "$output" >&2
  exit 1
fi

answer=$(curl -sS --max-time 10 "http://$address/flow/v1/roll-dice?dice=3")
case $answer in
  '{"rolled":['*'],"total":'*'}') echo "test-embedded: http://$address/flow/v1/roll-dice answers $answer" ;;
  *)
    echo "test-embedded: I expected three dice and their total, and got: $answer" >&2
    exit 1
    ;;
esac
