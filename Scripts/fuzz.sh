#!/usr/bin/env bash
# Runs the front end of the language over inputs that nobody has written.
#
#   Scripts/fuzz.sh mutate [COUNT] [SEED]   mutates the files of the repository, 100,000 times
#   Scripts/fuzz.sh fuzz [SECONDS]          lets libFuzzer search, for 300 seconds
#
# Every input goes through parser, checker, formatter and all formats of diagnostics, and through the generator and the
# graphs when nothing is wrong with it. What is found is printed, and the exit status is not 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root/Tests/Fuzzing"

case ${1:-} in
  mutate)
    swift build -c release --product MutateFlowFiles
    "$(swift build -c release --show-bin-path)/MutateFlowFiles" "${2:-100000}" ${3:+"$3"}
    ;;
  fuzz)
    # A trap is the find; Swift's own backtrace would wait for a terminal.
    export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:abort_on_error=1
    resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
    driver=$(find -L "$resources" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" -print -quit 2>/dev/null)
    [ -n "$driver" ] || { echo "fuzz: this toolchain has no libFuzzer." >&2; exit 1; }
    # Coverage of every branch, which libFuzzer is led by. SwiftPM renames `main`, so the driver without one is linked.
    build=(swift build -c release --product FuzzFlowFiles --scratch-path .build-fuzz --sanitize address)
    "${build[@]}" -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp -Xlinker "$driver" -Xlinker -lstdc++
    corpus=.build-fuzz/corpus
    mkdir -p "$corpus"
    # The files of the repository are where the search begins, their words what it puts together.
    find "$root/Routes" "$root/Examples" "$root/Tests/GeneratedFlows" -name '*.flow' -not -path '*/.build/*' | while read -r file; do
      cp "$file" "$corpus/$(printf '%s' "$file" | md5sum | cut -c1-16)"
    done
    grep -ohE '[a-z][a-z-]{2,20}' "$root"/Routes/*/*.flow "$root"/Sources/Zerver/Zerver.docc/FlowLanguage.md | sort -u |
      sed 's/.*/"&"/' >.build-fuzz/words
    "$("${build[@]}" --show-bin-path)/FuzzFlowFiles" \
      -max_total_time="${2:-300}" -timeout=10 -max_len=8192 -dict=.build-fuzz/words -artifact_prefix=.build-fuzz/ "$corpus"
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 64
    ;;
esac
