#!/usr/bin/env bash
# Writes an app with `route-gen new app`, builds and tests it as the package of its own that it is, starts it on a free
# port and asks it for an answer. Then adds a flow with `route-gen new flow`, and asks for that, too.
#
#   Scripts/test-new-app.sh [ROUTE-GEN]     without an argument, builds route-gen first
#
# The build shares its folder with Examples/EmbeddedApp, so that Zerver is not compiled once more.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
route_gen=${1:-}
if [ -z "$route_gen" ]; then
  (cd "$root" && swift build --product route-gen)
  route_gen="$(cd "$root" && swift build --show-bin-path)/route-gen"
fi

work=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

cd "$work"
"$route_gen" new app pet-shop --zerver "$root"
cd pet-shop
"$route_gen" new flow find-pet --owner reception --path Sources/PetShopFlows
if "$route_gen" new flow find-pet --owner reception --path Sources/PetShopFlows 2>/dev/null; then
  echo "test-new-app: the second 'new flow' has replaced the files of the first" >&2
  exit 1
fi
"$route_gen" lint Sources/PetShopFlows

swift build --build-tests --scratch-path "$root/Examples/EmbeddedApp/.build"
swift test --skip-build --scratch-path "$root/Examples/EmbeddedApp/.build"
binary="$(swift build --show-bin-path --scratch-path "$root/Examples/EmbeddedApp/.build")/PetShop"
"$binary" 0 >"$work/output" 2>&1 </dev/null &
server=$!

address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*address=\([0-9.:]*\).*/\1/p' "$work/output" | head -n 1)
  if [ -n "$address" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
if [ -z "$address" ]; then
  echo "test-new-app: the app did not start:" >&2
  cat "$work/output" >&2
  exit 1
fi

expect() { # path, answer
  answer=$(curl -sS --max-time 10 "http://$address$1")
  if [ "$answer" != "$2" ]; then
    echo "test-new-app: I expected $2 from $1, and got: $answer" >&2
    exit 1
  fi
  echo "test-new-app: $1 answers $answer"
}
expect '/flow/v1/greet-guest?name=Ada' '{"text":"Welcome, Ada!"}'
expect '/flow/v1/find-pet?name=Rex' '{"name":"Rex"}'
