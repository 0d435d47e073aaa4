#!/usr/bin/env python3
"""Counts the heap allocations of the release server for each request, instead of guessing them.

Tests/Performance/allocations.sh builds what is needed and calls this. The server runs with Allocations/count-allocations.c
preloaded. For each flow it is warmed up with the very traffic that is then counted: the same connections, one request after
the other and 16 pipelined. Ends with status 1 when a plaintext request allocates.
"""

import argparse
import struct
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from performance import machine, servers
from performance.client import CONNECTIONS, FLOWS, Client
from performance.load import Load
from performance.processes import BenchError
from performance.scenarios import ZERVER

#: The first must not allocate; the other is for information, since its steps and its codec are the app's.
MUST_NOT_ALLOCATE = "plaintext"
#: In all, however many requests: timers and once-a-second work of the process, which no request causes.
ALLOWANCE = 50


class Counter:
    """The server's own counters, which both processes map."""

    def __init__(self, path: Path):
        self.path = path
        path.write_bytes(bytes(24))

    @property
    def calls(self) -> int:
        return struct.unpack("<Q", self.path.read_bytes()[:8])[0]

    def trace(self, count: int):
        """The next `count` allocations write their call stacks into the server's log; 0 ends that."""
        with open(self.path, "r+b") as file:
            file.seek(16)
            file.write(struct.pack("<q", count))


def main() -> int:
    options = parse_arguments()
    allocated = False
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zerver-allocations-")))
        counter = Counter(directory / "counters")
        programs = servers.Programs(options.checkout, conformance=None, hummingbird=None, bare_http=None)
        fleet = servers.Fleet(programs, directory, machine.choose_layout(), options.proactor, stack)
        server = fleet.start(
            servers.Launch(
                ZERVER, environment={"LD_PRELOAD": str(options.counter), "ALLOCATIONS_FILE": str(counter.path)}))
        stack.callback(server.child.stop)
        if counter.calls == 0:
            raise BenchError("the server was started and nothing was counted: the counter is not loaded")
        print(f"Zerver on {servers.proactor_of(server)}, {options.requests:,} requests each, {CONNECTIONS} connections")
        for name, path in FLOWS.items():
            server.check(Load(path))
            for pipeline in (1, 16):
                count = count_allocations(server, counter, path, pipeline, options)
                allocated = allocated or (name == MUST_NOT_ALLOCATE and count >= ALLOWANCE)
                way = "one after the other" if pipeline == 1 else f"{pipeline} pipelined"
                print(f"  {name:<10} {way:<20} {count:>9,} allocations  {count / options.requests:.5f} a request")
        if options.trace:
            print(server.child.output)
    if allocated:
        print(f"{MUST_NOT_ALLOCATE} allocates: at least {ALLOWANCE} were counted. --trace 5 shows where.")
    return 1 if allocated else 0


def count_allocations(server, counter: Counter, path: str, pipeline: int, options) -> int:
    client = Client(server.addresses["http"], path)
    try:
        client.send(options.warm_up, pipeline)
        before = counter.calls
        counter.trace(options.trace)
        client.send(options.requests, pipeline)
        counter.trace(0)
        return counter.calls - before
    finally:
        client.close()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Counts heap allocations for each request.", prog="Tests/Performance/allocations.sh")
    parser.add_argument("--checkout", type=Path, required=True, help="executable of the shop, built in release mode")
    parser.add_argument("--counter", type=Path, required=True, help="shared library of Allocations/")
    parser.add_argument("--requests", type=int, default=100_000, help="that are counted; default 100,000")
    parser.add_argument("--warm-up", type=int, default=20_000, help="requests before; default 20,000")
    parser.add_argument("--trace", type=int, default=0, help="show the call stacks of so many allocations for each line")
    parser.add_argument("--proactor", default="automatic", help="automatic, io_uring or epoll")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"bench-allocations: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
