"""One measurement over HTTP: wrk against a server, with the CPU time of everybody who took part."""

import json
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .machine import CpuTimes, Layout, cpu_seconds
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


def measure_http(address: str, server_pid: int, load: Load, seconds: float, layout: Layout, database_pid=None) -> Measurement:
    """Runs wrk for `seconds` against `address`."""
    arguments = command(
        [
            "wrk", "-t", 1, "-c", load.connections, "-d", f"{max(1, round(seconds))}s", "--timeout", "10s", "-s", SCRIPT,
            f"http://{address}{load.path}", "--", load.pipeline, load.numbers,
        ], cpus=[layout.load])
    watch = Watch(server_pid, database_pid)
    output, client_cpu = run_counting_cpu(arguments, seconds + 30)
    summary = _summary(output)
    if summary["requests"] == 0:
        raise BenchError(f"{address}{load.path} answered nothing:\n{output}")
    errors = sum(summary[kind] for kind in ("connect", "read", "write", "status", "timeout"))
    # wrk takes the mean time between two answers for the time between two requests of a connection and adds what it thinks
    # it has missed. Where 16 answers come at once, its percentiles are nonsense (p99 0).
    latency = {} if load.pipeline > 1 else {"p50_micros": summary["p50"], "p99_micros": summary["p99"]}
    return watch.measurement(
        requests=summary["requests"], seconds=summary["micros"] / 1e6, client_cpu=client_cpu, errors=errors, **latency)


class Watch:
    """Clocks and CPU times from here on."""

    def __init__(self, server_pid=None, database_pid=None):
        self.server_pid = server_pid
        self.database_pid = database_pid
        self.server = cpu_seconds(server_pid) if server_pid else 0.0
        self.database = cpu_seconds(database_pid) if database_pid else 0.0
        self.machine = CpuTimes.now()
        self.began = time.monotonic()

    def measurement(self, requests, seconds, client_cpu, **latency) -> Measurement:
        """`client_cpu` is the time of wrk, or of the measured program itself if there is no server."""
        elapsed = time.monotonic() - self.began
        machine = CpuTimes.now()
        database = cpu_seconds(self.database_pid) - self.database if self.database_pid else 0.0
        server = cpu_seconds(self.server_pid) - self.server if self.server_pid else client_cpu
        ours = server + database + (client_cpu if self.server_pid else 0.0)
        all_cpus = elapsed * machine.count
        return Measurement(
            requests=requests, seconds=seconds, server_cpu_seconds=server, server_share=server / elapsed,
            load_share=client_cpu / elapsed if self.server_pid else None,
            database_cpu_micros=database * 1e6 / requests if self.database_pid else None,
            others_share=max(0.0, machine.busy - self.machine.busy - ours) / all_cpus,
            steal_share=(machine.steal - self.machine.steal) / all_cpus, **latency)


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


def _summary(output: str) -> dict:
    for line in output.splitlines():
        if line.startswith("summary: "):
            return json.loads(line.removeprefix("summary: "))
    raise BenchError(f"wrk reported no summary:\n{output}")
