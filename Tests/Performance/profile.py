#!/usr/bin/env python3
"""Says where the work of a request goes: instructions of each function for each request, counted by callgrind.

Tests/Performance/profile.sh builds what is needed and calls this. Instructions are counted and not time, because a count is the
same on a busy machine and on a quiet one, and few virtual machines let perf read the processor's counters. The kernel's work
does not show. Documentation/performance.md says how to read the table.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from performance import annotation, machine, servers
from performance.client import CONNECTIONS, FLOWS, Client
from performance.load import Load
from performance.processes import BenchError, run
from performance.scenarios import ZERVER

REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> int:
    options = parse_arguments()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zerver-profile-")))
        profile = directory / "profile.callgrind"
        server = start(options, directory, profile, stack)
        count(options, server)
        server.child.stop(seconds=60)
        kept = options.results / "profile.callgrind"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(profile, kept)
        text = run(["callgrind_annotate", "--threshold=100", profile], seconds=120)
    functions = annotation.read(text, options.requests)
    print(annotation.title(options.flow, options.pipeline, options.requests, CONNECTIONS))
    print(annotation.table(functions, options.top, demangle))
    print(f"\nAll of it: {kept.relative_to(REPOSITORY) if kept.is_relative_to(REPOSITORY) else kept}, "
          "for callgrind_annotate --tree=caller or KCachegrind")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Counts instructions for each request.", prog="Tests/Performance/profile.sh")
    parser.add_argument("--checkout", type=Path, required=True, help="executable of the shop, built in release mode")
    parser.add_argument("--flow", choices=list(FLOWS), default="plaintext")
    parser.add_argument("--pipeline", type=int, default=16, help="requests at once on a connection; default 16")
    parser.add_argument("--requests", type=int, default=16_000, help="that are counted; default 16,000")
    parser.add_argument("--top", type=int, default=30, help="functions in the table; default 30")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="folder for callgrind's file")
    options = parser.parse_args()
    # Whole batches.
    options.requests = max(1, options.requests // options.pipeline) * options.pipeline
    return options


def start(options: argparse.Namespace, directory: Path, profile: Path, stack: ExitStack) -> servers.Server:
    # Valgrind 3.19, Debian 12's, cannot read the debug information that Swift writes.
    stripped = directory / "checkout"
    run(["objcopy", "--strip-debug", options.checkout, stripped])
    database = f"sqlite:{directory}/shop.sqlite"
    run([options.checkout, "seed", "--database-url", database], seconds=180)
    programs = servers.Programs(stripped, conformance=None, hummingbird=None, bare_http=None)
    # Valgrind does not run io_uring.
    fleet = servers.Fleet(programs, directory, machine.choose_layout(), "epoll", stack)
    fleet.database_url = database
    tool = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}"]
    server = fleet.start(servers.Launch(ZERVER, site="rows", tool=tuple(tool)))
    stack.callback(server.child.stop)
    server.check(Load(FLOWS[options.flow]))
    return server


def count(options: argparse.Namespace, server: servers.Server):
    client = Client(server.addresses["http"], FLOWS[options.flow])
    try:
        client.send(2_000, options.pipeline)
        run(["callgrind_control", "-i", "on", server.child.pid])
        client.send(options.requests, options.pipeline)
        run(["callgrind_control", "-i", "off", server.child.pid])
    finally:
        client.close()


def demangle(names: list[str]) -> list[str]:
    """Swift's names as people write them, where there is a compiler; otherwise as they are."""
    if not shutil.which("swift"):
        return names
    result = subprocess.run(
        ["swift", "demangle", "--simplified", "--compact"], input="\n".join(names), stdout=subprocess.PIPE, text=True, check=False)
    found = result.stdout.splitlines()
    return found if len(found) == len(names) else names


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"profile: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
