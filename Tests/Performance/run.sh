#!/usr/bin/env bash
# Builds what the benchmark measures, and measures it. `make bench` calls this; Scripts/setup.sh bench has run before.
#
#   Tests/Performance/run.sh [--quick] [--rows "ROW…"] [--rounds N] [--seconds N] [--no-hummingbird] [--help]
#
# CHECKOUT=path and CONFORMANCE=path measure those executables instead of building them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
# Git ignores both.
hummingbird_build=$root/.build-hummingbird
tools=$root/.build-bench

hummingbird=yes
arguments=()
for argument in "$@"; do
  case $argument in
    --no-hummingbird) hummingbird=no ;;
    -h | --help) exec python3 -B "$here/bench.py" --help ;;
    *) arguments+=("$argument") ;;
  esac
done

checkout=${CHECKOUT:-}
if [ -z "$checkout" ]; then
  swift build --package-path "$root" -c release --product checkout
  checkout=$(swift build --package-path "$root" -c release --show-bin-path)/checkout
fi
conformance=${CONFORMANCE:-}
if [ -z "$conformance" ]; then
  swift build --package-path "$root" -c release --product conformance
  conformance=$(swift build --package-path "$root" -c release --show-bin-path)/conformance
fi
arguments+=(--checkout "$(realpath "$checkout")" --conformance "$(realpath "$conformance")")

if [ "$hummingbird" = yes ]; then
  # Takes some minutes the first time, and a moment afterwards.
  build=(swift build --package-path "$here/HummingbirdServer" --scratch-path "$hummingbird_build" -c release)
  "${build[@]}"
  arguments+=(--hummingbird "$("${build[@]}" --show-bin-path)/hummingbird-server")
fi

mkdir -p "$tools"
# shellcheck disable=SC2046 # flags are words
"${CC:-cc}" -O2 -Wall -Wextra -o "$tools/bare-libpq" "$here/BareLibpq/bare-libpq.c" $(pkg-config --cflags --libs libpq)
# shellcheck disable=SC2046
"${CC:-cc}" -O2 -Wall -Wextra -o "$tools/bare-http" "$here/BareHTTP/bare-http.c" $(pkg-config --cflags --libs liburing)
arguments+=(--bare-libpq "$tools/bare-libpq" --bare-http "$tools/bare-http")

# Without -B, Python would leave compiled files in the sources.
exec python3 -B "$here/bench.py" "${arguments[@]}"
