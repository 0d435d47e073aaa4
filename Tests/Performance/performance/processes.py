"""Child processes that are pinned to CPUs, end with this process, and are stopped by their own identifier."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path


class BenchError(Exception):
    """Something that the benchmark needs does not work. The text says what, for people."""


class Child:
    """One program. Its output goes to a file, so that a full pipe never stops it."""

    def __init__(self, name, arguments, log: Path, cpus=None, environment=None, user=None):
        self.name = name
        self.log = log
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                command(arguments, cpus, user), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})}, cwd=log.parent)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, question, seconds: float = 60):
        """Asks until there is an answer. Fails when the program ends first, or takes longer than `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = question(self)
            if answer:
                return answer
            if not self.is_running:
                break
            time.sleep(0.05)
        state = "takes too long to start" if self.is_running else "ended at its start"
        raise BenchError(f"{self.name} {state}:\n{self.output[-2000:]}")

    def stop(self, stop_signal=signal.SIGTERM, seconds: float = 10):
        """Asks the program to end, and kills it when it does not."""
        if not self.is_running:
            return
        self.process.send_signal(stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def command(arguments, cpus=None, user=None) -> list[str]:
    """`arguments` under setpriv and taskset, which execute the program in their own place: the identifier is the program's.

    The kernel ends the program when this one dies, even by SIGKILL.
    """
    privileges = ["setpriv", "--pdeathsig", "TERM"]
    if user:
        privileges += [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    pinned = ["taskset", "-c", ",".join(map(str, cpus))] if cpus else []
    return [*privileges, *pinned, *map(str, arguments)]


def run(arguments, seconds: float = 60, **options) -> str:
    """A program that ends by itself: its output. Fails when it fails."""
    try:
        result = subprocess.run(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=seconds, **options)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{arguments[0]} did not end within {seconds} s") from None
    except FileNotFoundError:
        raise BenchError(f"{arguments[0]} is not installed; Scripts/setup.sh bench installs what is missing") from None
    if result.returncode != 0:
        raise BenchError(f"{arguments[0]} ended with {result.returncode}:\n{result.stdout[-2000:]}")
    return result.stdout


def free_port() -> int:
    """A loopback port that was free a moment ago, for programs that cannot ask the system themselves."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
