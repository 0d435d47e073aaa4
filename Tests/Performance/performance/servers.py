"""The servers that are measured. Each listens on loopback, has one thread of its own and one CPU."""

import http.client
import json
import re
import shutil
import socket
import ssl
import string
from dataclasses import dataclass, field
from pathlib import Path

from .load import Load
from .machine import Layout
from .processes import BenchError, Child, free_port, run
from .scenarios import BARE, EPOLL, HUMMINGBIRD, NGINX, ZERVER, Scenario

NGINX_CONFIGURATION = Path(__file__).parent.parent / "Nginx" / "nginx.conf"

#: What must be answered before it is measured: a fast wrong answer is worth nothing.
EXPECTED = {
    "/flow/v1/say-hello": lambda body, _: body == b"Hello, world!",
    "/flow/v1/hello-world": lambda body, _: body == b"Hello, world!",
    "/flow/v1/show-message": lambda body, _: json.loads(body) == {"message": "Hello, world!"},
    "/flow/v1/show-product": lambda body, _: json.loads(body)["product-id"] == 1,
    "/flow/v1/send-file": lambda body, query: body == b"0123456789abcdef" * (int(query.removeprefix("name=body-")) // 16),
    "/flow/v1/sized-answer": lambda body, query: body == b"0123456789abcdef" * (int(query.removeprefix("bytes=")) // 16),
}


@dataclass
class Server:
    name: str
    child: Child
    #: By the protocol of a load.
    addresses: dict[str, str] = field(default_factory=dict)

    def check(self, load: Load) -> str | None:
        """Asks once, and compares the answer with what it must be. Returns why it cannot be measured, if it cannot."""
        if load.protocol in ("h2", "h2c"):
            return self._check_http2(load)
        path = load.path + ("1" if load.path.endswith("=") else "")
        try:
            body = self._get(load, path)
        except (OSError, http.client.HTTPException) as error:
            raise BenchError(f"{self.name} does not answer {path}: {error}\n{self.child.output[-2000:]}") from None
        if not EXPECTED[path.partition("?")[0]](body, path.partition("?")[2]):
            raise BenchError(f"{self.name} answers {path} with {body[:200]!r}")
        return None

    def _get(self, load: Load, path: str) -> bytes:
        address = self.addresses[load.protocol]
        if load.scheme == "https":
            connection = http.client.HTTPSConnection(address, timeout=10, context=_trusting())
        else:
            connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def _check_http2(self, load: Load) -> str | None:
        address = self.addresses.get(load.protocol)
        if address is None:
            return f"{self.name} has no place to listen for {load.protocol}"
        try:
            output = run(["h2load", "-n", 1, "-c", 1, "-N", "5s", f"{load.scheme}://{address}{load.path}"], seconds=20)
        except BenchError as error:
            return f"h2load cannot talk to {self.name}: {str(error).splitlines()[0]}"
        protocol = re.search(r"^Application protocol: (\S+)", output, re.MULTILINE)
        if not protocol or protocol[1] != load.protocol or "1 succeeded" not in output:
            return f"{self.name} does not speak HTTP/2 {'over TLS' if load.protocol == 'h2' else 'by prior knowledge'}"
        return None

    def cipher(self) -> tuple[str, str]:
        """Version and cipher that a client gets."""
        host, _, port = self.addresses["https"].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as plain:
            with _trusting().wrap_socket(plain) as encrypted:
                name, version, _ = encrypted.cipher()
                return version, name


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class Programs:
    """Executables that run.sh has built. One that is None is left out."""

    checkout: Path
    conformance: Path | None
    hummingbird: Path | None
    bare_http: Path | None


@dataclass(frozen=True)
class Launch:
    """How a server is started."""

    name: str
    site: str = "shop"
    cpus: tuple[int, ...] | None = None
    workers: int = 1
    #: With 0 any that is free, and `Fleet.start` waits until it answers.
    port: int = 0
    #: `http` or `h2c`, of a server that speaks one of them only.
    protocol: str = "http"
    #: What the bare server sends.
    answer: Path | None = None
    environment: dict[str, str] | None = None
    #: A program that runs the server.
    tool: tuple[str, ...] = ()


class Fleet:
    """Starts each server when it is first asked for, and stops all at the end."""

    def __init__(self, programs: Programs, directory: Path, layout: Layout, proactor: str, stack):
        self.programs = programs
        self.directory = directory
        self.layout = layout
        self.proactor = proactor
        self.stack = stack
        self.servers: dict[tuple, Server] = {}
        self.launches = 0
        #: Of the shop's PostgreSQL.
        self.database_url: str | None = None
        # nginx reads files as a user of its own.
        directory.chmod(0o711)
        self._certificate: tuple[Path, Path] | None = None

    def server(self, name: str, scenario: Scenario) -> Server | None:
        """None for what is no server."""
        return self.get(name, scenario.site, scenario.load)

    def get(self, name: str, site: str, load: Load) -> Server | None:
        match name:
            case _ if name in (ZERVER, EPOLL):
                return self._once((name, site), lambda: Launch(name, site))
            case _ if name == NGINX:
                return self._once((name,), lambda: Launch(name))
            case _ if name == HUMMINGBIRD:
                protocol = "h2c" if load.protocol == "h2c" else "http"
                return self._once((name, protocol), lambda: Launch(name, protocol=protocol))
            case _ if name == BARE:
                return self._once((name, load.path), lambda: Launch(name, answer=self.answer(site, load)))
            case _:
                return None

    def _once(self, key: tuple, launch) -> Server:
        if key not in self.servers:
            self.servers[key] = server = self.start(launch())
            self.stack.callback(server.child.stop)
        return self.servers[key]

    def start(self, launch: Launch) -> Server:
        """A new process that answers already. The caller stops it."""
        server = Server(launch.name, self.spawn(launch))
        try:
            self._wait_until_ready(server, launch)
        except BaseException:
            server.child.stop()
            raise
        return server

    def spawn(self, launch: Launch) -> Child:
        """A new process that may not answer yet. The caller stops it."""
        self.launches += 1
        label = f"{launch.name.replace(' ', '-')}-{self.launches}"
        match launch.name:
            case _ if launch.name in (ZERVER, EPOLL):
                arguments = self._zerver(launch, label)
            case _ if launch.name == NGINX:
                arguments = self._nginx(launch, label)
            case _ if launch.name == HUMMINGBIRD:
                arguments = [self.programs.hummingbird, launch.port, "http2" if launch.protocol == "h2c" else "http1"]
            case _:
                arguments = [self.programs.bare_http, launch.port, launch.answer]
        return Child(
            launch.name, [*launch.tool, *arguments], self.directory / f"{label}.log", cpus=launch.cpus or (self.layout.server,),
            environment=launch.environment)

    # MARK: Each of them

    def _zerver(self, launch: Launch, label: str) -> list:
        common = ["--workers", launch.workers, "--proactor", "epoll" if launch.name == EPOLL else self.proactor]
        if launch.site == "edge":
            certificate, key = self.certificate()
            return [
                self.programs.conformance, *common, "--listen", f"127.0.0.1:{launch.port}, 127.0.0.1:0 h2c, 127.0.0.1:0 tls",
                "--tls.certificates", f"{certificate}:{key}", "--files.root", self.files(),
            ]
        url = self.database_url if launch.site == "rows" else f"sqlite:{self.directory}/{label}.sqlite"
        return [self.programs.checkout, "serve", "--port", launch.port, *common, "--database-url", url]

    def _nginx(self, launch: Launch, label: str) -> list:
        executable = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin") or shutil.which("nginx")
        if executable is None:
            raise BenchError("nginx is not installed; Scripts/setup.sh bench installs it")
        certificate, key = self.certificate()
        self.nginx_ports = {"http": launch.port or free_port(), "https": free_port(), "h2c": free_port()}
        text = string.Template(NGINX_CONFIGURATION.read_text()).substitute(
            port=self.nginx_ports["http"], tls_port=self.nginx_ports["https"], http2_port=self.nginx_ports["h2c"],
            workers=launch.workers, certificate=certificate, key=key, files=self.files())
        prefix = self.directory / label
        prefix.mkdir(mode=0o711)
        (prefix / "nginx.conf").write_text(text)
        return [executable, "-p", prefix, "-e", "stderr", "-c", prefix / "nginx.conf"]

    def files(self) -> Path:
        """The folder of the files that are answered with."""
        root = self.directory / "files"
        if not root.exists():
            root.mkdir(mode=0o755)
            for size in (16 << 10, 1 << 20):
                (root / f"body-{size}").write_bytes(b"0123456789abcdef" * (size // 16))
        return root

    def certificate(self) -> tuple[Path, Path]:
        """One certificate for everybody who speaks TLS: P-256, signed by itself."""
        if self._certificate is None:
            certificate, key = self.directory / "certificate.pem", self.directory / "key.pem"
            run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
            self._certificate = certificate, key
        return self._certificate

    def answer(self, site: str, load: Load) -> Path:
        """A file with the very bytes that our server answers."""
        address = self.get(ZERVER, site, load).addresses["http"]
        path = self.directory / f"answer-{load.path.rpartition('/')[2]}"
        if not path.exists():
            path.write_bytes(whole_answer(address, load.path))
        return path

    def _wait_until_ready(self, server: Server, launch: Launch):
        child = server.child
        if server.name == NGINX:
            addresses = {name: f"127.0.0.1:{port}" for name, port in self.nginx_ports.items()}
            child.wait_for(lambda _: _takes_connections(addresses["http"]))
            server.addresses = addresses | {"h2": addresses["https"], "handshake": addresses["https"]}
        elif server.name in (ZERVER, EPOLL) and launch.site != "edge":
            # Seeding the database comes first.
            found = child.wait_for(lambda child: re.search(r"open at http://(\S+)", child.output), seconds=180)
            server.addresses = {"http": found[1]}
        elif server.name in (ZERVER, EPOLL):
            found = child.wait_for(
                lambda child: re.search(
                    r"listening on http://(\S+)\nlistening on http://(\S+)\nlistening on https://(\S+)", child.output))
            server.addresses = {"http": found[1], "h2c": found[2], "https": found[3], "h2": found[3], "handshake": found[3]}
        else:
            found = child.wait_for(lambda child: re.search(r"listening on (\S+)", child.output))
            server.addresses = {launch.protocol: found[1]}


def whole_answer(address: str, path: str) -> bytes:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
        return read_answer(connection)


def read_answer(connection: socket.socket) -> bytes:
    """One response with a `Content-Length`, head and body."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _some(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(fields[b"content-length"]):
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise BenchError("a server closed a connection")
    return data


def proactor_of(server: Server) -> str:
    """Which proactor runs, from the line of the log that says so."""
    found = re.search(r"proactor=\"?(\w+)", server.child.output)
    return found[1] if found else "unknown"


def _takes_connections(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True
