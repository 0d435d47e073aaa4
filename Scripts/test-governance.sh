#!/usr/bin/env bash
# Takes a small catalog in a repository of its own through its life: accept, break, refuse, record, compare with a commit.
set -euo pipefail
cd "$(dirname "$0")/.."
swift build --product route-gen
route_gen="$(swift build --show-bin-path)/route-gen"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
commit() { git add -A && git -c user.name=test -c user.email=test@example.com commit -qm "$1"; }

# `expect STATUS TEXT COMMAND…`: the command ends with the status and says the text.
expect() {
  local status=$1 text=$2 output found=0
  shift 2
  output=$("$@" 2>&1) || found=$?
  if [ "$found" != "$status" ] || [[ $output != *"$text"* ]]; then
    printf 'test-governance: `%s` ended with %s, and I expected %s and the text "%s". It said:\n%s\n' \
      "${*:1}" "$found" "$status" "$text" "$output" >&2
    exit 1
  fi
}

git init -q .
mkdir -p Routes/v1 Steps
cat >Routes/v1/show-cart.flow <<'FLOW'
use Steps

/// Shows a cart.
flow show-cart {
  owner  web
  method GET

  input  Query
  output Cart

  plan {
    done find-cart(input)
  }
}
FLOW
printf 'record Query { id: string }\nrecord Cart { id: string  total: int }\nstep find-cart(query: Query) -> Cart\n' >Steps/Steps.flow
printf 'organisation:\n  owners: [web]\n' >Routes/route-gen.yaml
printf '// swift-tools-version: 6.2\n' >Package.swift
commit "without a lock"

expect 2 "There is no Routes/catalog.lock" "$route_gen" check
expect 0 "is written" "$route_gen" accept
expect 0 "is up to date" "$route_gen" accept
expect 0 "No breaking changes." "$route_gen" check
commit "with a lock"

# The head of the lock has the configuration. When the file changes, both differ until it is accepted.
printf 'organisation:\n  owners: [web, search]\n' >Routes/route-gen.yaml
expect 0 "[lock-settings]" "$route_gen" lint
expect 0 "is written" "$route_gen" accept

# A field that callers read goes away.
sed -i 's/  total: int//' Steps/Steps.flow
expect 0 "[lock-drift]" "$route_gen" lint
expect 1 "Steps/Steps.flow:2:8: error: field of an output removed [check-output-field-removed]" "$route_gen" check
expect 1 "[check-output-field-removed]" "$route_gen" check --against HEAD
expect 1 "[check-output-field-removed]" "$route_gen" check --against HEAD~1
expect 1 "stays as it is" "$route_gen" accept
expect 64 "needs a reason" "$route_gen" accept --breaking "..."
expect 0 "with 1 breaking change" "$route_gen" accept --breaking "Nobody reads the total."
grep -q 'check-output-field-removed record Steps.Cart field total: "Nobody reads the total."' Routes/catalog.lock
expect 0 "No breaking changes." "$route_gen" check
expect 0 "It was accepted: Nobody reads the total." "$route_gen" check --against HEAD

# A comment with a reason, and mistakes that no comment helps against.
sed -i 's/^  method GET/  method POST  \/\/ route-gen: allow check-method-changed because nobody is there yet/; s/input  Query/input  Query from query/' \
  Routes/v1/show-cart.flow
expect 0 "No breaking changes." "$route_gen" check
printf 'organisation:\n  owner: [web]\n' >Routes/route-gen.yaml
expect 1 "Routes/route-gen.yaml:2:3: error: unknown name in the configuration [configuration-key]" "$route_gen" lint
expect 1 "stays as it is" "$route_gen" accept
printf '<<<<<<< ours\n' >>Routes/catalog.lock
expect 1 "[lock-syntax]" "$route_gen" check
expect 2 "I find no commit, branch or tag nowhere" "$route_gen" check --against nowhere
echo "test-governance: accept, check and --against do what they say"
