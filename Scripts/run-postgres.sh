#!/usr/bin/env bash
# Runs the checkout server on a private PostgreSQL cluster: in a temporary directory, on a Unix socket inside it, as a user
# without privileges. The cluster ends with the server, and nothing of it stays.
#
#   Scripts/run-postgres.sh CHECKOUT-EXECUTABLE [ARGUMENT…]
set -euo pipefail

checkout=$1
shift

postgres_bin() {
  if command -v initdb >/dev/null 2>&1; then
    dirname "$(command -v initdb)"
  else
    # The newest of those that Debian keeps side by side.
    dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)"
  fi
}
bin=$(postgres_bin)

# PostgreSQL refuses to run as root.
owner=()
directory=$(mktemp -d /tmp/zerver-postgres.XXXXXX)
if [ "$(id -u)" -eq 0 ]; then
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  owner=(runuser -u "$user" --)
  chown "$user" "$directory"
fi

server=
finish() {
  trap - EXIT
  # A second Ctrl-C must not keep the cluster alive. The server's drain has a limit of its own.
  trap '' INT TERM HUP
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [ -f "$directory/data/postmaster.pid" ]; then
    (cd / && "${owner[@]}" "$bin/pg_ctl" -D "$directory/data" -m fast -w stop) >/dev/null 2>&1 || true
  fi
  rm -rf "$directory"
}
trap finish EXIT
trap 'finish; exit 0' INT TERM HUP

echo "Starting a private PostgreSQL cluster in $directory"
log=$directory/setup.log
if ! (cd / && "${owner[@]}" "$bin/initdb" -D "$directory/data" -U zerver -A trust -E UTF8 --no-locale --no-sync) >"$log" 2>&1 ||
  ! (cd / && "${owner[@]}" "$bin/pg_ctl" -D "$directory/data" -w -l "$directory/data/postgres.log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$directory'" start) >>"$log" 2>&1; then
  echo "run-postgres: the cluster did not start:" >&2
  cat "$log" "$directory/data/postgres.log" >&2 2>/dev/null || true
  exit 1
fi

export ZERVER_DATABASE_URL="postgresql:///postgres?user=zerver&host=$directory"
echo "PostgreSQL is ready: psql '$ZERVER_DATABASE_URL'"

# In a session of its own: Ctrl-C reaches this script alone, which passes it on once. A second signal would end the server
# before it has drained.
setsid "$checkout" "$@" &
server=$!
status=0
wait "$server" || status=$?
server=
exit "$status"
