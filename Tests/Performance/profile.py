#!/usr/bin/env python3
"""Says where the work of a request goes, function by function.

Tests/Performance/profile.sh builds what is needed and calls this. By default callgrind counts the instructions for each request: a
count is the same on a busy machine and on a quiet one, and few virtual machines let perf read the processor's counters. With
`--tool perf` the time is sampled instead, by the CPU's clock, with the kernel's part. Documentation/performance.md says how to
read the tables.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from performance import annotation, machine, servers
from performance.client import CONNECTIONS, FLOWS, Client
from performance.load import Load, measure
from performance.processes import BenchError, Child, run
from performance.scenarios import ZERVER

REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> int:
    options = parse_arguments()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zerver-profile-")))
        show = sample if options.tool == "perf" else count
        print(show(options, directory, stack))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Counts instructions for each request.", prog="Tests/Performance/profile.sh")
    parser.add_argument("--checkout", type=Path, required=True, help="executable of the shop, built in release mode")
    parser.add_argument("--tool", choices=["callgrind", "perf"], default="callgrind")
    parser.add_argument("--flow", choices=list(FLOWS), default="plaintext")
    parser.add_argument("--pipeline", type=int, default=16, help="requests at once on a connection; default 16")
    parser.add_argument("--requests", type=int, default=16_000, help="that callgrind counts; default 16,000")
    parser.add_argument("--seconds", type=int, default=5, help="that perf samples; default 5")
    parser.add_argument("--top", type=int, default=30, help="functions in the table; default 30")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="folder for callgrind's file")
    options = parser.parse_args()
    # Whole batches.
    options.requests = max(1, options.requests // options.pipeline) * options.pipeline
    return options


# MARK: Instructions


def count(options: argparse.Namespace, directory: Path, stack: ExitStack) -> str:
    profile = directory / "profile.callgrind"
    # Valgrind 3.19, Debian 12's, cannot read the debug information that Swift writes.
    stripped = directory / "checkout"
    run(["objcopy", "--strip-debug", options.checkout, stripped])
    tool = ("valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={profile}")
    # Valgrind does not run io_uring.
    server = start(options, stripped, "epoll", directory, stack, tool)
    client = Client(server.addresses["http"], FLOWS[options.flow])
    try:
        client.send(2_000, options.pipeline)
        run(["callgrind_control", "-i", "on", server.child.pid])
        client.send(options.requests, options.pipeline)
        run(["callgrind_control", "-i", "off", server.child.pid])
    finally:
        client.close()
    server.child.stop(seconds=60)
    kept = options.results / "profile.callgrind"
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(profile, kept)
    functions = annotation.read_callgrind(run(["callgrind_annotate", "--threshold=100", profile], seconds=120), options.requests)
    way = f"{options.pipeline} at once" if options.pipeline > 1 else "one after the other"
    title = f"{options.flow}, {options.requests:,} requests, {way}, {CONNECTIONS} connections, one worker, epoll"
    shown = kept.relative_to(REPOSITORY) if kept.is_relative_to(REPOSITORY) else kept
    return "\n".join([
        title, annotation.table(functions, options.top, "instructions a request, without the kernel's", demangle),
        f"\nAll of it: {shown}, for callgrind_annotate --tree=caller or KCachegrind",
    ])


# MARK: Time


def sample(options: argparse.Namespace, directory: Path, stack: ExitStack) -> str:
    server = start(options, options.checkout, "automatic", directory, stack)
    load = Load(FLOWS[options.flow], pipeline=options.pipeline)
    address, layout = server.addresses["http"], machine.choose_layout()
    measure(address, server.child.pid, load, 1, (layout.load,))
    recorder = Child(
        "perf", ["perf", "record", "-q", "-e", "cpu-clock", "-F", 5000, "-p", server.child.pid, "-o", directory / "perf.data"],
        directory / "perf.log", cpus=(layout.load,))
    stack.callback(recorder.stop)
    found = measure(address, server.child.pid, load, options.seconds, (layout.load,))
    recorder.stop(signal.SIGINT)
    report = run(
        ["perf", "report", "--stdio", "--percent-limit", 0, "--sort", "dso,symbol", "-i", directory / "perf.data"], seconds=120)
    functions = annotation.read_perf(report)
    if not functions:
        raise BenchError(f"perf has recorded nothing:\n{recorder.output[-1000:]}")
    way = f"{options.pipeline} at once" if options.pipeline > 1 else "one after the other"
    return "\n".join([
        f"{options.flow}, {way}, {load.connections} connections, one worker, {servers.proactor_of(server)}: "
        f"{found.cpu_micros:.2f} µs of CPU a request",
        annotation.table(functions, options.top, "percent of the server's CPU time, the kernel's included", demangle),
    ])


def start(options, executable: Path, proactor: str, directory: Path, stack: ExitStack, tool: tuple = ()) -> servers.Server:
    database = f"sqlite:{directory}/shop.sqlite"
    run([options.checkout, "seed", "--database-url", database], seconds=180)
    programs = servers.Programs(executable, conformance=None, hummingbird=None, bare_http=None)
    fleet = servers.Fleet(programs, directory, machine.choose_layout(), proactor, stack)
    fleet.database_url = database
    server = fleet.start(servers.Launch(ZERVER, site="rows", tool=tool))
    stack.callback(server.child.stop)
    server.check(Load(FLOWS[options.flow]))
    return server


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
