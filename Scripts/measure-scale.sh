#!/usr/bin/env bash
# Shows what a large module costs: the time of `route-gen lint` and `generate` with 1,000 and 2,000 flows, and how many
# files change when one line does.
#
#   Scripts/measure-scale.sh [FLOWS…]      1000 2000 without arguments
#
# Times are seconds of processor time, so that other programs do not count. Builds route-gen in release mode first.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product route-gen
tool="$(swift build -c release --show-bin-path)/route-gen"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A module with this many flows. Each has records and errors of its own, reads in parallel, a choice and a fragment.
write_module() { # count, folder
  mkdir -p "$2/v1"
  awk -v count="$1" -v folder="$2" 'BEGIN {
    common = folder "/Common.flow"
    print "enum Kind { small, large }" > common
    print "record Page {\n  items: [string]\n  next:  int?\n}" > common
    for (i = 1; i <= count; i++) {
      file = folder "/v1/show-thing-" i ".flow"
      print "record Request" i " {\n  thing-id: string length 1..64 pattern \"[a-z0-9-]+\"\n  limit:    int range 1..100 = 20\n  kind:     Kind = small\n}" > file
      print "record Answer" i " {\n  name:  string\n  kind:  Kind\n  pages: [Page]\n  cents: int?\n}" > file
      print "error thing-" i "-gone { thing-id: string }" > file
      print "step load-thing-" i "(thing-id: string) -> Answer" i "  needs db  safe  fails thing-" i "-gone  may insert look-closer-" i > file
      print "step load-page-" i "(limit: int) -> Page  needs db  safe" > file
      print "step check-thing-" i "(thing: Answer" i ")" > file
      print "step answer-thing-" i "(thing: Answer" i ", page: Page, closer: Page?) -> Answer" i > file
      print "/// Shows thing " i ", with the page that it stands on.\nflow show-thing-" i " {" > file
      print "  owner    team-" (i % 20) "\n  method   GET\n  alias    find-thing-" i "\n  profile  interactive\n  deadline 2s\n" > file
      print "  input  Request" i "\n  output Answer" i "\n" > file
      print "  plan {\n    parallel {\n      thing = load-thing-" i "(input.thing-id)  timeout 500ms\n      page  = load-page-" i "(input.limit)      timeout 500ms\n    }" > file
      print "    when thing.kind is large {\n      closer = load-page-" i "(input.limit)  timeout 500ms\n    }" > file
      print "    done answer-thing-" i "(thing, page, closer)\n  }\n" > file
      print "  fragment look-closer-" i " {\n    check-thing-" i "(thing)\n  }\n" > file
      print "  on thing-" i "-gone -> 404\n}" > file
      close(file)
    }
  }'
}

# Seconds of processor time, user and system together.
cpu() {
  local output=$work/output
  TIMEFORMAT='%U %S'
  { time "$@" >"$output" 2>&1; } 2>"$work/time" || { cat "$output" >&2; exit 1; }
  awk '{ printf "%.2f", $1 + $2 }' "$work/time"
}

best() { # of three
  local least=
  for _ in 1 2 3; do
    local one
    one=$(cpu "$@")
    if [ -z "$least" ] || awk "BEGIN { exit !($one < $least) }"; then least=$one; fi
  done
  echo "$least"
}

printf '%8s %10s %10s %12s %14s\n' flows lint generate unchanged "changed files"
[ $# -gt 0 ] || set -- 1000 2000
for count in "$@"; do
  module=$work/$count
  write_module "$count" "$module"
  lint=$(best "$tool" lint "$module")
  generate=$(best "$tool" generate "$module" --module Scale --output "$module.out")
  # Nothing has changed, so nothing is written.
  touch "$work/mark"
  sleep 0.01
  "$tool" generate "$module" --module Scale --output "$module.out" >/dev/null
  unchanged=$(find "$module.out" -newer "$work/mark" -name '*.swift' | wc -l)
  # One line of one flow changes.
  sed -i 's/thing = load-thing-7(input.thing-id)  timeout 500ms/thing = load-thing-7(input.thing-id)  timeout 400ms/' \
    "$module/v1/show-thing-7.flow"
  touch "$work/mark"
  sleep 0.01
  "$tool" generate "$module" --module Scale --output "$module.out" >/dev/null
  changed=$(find "$module.out" -newer "$work/mark" -name '*.swift' | wc -l)
  printf '%8s %9ss %9ss %12s %14s\n' "$count" "$lint" "$generate" "$unchanged" "$changed"
done
