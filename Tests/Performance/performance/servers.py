"""The servers that are measured. Each listens on loopback, has one thread of its own and one CPU."""

import json
import re
import shutil
import string
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .machine import Layout
from .processes import BenchError, Child, free_port

NGINX_CONFIGURATION = Path(__file__).parent.parent / "Nginx" / "nginx.conf"

#: What the flows must answer before they are measured: a fast wrong answer is worth nothing.
EXPECTED = {
    "/flow/v1/say-hello": lambda body: body == b"Hello, world!",
    "/flow/v1/show-message": lambda body: json.loads(body) == {"message": "Hello, world!"},
    "/flow/v1/show-product?product-id=": lambda body: json.loads(body)["product-id"] == 1,
}


@dataclass
class Server:
    name: str
    child: Child
    address: str

    def check(self, path: str):
        """Asks once, and compares the answer with what it must be."""
        url = f"http://{self.address}{path}" + ("1" if path.endswith("=") else "")
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                body = response.read()
        except urllib.error.URLError as error:
            raise BenchError(f"{self.name} does not answer {path}: {error}\n{self.child.output[-2000:]}") from None
        if not EXPECTED[path](body):
            raise BenchError(f"{self.name} answers {path} with {body[:200]!r}")


def start_zerver(executable: Path, directory: Path, layout: Layout, database_url=None, proactor="automatic", name="zerver",
                 environment=None) -> Server:
    """The shop with one worker. Without a URL it gets an SQLite database of its own."""
    child = Child(
        name,
        [
            executable, "serve", "--port", 0, "--workers", 1, "--proactor", proactor, "--database-url",
            database_url or f"sqlite:{directory}/{name}.sqlite",
        ], directory / f"{name}.log", cpus=[layout.server], environment=environment)
    # Seeding the database comes first.
    found = child.wait_for(lambda child: re.search(r"open at http://(\S+)", child.output), seconds=180)
    return Server(name, child, found[1])


def proactor_of(server: Server) -> str:
    """Which proactor runs, from the line of the log that says so."""
    found = re.search(r"proactor=\"?(\w+)", server.child.output)
    return found[1] if found else "unknown"


def start_nginx(directory: Path, layout: Layout) -> Server:
    executable = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or shutil.which("nginx")
    if executable is None:
        raise BenchError("nginx is not installed; Scripts/setup.sh bench installs it")
    port = free_port()
    configuration = string.Template(NGINX_CONFIGURATION.read_text()).substitute(port=port)
    (directory / "nginx.conf").write_text(configuration)
    child = Child(
        "nginx", [executable, "-p", directory, "-e", "stderr", "-c", directory / "nginx.conf"], directory / "nginx.log",
        cpus=[layout.server])
    address = f"127.0.0.1:{port}"
    child.wait_for(lambda _: _takes_connections(address))
    return Server("nginx", child, address)


def start_hummingbird(executable: Path, directory: Path, layout: Layout) -> Server:
    child = Child("hummingbird", [executable], directory / "hummingbird.log", cpus=[layout.server])
    found = child.wait_for(lambda child: re.search(r"listening on (\S+)", child.output))
    return Server("hummingbird", child, found[1])


def _takes_connections(address: str) -> bool:
    try:
        urllib.request.urlopen(f"http://{address}/", timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
