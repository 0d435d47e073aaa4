"""What one load on one server does not show: memory of idle connections, the start, latency below the peak, two workers."""

import resource
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .load import Load, Measurement, measure, peak, steady
from .machine import Layout, process_tree
from .processes import BenchError, free_port
from .scenarios import BARE, HUMMINGBIRD, NGINX, ZERVER
from .servers import Fleet, Launch, Server, read_answer

HELLO = "/flow/v1/hello-world"
IDLE_CONNECTIONS = 10_000
#: Starts in one round, whose median counts: one alone is a matter of luck.
STARTS = 5

#: One round: for each server, its figures by their heading.
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Bound:
    """What must come out: a figure of ours, to that of `opponent` if there is one."""

    figure: str
    most: float | None = None
    least: float | None = None
    opponent: str | None = None
    subject: str = ZERVER

    def is_met(self, value: float) -> bool:
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def wanted(self) -> str:
        return f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"


@dataclass(frozen=True)
class Probe:
    name: str
    title: str
    names: tuple[str, ...]
    bounds: tuple[Bound, ...] = ()

    def run(self, fleet: Fleet, names: list[str], seconds: int) -> Figures:
        """One round. `names` says in which order."""
        return _RUNNERS[self.name](fleet, names, seconds)


PROBES = (
    Probe(
        "half-peak", "latency at half of the load that the slowest of them reaches, 64 connections", (ZERVER, BARE, NGINX),
        (Bound("p99 µs", most=1.0, opponent=NGINX),)),
    Probe(
        "idle", f"{IDLE_CONNECTIONS:,} idle connections, and 64 active ones at half of the load that the slower reaches",
        (ZERVER, NGINX),
        (Bound("KiB an idle connection", most=1.0, opponent=NGINX), Bound("p99 to p99 without", most=1.1))),
    Probe("start", "start of the process to the first answer", (ZERVER, BARE, NGINX, HUMMINGBIRD), (Bound("ms to the answer", most=50),)),
    Probe("workers", "one worker and two, 64 connections for each", (ZERVER, NGINX), (Bound("load of 2 to 1", least=1.8),)),
)


# MARK: Latency below the peak


def _half_peak(fleet: Fleet, names: list[str], seconds: int) -> Figures:
    cpus = (fleet.layout.load,)
    addresses = {name: fleet.get(name, "edge", Load(HELLO)).addresses["http"] for name in names}
    peaks = {name: peak(address, HELLO, cpus) for name, address in addresses.items()}
    rate = min(peaks.values()) / 2
    found = {}
    for name, address in addresses.items():
        latency = steady(address, HELLO, rate, seconds, cpus)
        found[name] = {
            "peak/s": peaks[name], "load/s": latency.per_second, "p50 µs": latency.p50_micros, "p99 µs": latency.p99_micros,
            "h2load's CPU %": latency.load_share * 100,
        }
    return found


# MARK: Idle connections


def _idle(fleet: Fleet, names: list[str], seconds: int) -> Figures:
    _raise_descriptors(IDLE_CONNECTIONS + 500)
    cpus = (fleet.layout.load,)
    servers: dict[str, Server] = {}
    found: Figures = {name: {} for name in names}
    try:
        # New processes: memory that a server has taken once it keeps.
        for name in names:
            servers[name] = fleet.start(Launch(name, "edge"))
        rate = min(peak(server.addresses["http"], HELLO, cpus) for server in servers.values()) / 2
        for name, server in servers.items():
            found[name] = _idle_of(server, rate, seconds, cpus)
    finally:
        for server in servers.values():
            server.child.stop()
    return found


def _idle_of(server: Server, rate: float, seconds: int, cpus) -> dict[str, float]:
    address = server.addresses["http"]
    before = steady(address, HELLO, rate, seconds, cpus).p99_micros
    memory = resident_kib(server.child.pid)
    with IdleConnections(address, IDLE_CONNECTIONS):
        grown = resident_kib(server.child.pid) - memory
        after = steady(address, HELLO, rate, seconds, cpus).p99_micros
    return {
        "KiB an idle connection": grown / IDLE_CONNECTIONS, "MiB before": memory / 1024, "p99 µs without": before,
        "p99 µs with": after, "p99 to p99 without": after / before,
    }


class IdleConnections:
    """Connections that have had one answer each, and then say nothing."""

    def __init__(self, address: str, count: int):
        host, _, port = address.rpartition(":")
        self.request = f"GET {HELLO} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode()
        self.place = host, int(port)
        self.count = count
        self.sockets: list[socket.socket] = []

    def __enter__(self) -> "IdleConnections":
        for _ in range(self.count):
            connection = socket.create_connection(self.place, timeout=10)
            self.sockets.append(connection)
            connection.sendall(self.request)
            read_answer(connection)
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()


def resident_kib(pid: int) -> int:
    """Memory of a process and its descendants, in which a page that they share counts once (proc(5), `smaps_rollup`)."""
    return sum(_proportional_kib(process) for process in process_tree(pid))


def _proportional_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise BenchError("this kernel does not say how much memory a process has")


def _raise_descriptors(count: int):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise BenchError(f"{count} descriptors are needed, and the hard limit is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


# MARK: The start


def _start(fleet: Fleet, names: list[str], _: int) -> Figures:
    answer = fleet.answer("edge", Load(HELLO)) if BARE in names else None
    return {name: _start_of(fleet, Launch(name, "edge", answer=answer)) for name in names}


def _start_of(fleet: Fleet, launch: Launch) -> dict[str, float]:
    times, memory = [], []
    for _ in range(STARTS):
        port = free_port()
        began = time.monotonic()
        child = fleet.spawn(Launch(launch.name, launch.site, port=port, answer=launch.answer))
        try:
            _first_answer(child, port, began + 20)
            times.append((time.monotonic() - began) * 1e3)
            memory.append(resident_kib(child.pid) / 1024)
        finally:
            child.stop()
    return {"ms to the answer": median(times), "MiB": median(memory)}


def _first_answer(child, port: int, end: float):
    request = f"GET {HELLO} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    while time.monotonic() < end and child.is_running:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request)
                if not read_answer(connection).startswith(b"HTTP/1.1 200 "):
                    raise BenchError(f"{child.name} answers something else")
                return
        except ConnectionError:
            time.sleep(0.0005)
    raise BenchError(f"{child.name} did not start:\n{child.output[-2000:]}")


# MARK: Two workers


def _workers(fleet: Fleet, names: list[str], seconds: int) -> Figures:
    cpus = fleet.layout.for_two_workers()
    if cpus is None:
        raise BenchError("two workers need two CPUs")
    found: Figures = {name: {} for name in names}
    for name in names:
        runs: list[Measurement] = []
        for workers in (1, 2):
            server = fleet.start(Launch(name, "edge", cpus=cpus.servers[:workers], workers=workers))
            try:
                # As many for each: fewer connections mean fewer requests in a turn, which costs more of each.
                load = Load(HELLO, connections=64 * workers)
                measure(server.addresses["http"], server.child.pid, load, 1, cpus.loads[:workers])
                runs.append(measure(server.addresses["http"], server.child.pid, load, seconds, cpus.loads[:workers]))
            finally:
                server.child.stop()
        one, two = runs
        found[name] = {
            "1: rate/s": one.per_second, "2: rate/s": two.per_second, "1: CPU µs each": one.cpu_micros,
            "2: CPU µs each": two.cpu_micros, "rate of 2 to 1": two.per_second / one.per_second,
            "load of 2 to 1": 2 * one.cpu_micros / two.cpu_micros,
        }
    return found


def workers_note(layout: Layout) -> str:
    cpus = layout.for_two_workers()
    if cpus is None:
        return ""
    load = "load of 2 to 1 is what two workers can carry by their CPU time, if each has a CPU"
    if set(cpus.servers) & set(cpus.loads):
        return (
            "workers: there are two CPUs, so each carries one worker and one thread of wrk, and so does the one of a single worker: "
            f"the ratio of the rates is how both grow together. {load}")
    return f"workers: one CPU for each worker, and one for a thread of wrk to each. {load}"


_RUNNERS = {"half-peak": _half_peak, "idle": _idle, "start": _start, "workers": _workers}
