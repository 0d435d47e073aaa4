#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a bounded time.
#
#   Tests/Fuzzing/HTTP/run.sh [seconds]        60 by default, for each target
#
# The corpus grows in .corpus, which Git ignores, and begins with the cases of the conformance suite. A find is written to
# .finds and ends the script with status 1; Tests/Fuzzing/HTTP/run.sh --replay FILE TARGET plays it again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# A trap is the find; Swift's own backtrace would wait for a terminal.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1

resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
driver=$(find -L "$resources/.." -name "libclang_rt.fuzzer_no_main-$(uname -m).a" -print -quit 2>/dev/null)
[ -n "$driver" ] || { echo "fuzz: this toolchain has no libFuzzer." >&2; exit 1; }

build() {
  swift build --package-path "$here" -c release --sanitize address -Xswiftc -enable-testing \
    -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
    -Xlinker "$driver" -Xlinker -lstdc++
}
build
bin=$(swift build --package-path "$here" -c release --sanitize address --show-bin-path)

if [ "${1:-}" = --replay ]; then
  exec "$bin/$3" "$2"
fi

seconds=${1:-60}
mkdir -p "$here/.corpus/seeds" "$here/.finds"
python3 -B "$here/seeds.py" "$root/Tests/ConformanceTests/Cases" "$here/.corpus/seeds"
for target in fuzz-parser fuzz-connection fuzz-frames; do
  mkdir -p "$here/.corpus/$target"
  corpora=("$here/.corpus/$target" "$here/.corpus/seeds")
  # Its inputs are no bytes of a client: it finds its frames by itself.
  [ "$target" != fuzz-frames ] || corpora=("$here/.corpus/$target")
  echo "fuzz: $target for $seconds s"
  "$bin/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$here/.finds/$target-" "${corpora[@]}"
done
