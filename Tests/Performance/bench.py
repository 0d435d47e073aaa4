#!/usr/bin/env python3
"""Measures this server against a bare C responder, nginx, Hummingbird and bare libpq on the same machine in the same minutes.

Tests/Performance/run.sh builds what is measured and calls this. Every round runs every server once for each row, so that a
machine that slows down slows all of them; ratios are taken within a round. A server has one thread and one CPU, the load
generator has another CPU. Server CPU time comes from /proc and counts the server and its children.

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
import time
from contextlib import ExitStack
from pathlib import Path

from performance import chart, machine, report, selftest, servers
from performance.load import Measurement, Summary, Watch, measure, run_counting_cpu
from performance.postgres import Cluster
from performance.probes import PROBES, Probe, workers_note
from performance.processes import BenchError, command
from performance.report import Results
from performance.scenarios import HUMMINGBIRD, PRODUCTS, ROWS_IN_FLIGHT, SCENARIOS, ZERVER, Scenario, is_chosen

REPOSITORY = Path(__file__).resolve().parents[2]
ROWS = [row.name for row in (*SCENARIOS, *PROBES)]


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return 0 if selftest.run() else 1
    options = parse_arguments()
    # So that an interrupted run still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zerver-bench-")))
        bench = Bench(options, directory, stack)
        results = bench.measure()
        about = bench.about()
    return show(options, about, results)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures Zerver against a bare C responder, nginx, Hummingbird and bare libpq.",
        prog="Tests/Performance/run.sh", epilog=f"Rows: {', '.join(ROWS)}.")
    parser.add_argument("--checkout", type=Path, required=True, help="executable of the shop, built in release mode")
    parser.add_argument("--conformance", type=Path, required=True, help="executable of Examples/Conformance, likewise")
    parser.add_argument("--bare-http", type=Path, required=True, help="executable of BareHTTP/")
    parser.add_argument("--hummingbird", type=Path, help="executable of HummingbirdServer/; without it, it is left out")
    parser.add_argument("--bare-libpq", type=Path, help="executable of BareLibpq/")
    parser.add_argument("--rounds", type=int, help="default 3")
    parser.add_argument("--seconds", type=int, help="of each run; default 3")
    parser.add_argument("--quick", action="store_true", help="1 round of 1 second: whether all works, not how fast")
    parser.add_argument(
        "--rows", default="", help="those rows alone, by name or by the first words of it: 'plaintext tls'")
    parser.add_argument("--proactor", default="automatic", help="of Zerver: automatic, io_uring or epoll")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a target is missed")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench-results", help="folder for tables, chart and JSON")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (1 if options.quick else 3)
    options.rows = options.rows.split()
    for row in options.rows:
        if not any(is_chosen(name, [row]) for name in ROWS):
            parser.error(f"there is no row {row!r}; these are: {', '.join(ROWS)}")
    return options


class Bench:
    """The programs that are measured, from start to stop."""

    def __init__(self, options: argparse.Namespace, directory: Path, stack: ExitStack):
        self.options = options
        self.directory = directory
        self.stack = stack
        self.layout = machine.choose_layout()
        self.load_before = machine.load_average()
        programs = servers.Programs(options.checkout, options.conformance, options.hummingbird, options.bare_http)
        self.fleet = servers.Fleet(programs, directory, self.layout, options.proactor, stack)
        self.scenarios = [row for row in SCENARIOS if is_chosen(row.name, options.rows)]
        self.probes = [row for row in PROBES if is_chosen(row.name, options.rows)]
        self.cluster: Cluster | None = None
        self.progress = Progress()

    def measure(self) -> Results:
        results = Results()
        for scenario in self.scenarios:
            if scenario.site == "rows":
                self._start_postgres()
            names = [name for name in self._names(scenario.names) if self._can_be_measured(scenario, name, results)]
            results.scenarios.append((scenario, {name: [] for name in names}))
        self._compare_ciphers()
        results.probes = [(probe, []) for probe in self.probes]
        runs = sum(len(rounds) for _, rounds in results.scenarios) + sum(len(self._names(row.names)) for row in self.probes)
        self.progress.begin(runs * self.options.rounds)
        for index in range(self.options.rounds):
            for scenario, rounds in results.scenarios:
                for name in turned(list(rounds), index):
                    self.progress.step(f"round {index + 1} of {self.options.rounds}  {scenario.name}  {name}")
                    rounds[name].append(self._run(scenario, name, max(self.options.seconds, scenario.seconds_min)))
            for probe, rounds in results.probes:
                self._probe(probe, rounds, index, results)
        results.probes = [(probe, rounds) for probe, rounds in results.probes if rounds]
        results.scenarios = [(scenario, rounds) for scenario, rounds in results.scenarios if rounds]
        self.progress.end()
        return results

    def _names(self, names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name != HUMMINGBIRD or self.options.hummingbird]

    def _can_be_measured(self, scenario: Scenario, name: str, results: Results) -> bool:
        """Starts the server, asks it once, and warms it up."""
        self.progress.say(f"warming up  {scenario.name}  {name}")
        if server := self.fleet.server(name, scenario):
            reason = server.check(scenario.load)
            if reason is not None:
                results.missing.append(f"{scenario.name}, {name}: {reason}")
                return False
        self._run(scenario, name, seconds=1)
        return True

    def _probe(self, probe: Probe, rounds: list, index: int, results: Results):
        names = turned(self._names(probe.names), index)
        self.progress.step(f"round {index + 1} of {self.options.rounds}  {probe.name}  {', '.join(names)}", len(names))
        try:
            found = probe.run(self.fleet, names, self.options.seconds)
            rounds.append({name: found[name] for name in probe.names if name in found})
        except BenchError as error:
            results.missing.append(f"{probe.name}, round {index + 1}: {str(error).splitlines()[0]}")

    def _run(self, scenario: Scenario, name: str, seconds: float) -> Measurement:
        database = self.cluster.pid if scenario.site == "rows" else None
        if server := self.fleet.server(name, scenario):
            address = server.addresses[scenario.load.protocol]
            return measure(address, server.child.pid, scenario.load, seconds, (self.layout.load,), database)
        return self._run_libpq(name.rpartition(" ")[2], round(seconds))

    def _run_libpq(self, sync: str, seconds: int) -> Measurement:
        arguments = [self.options.bare_libpq, self.cluster.url, seconds, ROWS_IN_FLIGHT, PRODUCTS, sync]
        watch = Watch(database_pid=self.cluster.pid)
        output, used = run_counting_cpu(command(arguments, cpus=[self.layout.server]), seconds + 30)
        found = json.loads(output)
        return watch.measurement(Summary(found["rows"], found["micros"] / 1e6), client_cpu=used)

    def _start_postgres(self):
        self.cluster = Cluster(self.directory, self.layout)
        self.stack.callback(self.cluster.stop)
        self.fleet.database_url = self.cluster.url

    def _compare_ciphers(self):
        """A cheaper cipher would be an unfair advantage."""
        for scenario in self.scenarios:
            if scenario.load.protocol not in ("https", "handshake"):
                continue
            found = {name: self.fleet.server(name, scenario).cipher() for name in scenario.names}
            if len(set(found.values())) > 1:
                raise BenchError(f"the servers do not agree on a cipher: {found}")

    def about(self) -> dict:
        ours = next((server for server in self.fleet.servers.values() if server.name == ZERVER), None)
        commit = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, check=False)
        return {
            "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "commit": commit.stdout.strip() or None, "proactor": servers.proactor_of(ours) if ours else self.options.proactor,
            "rounds": self.options.rounds, "secondsPerRun": self.options.seconds, "oneCpuForAll": self.layout.is_shared,
            "loadBefore": self.load_before, "loadAfter": machine.load_average(),
            "layoutNote": workers_note(self.layout) if any(row.name == "workers" for row in self.probes) else "",
        } | machine.description()


def turned(names: list[str], index: int) -> list[str]:
    """Turned round every time, so that nobody always comes after the same neighbour."""
    return names if index % 2 == 0 else names[::-1]


class Progress:
    """Which run it is, and about how long the rest takes. One line that changes on a terminal, otherwise a line each."""

    def __init__(self):
        self.done = self.total = 0
        self.began = time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def begin(self, total: int):
        self.total = total
        self.began = time.monotonic()

    def step(self, text: str, count: int = 1):
        passed = time.monotonic() - self.began
        rest = f", about {max(1, round(passed / self.done * (self.total - self.done) / 60))} min left" if self.done else ""
        self.say(f"{self.done + 1:>3}/{self.total}  {text}{rest}")
        self.done += count

    def say(self, text: str):
        print(f"\r\x1b[K{text}" if self.is_terminal else text, end="" if self.is_terminal else "\n", file=sys.stderr, flush=True)

    def end(self):
        if self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def show(options: argparse.Namespace, about: dict, results: Results) -> int:
    print(report.headline(about))
    for scenario, rounds in results.scenarios:
        print(report.table(scenario, rounds))
    for probe, rounds in results.probes:
        print(report.probe_table(probe, rounds))
    found = report.verdicts(results)
    print("\nTargets (median over the rounds)")
    for _, text in found:
        print(f"  {text}")
    all_notes = notes(options, about, results)
    if all_notes:
        print("\nNotes")
        for note in all_notes:
            print(f"  {note}")
    write_files(options.results, about, results, all_notes)
    failed = report.errors_count(results) > 0 or (options.check and not all(met for met, _ in found))
    return 1 if failed else 0


def write_files(folder: Path, about: dict, results: Results, all_notes: list[str]):
    folder.mkdir(exist_ok=True)
    stem = folder / about["at"].replace(":", "").replace("+0000", "Z")
    report.write_json(stem.with_suffix(".json"), about, results, all_notes)
    stem.with_suffix(".md").write_text(report.markdown(about, results, all_notes))
    written = [".json", ".md"]
    if results.scenarios:
        stem.with_suffix(".svg").write_text(chart.draw(results, report.headline(about)))
        written.append(".svg")
    shown = stem.relative_to(REPOSITORY) if stem.is_relative_to(REPOSITORY) else stem
    print(f"\nAll figures: {shown} ({', '.join(written)})")


def notes(options: argparse.Namespace, about: dict, results: Results) -> list[str]:
    found = report.notes(results)
    if about["layoutNote"]:
        found.append(about["layoutNote"])
    if about["oneCpuForAll"]:
        found.append("there is one CPU for server and load generator: rates and latencies say nothing")
    if not options.hummingbird:
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
