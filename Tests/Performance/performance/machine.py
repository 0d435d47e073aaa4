"""The machine under the benchmark: which CPUs there are, who used them, and what /proc says about a process."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Layout:
    """Which CPU does what. A server has one CPU and the load generator another, where there are two."""

    server: int
    load: int
    database: tuple[int, ...]

    @property
    def is_shared(self) -> bool:
        return self.server == self.load

    def for_two_workers(self) -> "Pairs | None":
        """CPUs for up to two workers with a thread of load to each. With four CPUs everybody has one; with two, a worker and
        the load on it share one, so that both grow together. None on a machine with one."""
        if self.is_shared:
            return None
        if len(self.database) >= 2 and self.server not in self.database:
            return Pairs((self.server, self.database[-1]), (self.load, self.database[0]))
        return Pairs((self.server, self.load), (self.server, self.load))


@dataclass(frozen=True)
class Pairs:
    servers: tuple[int, int]
    loads: tuple[int, int]


def choose_layout() -> Layout:
    """Databases get CPUs of their own if there are any left, and otherwise run wherever the kernel finds room."""
    cpus = sorted(os.sched_getaffinity(0))
    server, load = cpus[-1], cpus[0]
    spare = tuple(cpu for cpu in cpus if cpu not in (server, load))
    return Layout(server=server, load=load, database=spare or tuple(cpus))


def process_tree(pid: int) -> list[int]:
    """A process and its descendants, as far as they are alive."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                children = Path(f"/proc/{parent}/task/{task}/children").read_text()
                found += [int(child) for child in children.split()]
        except OSError:
            continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of all its descendants, threads included (proc(5), `stat`)."""
    return sum(_cpu_seconds_with_ended_children(process) for process in process_tree(pid))


def _cpu_seconds_with_ended_children(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    # The name in parentheses may hold spaces, so fields are counted behind it: the first there is field 3.
    fields = text.rpartition(")")[2].split()
    # utime, stime, and the same of children that were waited for: a child that ends must not take its time away.
    return sum(int(field) for field in fields[14 - 3 : 18 - 3]) * TICK_SECONDS


@dataclass(frozen=True)
class CpuTimes:
    """Seconds since boot, over all CPUs that this process may use."""

    busy: float
    steal: float
    count: int

    @staticmethod
    def now() -> "CpuTimes":
        allowed = {f"cpu{cpu}" for cpu in os.sched_getaffinity(0)}
        busy = steal = 0
        for line in Path("/proc/stat").read_text().splitlines():
            name, *fields = line.split()
            if name in allowed:
                user, nice, system, _idle, _iowait, irq, softirq, stolen = map(int, fields[:8])
                busy += user + nice + system + irq + softirq
                steal += stolen
        return CpuTimes(busy * TICK_SECONDS, steal * TICK_SECONDS, len(allowed))


def load_average() -> float:
    """Processes that ran or wanted to, over the last minute."""
    return os.getloadavg()[0]


def description() -> dict:
    """What a reader needs to compare two results. Nothing that names the machine or its folders."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cpus": len(os.sched_getaffinity(0)), "kernel": platform.release()}
