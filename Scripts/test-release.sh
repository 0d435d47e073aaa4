#!/usr/bin/env bash
# Builds the shop for release, starts it and asks it for answers: the tests run a debug build, and what the optimiser makes of
# the same sources has ended as it started before.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product checkout
folder=$(mktemp -d)
output=$folder/output
: >"$output"
"$(swift build -c release --show-bin-path)/checkout" serve --port 0 --data-directory "$folder" \
  --set profiles.batch.compression.codings=gzip >"$output" 2>&1 </dev/null &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*address=\([0-9.:]*\).*/\1/p' "$output" | head -n 1)
  if [ -n "$address" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
if [ -z "$address" ]; then
  echo "test-release: the shop did not start:" >&2
  cat "$output" >&2
  exit 1
fi

expect() { # what was asked, what was expected, what came
  if [ "$2" = "$3" ]; then echo "test-release: $1 answers $3"; return; fi
  echo "test-release: of $1 I expected $2, and got: $3" >&2
  exit 1
}
expect say-hello 'Hello, world!' "$(curl -sS --max-time 10 "http://$address/flow/v1/say-hello")"
lines=$(curl -sS --max-time 30 -H 'Accept-Encoding: gzip' "http://$address/flow/v1/report-stock" | gzip -dc | wc -l)
expect 'report-stock, compressed, in lines,' 5000 "$lines"
count=$(curl -sS --max-time 30 -H 'Accept: application/x-ndjson' "http://$address/flow/v1/report-stock" \
  | sed -E 's/.*"sku":"([^"]*)".*/{"sku":"\1","pieces":7}/' \
  | curl -sS --max-time 30 -H 'Content-Type: application/x-ndjson' -T - -X POST "http://$address/flow/v1/import-stock")
expect 'import-stock, sent in chunks,' '{"products":5000,"pieces":35000}' "$count"
