"""One measurement: a load generator against a server, with the CPU time of everybody who took part."""

import json
import re
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from .machine import CpuTimes, cpu_seconds
from .processes import BenchError, command

SCRIPT = Path(__file__).parent.parent / "requests.lua"


@dataclass(frozen=True)
class Load:
    """What the clients do: `connections` at the same time, each sending `pipeline` requests at once."""

    path: str
    connections: int = 64
    pipeline: int = 1
    #: With more than 0, a random number up to this one is put at the end of the path.
    numbers: int = 0
    #: `http` and `https` by wrk, `h2` (over TLS) and `h2c` by h2load, `handshake` by openssl.
    protocol: str = "http"
    #: Of each connection, at the same time, where the protocol has streams.
    streams: int = 1

    @property
    def generator(self) -> str:
        return {"h2": "h2load", "h2c": "h2load", "handshake": "openssl"}.get(self.protocol, "wrk")

    @property
    def scheme(self) -> str:
        return "http" if self.protocol in ("http", "h2c") else "https"


@dataclass(frozen=True)
class Measurement:
    """What one run showed. Shares are of one CPU, except `others_share`, which is of all."""

    requests: int
    seconds: float
    server_cpu_seconds: float
    server_share: float
    #: None where nobody but the measured program makes the load.
    load_share: float | None
    #: CPU time of the database server for each request.
    database_cpu_micros: float | None
    #: What processes that do not belong to the benchmark used, and what the hypervisor took away.
    others_share: float
    steal_share: float
    p50_micros: float | None = None
    p99_micros: float | None = None
    errors: int = 0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_micros(self) -> float:
        return self.server_cpu_seconds * 1e6 / self.requests

    def as_json(self) -> dict:
        return {"requestsPerSecond": self.per_second, "serverCpuMicrosPerRequest": self.cpu_micros} | {
            "requests": self.requests, "seconds": self.seconds, "p50Micros": self.p50_micros, "p99Micros": self.p99_micros,
            "errors": self.errors, "serverShare": self.server_share, "loadShare": self.load_share,
            "databaseCpuMicrosPerRequest": self.database_cpu_micros, "othersShare": self.others_share,
            "stealShare": self.steal_share,
        }


@dataclass(frozen=True)
class Summary:
    """What a load generator said at its end."""

    requests: int
    seconds: float
    errors: int = 0
    p50_micros: float | None = None
    p99_micros: float | None = None


def measure(address: str, server_pid: int, load: Load, seconds: float, cpus, database_pid=None) -> Measurement:
    """Puts `load` on `address` for `seconds`, from `cpus`."""
    seconds = max(1, round(seconds))
    arguments = command(_arguments(address, load, seconds, threads=len(cpus)), cpus=cpus)
    watch = Watch(server_pid, database_pid)
    output, client_cpu = run_counting_cpu(arguments, seconds + 30)
    summary = _READERS[load.generator](output, load)
    if summary.requests == 0:
        raise BenchError(f"{address}{load.path} answered nothing:\n{output}")
    return watch.measurement(summary, client_cpu)


def _arguments(address: str, load: Load, seconds: int, threads: int) -> list:
    url = f"{load.scheme}://{address}{load.path}"
    match load.generator:
        case "wrk":
            threads = min(threads, load.connections)
            return [
                "wrk", "-t", threads, "-c", load.connections, "-d", f"{seconds}s", "--timeout", "10s", "-s", SCRIPT, url, "--",
                load.pipeline, load.numbers,
            ]
        case "h2load":
            return [
                "h2load", "-t", threads, "-c", load.connections, "-m", load.streams, "-D", seconds, url,
            ]
        case _:
            return ["openssl", "s_time", "-connect", address, "-new", "-time", seconds]


class Watch:
    """Clocks and CPU times from here on."""

    def __init__(self, server_pid=None, database_pid=None):
        self.server_pid = server_pid
        self.database_pid = database_pid
        self.server = cpu_seconds(server_pid) if server_pid else 0.0
        self.database = cpu_seconds(database_pid) if database_pid else 0.0
        self.machine = CpuTimes.now()
        self.began = time.monotonic()

    def measurement(self, summary: Summary, client_cpu: float) -> Measurement:
        """`client_cpu` is the time of the load generator, or of the measured program itself if there is no server."""
        elapsed = time.monotonic() - self.began
        machine = CpuTimes.now()
        database = cpu_seconds(self.database_pid) - self.database if self.database_pid else 0.0
        server = cpu_seconds(self.server_pid) - self.server if self.server_pid else client_cpu
        ours = server + database + (client_cpu if self.server_pid else 0.0)
        all_cpus = elapsed * machine.count
        return Measurement(
            requests=summary.requests, seconds=summary.seconds, server_cpu_seconds=server, server_share=server / elapsed,
            load_share=client_cpu / elapsed if self.server_pid else None,
            database_cpu_micros=database * 1e6 / summary.requests if self.database_pid else None,
            others_share=max(0.0, machine.busy - self.machine.busy - ours) / all_cpus,
            steal_share=(machine.steal - self.machine.steal) / all_cpus, p50_micros=summary.p50_micros,
            p99_micros=summary.p99_micros, errors=summary.errors)


def run_counting_cpu(arguments, seconds: float) -> tuple[str, float]:
    """Runs a program: its standard output, and the CPU time that it used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        result = subprocess.run(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{' '.join(arguments)} did not end within {seconds:.0f} s") from None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        raise BenchError(f"{' '.join(arguments)} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# MARK: What the generators print


def read_wrk(output: str, load: Load) -> Summary:
    for line in output.splitlines():
        if line.startswith("summary: "):
            found = json.loads(line.removeprefix("summary: "))
            break
    else:
        raise BenchError(f"wrk reported no summary:\n{output}")
    errors = sum(found[kind] for kind in ("connect", "read", "write", "status", "timeout"))
    # wrk takes the mean time between two answers for the time between two requests of a connection and adds what it thinks
    # it has missed. Where 16 answers come at once, its percentiles are nonsense (p99 0).
    latency = (None, None) if load.pipeline > 1 else (found["p50"], found["p99"])
    return Summary(found["requests"], found["micros"] / 1e6, errors, *latency)


_H2LOAD_TIME = re.compile(r"^finished in ([\d.]+)(us|ms|s|m)", re.MULTILINE)
_H2LOAD_REQUESTS = re.compile(
    r"^requests: \d+ total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", re.MULTILINE)
_UNIT_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


def read_h2load(output: str, _: Load) -> Summary:
    took, requests = _H2LOAD_TIME.search(output), _H2LOAD_REQUESTS.search(output)
    if not took or not requests:
        raise BenchError(f"h2load reported no summary:\n{output}")
    # A failed request is an errored one as well, or one with a bad status.
    return Summary(int(requests[1]), float(took[1]) * _UNIT_SECONDS[took[2]], int(requests[2]) + int(requests[4]))


def read_s_time(output: str, _: Load) -> Summary:
    found = re.search(r"^(\d+) connections in (\d+) real seconds", output, re.MULTILINE)
    if not found:
        raise BenchError(f"openssl s_time reported no summary:\n{output}")
    # It stops at the first connection that ends after its time, which counts in whole seconds.
    return Summary(int(found[1]), float(found[2]))


_READERS = {"wrk": read_wrk, "h2load": read_h2load, "openssl": read_s_time}


# MARK: Steady load


@dataclass(frozen=True)
class Latency:
    per_second: float
    p50_micros: float
    p99_micros: float
    load_share: float


def peak(address: str, path: str, cpus, connections: int = 64) -> float:
    """Requests a second when h2load sends as fast as it gets answers over HTTP/1.1."""
    output, _ = run_counting_cpu(
        command(["h2load", "--h1", "-t", 1, "-c", connections, "-D", 1, f"http://{address}{path}"], cpus=cpus), 31)
    found = read_h2load(output, Load(path))
    return found.requests / found.seconds


def steady(address: str, path: str, per_second: float, seconds: int, cpus, connections: int = 64) -> Latency:
    """Latencies while `connections` clients together send `per_second` requests a second, each at its own pace."""
    with tempfile.NamedTemporaryFile("r", prefix="zerver-bench-") as log:
        began = time.monotonic()
        output, used = run_counting_cpu(
            command(
                [
                    "h2load", "--h1", "-t", 1, "-c", connections, "-D", seconds, f"--rps={per_second / connections:.2f}",
                    f"--log-file={log.name}", f"http://{address}{path}",
                ], cpus=cpus), seconds + 30)
        elapsed = time.monotonic() - began
        latencies = read_latencies(log.read())
    if not latencies:
        raise BenchError(f"{address}{path} answered nothing:\n{output}")
    return Latency(len(latencies) / seconds, percentile(latencies, 50), percentile(latencies, 99), used / elapsed)


def read_latencies(log: str) -> list[int]:
    """Microseconds of each answered request, from a log of h2load: start, status, time."""
    rows = (line.split("\t") for line in log.splitlines())
    return sorted(int(row[2]) for row in rows if len(row) >= 3 and row[1] == "200")


def percentile(ordered: list, percent: float):
    """The value that so many percent do not exceed, by nearest rank."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1).__int__()]
