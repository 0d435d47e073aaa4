#!/usr/bin/env python3
"""Measures this server against nginx, Hummingbird and bare libpq on the same machine in the same minutes.

Tests/Performance/run.sh builds what is measured and calls this. Every round runs every server once for each scenario, so
that a machine that slows down slows all of them; ratios are taken within a round. A server has one thread and one CPU, wrk
has another CPU. Server CPU time comes from /proc and counts the server and its children.

Everything is bounded, listens on loopback, lives in a temporary directory and is gone at the end. README.md beside this file
says how to read the figures.
"""

import argparse
import datetime
import json
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from performance import machine, report, servers
from performance.load import Measurement, Watch, measure_http, run_counting_cpu
from performance.postgres import Cluster
from performance.processes import BenchError, command
from performance.scenarios import PRODUCTS, ROWS_IN_FLIGHT, SCENARIOS, Scenario

REPOSITORY = Path(__file__).resolve().parents[2]


def main() -> int:
    options = parse_arguments()
    # So that an interrupted run still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scenarios = [scenario for scenario in SCENARIOS if not options.only or scenario.name in options.only]
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zerver-bench-")))
        bench = Bench(options, directory, stack)
        bench.start(scenarios)
        results = bench.measure(scenarios)
        about = bench.about()
    return show(options, about, results)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures Zerver against nginx, Hummingbird and bare libpq.", prog="Tests/Performance/run.sh")
    parser.add_argument("--checkout", type=Path, required=True, help="executable of the shop, built in release mode")
    parser.add_argument("--hummingbird", type=Path, help="executable of Hummingbird/; without it, it is left out")
    parser.add_argument("--bare-libpq", type=Path, help="executable of BareLibpq/")
    parser.add_argument("--rounds", type=int, help="default 5")
    parser.add_argument("--seconds", type=int, help="of each run; default 4")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 1 second: whether all works, not how fast")
    parser.add_argument(
        "--only", action="append", choices=[scenario.name for scenario in SCENARIOS], help="a scenario; repeatable")
    parser.add_argument("--proactor", default="automatic", help="of Zerver: automatic, io_uring or epoll")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a target is missed")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="folder for the JSON")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 4)
    return options


class Bench:
    """The programs that are measured, from start to stop."""

    def __init__(self, options: argparse.Namespace, directory: Path, stack: ExitStack):
        self.options = options
        self.directory = directory
        self.stack = stack
        self.layout = machine.choose_layout()
        self.http: dict[str, servers.Server] = {}
        self.shop_on_postgres: servers.Server | None = None
        self.cluster: Cluster | None = None

    def start(self, scenarios: list[Scenario]):
        if any(not scenario.needs_postgres for scenario in scenarios):
            self._add(servers.start_zerver(self.options.checkout, self.directory, self.layout, proactor=self.options.proactor))
            self._add(servers.start_nginx(self.directory, self.layout))
            if self.options.hummingbird:
                self._add(servers.start_hummingbird(self.options.hummingbird, self.directory, self.layout))
        if any(scenario.needs_postgres for scenario in scenarios):
            self.cluster = Cluster(self.directory, self.layout)
            self.stack.callback(self.cluster.stop)
            self.shop_on_postgres = servers.start_zerver(
                self.options.checkout, self.directory, self.layout, self.cluster.url, self.options.proactor, "zerver-postgres")
            self.stack.callback(self.shop_on_postgres.child.stop)

    def _add(self, server: servers.Server):
        self.stack.callback(server.child.stop)
        self.http[server.name] = server

    def measure(self, scenarios: list[Scenario]) -> list[tuple[Scenario, report.Rounds]]:
        results = [(scenario, {name: [] for name in self._names(scenario)}) for scenario in scenarios]
        for scenario, rounds in results:
            for name in rounds:
                self._check(scenario, name)
                self._run(scenario, name, seconds=1)
        for index in range(self.options.rounds):
            print(f"round {index + 1} of {self.options.rounds}", file=sys.stderr, flush=True)
            for scenario, rounds in results:
                # Turned round every time, so that nobody always comes after the same neighbour.
                names = list(rounds) if index % 2 == 0 else list(reversed(rounds))
                for name in names:
                    rounds[name].append(self._run(scenario, name, self.options.seconds))
        return results

    def _names(self, scenario: Scenario) -> list[str]:
        left_out = set() if self.options.hummingbird else {"hummingbird"}
        return [report.OURS] + [name for name in scenario.opponents if name not in left_out]

    def _check(self, scenario: Scenario, name: str):
        if server := self._server(scenario, name):
            server.check(scenario.load.path)

    def _server(self, scenario: Scenario, name: str) -> servers.Server | None:
        if scenario.needs_postgres:
            return self.shop_on_postgres if name == report.OURS else None
        return self.http[name]

    def _run(self, scenario: Scenario, name: str, seconds: int) -> Measurement:
        database = self.cluster.pid if scenario.needs_postgres else None
        if server := self._server(scenario, name):
            return measure_http(server.address, server.child.pid, scenario.load, seconds, self.layout, database)
        return self._run_libpq(name.rpartition(" ")[2], seconds)

    def _run_libpq(self, sync: str, seconds: int) -> Measurement:
        arguments = [self.options.bare_libpq, self.cluster.url, seconds, ROWS_IN_FLIGHT, PRODUCTS, sync]
        watch = Watch(database_pid=self.cluster.pid)
        output, used = run_counting_cpu(command(arguments, cpus=[self.layout.server]), seconds + 30)
        found = json.loads(output)
        return watch.measurement(requests=found["rows"], seconds=found["micros"] / 1e6, client_cpu=used)

    def about(self) -> dict:
        ours = self.http.get(report.OURS) or self.shop_on_postgres
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=False)
        return {
            "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "commit": commit.stdout.strip() or None, "proactor": servers.proactor_of(ours), "rounds": self.options.rounds,
            "secondsPerRun": self.options.seconds, "oneCpuForAll": self.layout.is_shared,
        } | machine.description()


def show(options: argparse.Namespace, about: dict, results: list[tuple[Scenario, report.Rounds]]) -> int:
    print(
        f"{about['cpus']} × {about['cpu']}, Linux {about['kernel']}; {about['rounds']} rounds of {about['secondsPerRun']} s; "
        f"Zerver on {about['proactor']}")
    for scenario, rounds in results:
        print(report.table(scenario, rounds))
    found = [verdict for scenario, rounds in results for verdict in report.verdicts(scenario, rounds)]
    print("\nTargets (median over the rounds)")
    for _, text in found:
        print(f"  {text}")
    all_notes = notes(options, about, results)
    if all_notes:
        print("\nNotes")
        for note in all_notes:
            print(f"  {note}")
    path = options.results / f"{about['at'].replace(':', '').replace('+0000', 'Z')}.json"
    report.write_json(path, about, results, all_notes)
    print(f"\nAll figures: {path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path}")
    failed = report.errors_count(results) > 0 or (options.check and not all(met for met, _ in found))
    return 1 if failed else 0


def notes(options: argparse.Namespace, about: dict, results: list[tuple[Scenario, report.Rounds]]) -> list[str]:
    found = [note for scenario, rounds in results for note in report.notes(scenario, rounds)]
    found += report.machine_notes(results)
    if about["oneCpuForAll"]:
        found.append("there is one CPU for server and wrk: rates and latencies say nothing")
    if not options.hummingbird and any("hummingbird" in scenario.opponents for scenario, _ in results):
        found.append("Hummingbird was left out, and so are the targets that need it")
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
