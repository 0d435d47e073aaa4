"""A private PostgreSQL cluster in a temporary directory, on a Unix socket inside it, as a user without privileges."""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from .machine import Layout
from .processes import BenchError, Child, command


class Cluster:
    def __init__(self, directory: Path, layout: Layout):
        self.directory = directory / "postgres"
        self.directory.mkdir()
        self.binaries = find_binaries()
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            _hand_over(directory, self.directory, self.user)
        self._initialize()
        self.child = Child(
            "postgres",
            [
                self.binaries / "postgres", "-D", self.directory / "data", "-k", self.directory, "-c", "listen_addresses=",
                # Nothing here must survive a power failure, and rows are only read while it counts.
                "-c", "fsync=off", "-c", "shared_buffers=128MB", "-c", "autovacuum=off", "-c", "jit=off",
            ], directory / "postgres.log", cpus=layout.database, user=self.user)
        self.child.wait_for(lambda _: self._is_ready())

    @property
    def url(self) -> str:
        return f"postgresql:///postgres?user=zerver&host={self.directory}"

    @property
    def pid(self) -> int:
        return self.child.pid

    def stop(self):
        # SIGINT is PostgreSQL's fast shutdown: it ends sessions instead of waiting for them.
        self.child.stop(signal.SIGINT)

    def _initialize(self):
        arguments = [
            self.binaries / "initdb", "-D", self.directory / "data", "-U", "zerver", "-A", "trust", "-E", "UTF8",
            "--no-locale", "--no-sync",
        ]
        result = subprocess.run(
            command(arguments, user=self.user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=120, cwd=self.directory)
        if result.returncode != 0:
            raise BenchError(f"initdb ended with {result.returncode}:\n{result.stdout[-2000:]}")

    def _is_ready(self) -> bool:
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.directory), "-t", "1"]
        return subprocess.run(ready, timeout=10, check=False).returncode == 0


def find_binaries() -> Path:
    """The newest version of Debian's packages, or what the search path has."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: [int(part) for part in path.parts[4].split(".")])
    found = versions[-1] if versions else shutil.which("initdb")
    if found is None:
        raise BenchError("PostgreSQL's server is not installed; Scripts/setup.sh bench installs it")
    return Path(found).parent


def _hand_over(parent: Path, directory: Path, user: str):
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise BenchError(f"PostgreSQL does not run as root, and there is no user {user} to run it as") from None
    # The way to the directory must be open, too.
    parent.chmod(0o711)
    os.chown(directory, entry.pw_uid, entry.pw_gid)
