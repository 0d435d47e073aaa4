#!/usr/bin/env bash
# Makes sure that what the project needs is there, and installs what is missing.
#
#   Scripts/setup.sh          what building and running needs
#   Scripts/setup.sh test     … and what the tests need
#   Scripts/setup.sh bench    … and what the benchmarks need
#
# Does nothing when all is there. Every check asks for the thing itself and not for the name of a package, so it also
# passes where somebody has built a library by hand.
set -euo pipefail

purpose=${1:-run}
swift_wanted=6.3
missing=()

has() { command -v "$1" >/dev/null 2>&1; }

library() { # name for pkg-config, Debian package
  if ! has pkg-config || ! pkg-config --exists "$1"; then missing+=("$2"); fi
}

postgres_server() {
  has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

# The packages of Python that the tests use, in the system's Python or in one of the project's own.
tools=$(cd "$(dirname "$0")/.." && pwd)/.build-tools
validator_modules='import openapi_spec_validator, jsonschema'
has_validator() {
  "$tools/python/bin/python3" -c "$validator_modules" 2>/dev/null || python3 -c "$validator_modules" 2>/dev/null
}

has pkg-config || missing+=(pkg-config)
library liburing liburing-dev
library openssl libssl-dev
library libnghttp2 libnghttp2-dev
library libpq libpq-dev
library sqlite3 libsqlite3-dev

case $purpose in
  run) ;;
  postgres)
    postgres_server || missing+=(postgresql)
    ;;
  test)
    postgres_server || missing+=(postgresql)
    has curl || missing+=(curl)
    # Makes the certificates of the tests, and is a peer.
    has openssl || missing+=(openssl)
    # Peers of HTTP/2.
    has nghttp || missing+=(nghttp2-client)
    # The parser that the server is compared with. The system's Python has it, whatever else `python3` may be.
    /usr/bin/python3 -c 'import h11' 2>/dev/null || missing+=(python3 python3-h11)
    # The generated TypeScript client is compiled and run.
    has tsc || missing+=(node-typescript)
    has node || missing+=(nodejs)
    # OpenAPI documents are validated.
    has python3 || missing+=(python3)
    has_validator || python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    ;;
  bench)
    postgres_server || missing+=(postgresql)
    has curl || missing+=(curl)
    has wrk || missing+=(wrk)
    # HTTP/2, and a steady load.
    has h2load || missing+=(nghttp2-client)
    # Makes the certificate, and full handshakes.
    has openssl || missing+=(openssl)
    # Counts instructions, in an executable without its debug information.
    has valgrind || missing+=(valgrind)
    has objcopy || missing+=(binutils)
    has nginx || [ -x /usr/sbin/nginx ] || missing+=(nginx)
    has python3 || missing+=(python3)
    has cc || missing+=(gcc libc6-dev)
    ;;
  *)
    echo "setup: I know the purposes run, postgres, test and bench, not '$purpose'." >&2
    exit 2
    ;;
esac

if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${missing[*]}"
  if ! has apt-get; then
    echo "setup: these are missing: ${missing[*]}" >&2
    echo "setup: I can only install with apt-get. Install what your system calls them, then try again." >&2
    exit 1
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    # Without a terminal nobody can type a password, so sudo must not ask for one.
    if has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as_root=(sudo)
    else
      echo "setup: these packages are missing, and installing them needs root: ${missing[*]}" >&2
      echo "setup: run this as root, then try again:" >&2
      echo "  apt-get update && $install" >&2
      exit 1
    fi
  fi
  echo "setup: installing ${missing[*]}"
  # A source that does not answer need not be the one that has these packages.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null ||
    echo "setup: apt-get could not update every list; I try to install from those that are there." >&2
  # shellcheck disable=SC2086 # the words of the command are meant to be split
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $install </dev/null; then
    echo "setup: apt-get could not install them. This is the command that failed:" >&2
    echo "  $install" >&2
    exit 1
  fi
fi

if [ "$purpose" = test ] && ! has_validator; then
  echo "setup: installing openapi-spec-validator into $tools/python"
  if ! { python3 -m venv "$tools/python" && "$tools/python/bin/pip" install -q 'openapi-spec-validator>=0.7.1,<1' jsonschema; } </dev/null; then
    echo "setup: pip could not install openapi-spec-validator, which the tests of OpenAPI documents need." >&2
    exit 1
  fi
fi

swift_help() {
  echo "setup: get one from https://www.swift.org/install/linux/ and put its usr/bin on the PATH." >&2
  exit 1
}
if ! has swift; then
  echo "setup: there is no 'swift' on the PATH. Zerver needs Swift $swift_wanted or newer." >&2
  swift_help
fi
swift_found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n%s\n' "$swift_wanted" "${swift_found:-0}" | sort -V | head -n 1)" != "$swift_wanted" ]; then
  echo "setup: $(command -v swift) is Swift ${swift_found:-of unknown version}. Zerver needs $swift_wanted or newer." >&2
  swift_help
fi
