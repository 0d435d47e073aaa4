"""What is measured, against whom, and what must come out."""

from dataclasses import dataclass

from .load import Load

PRODUCTS = 5000  # Of the shop's seed: numbers 1 to 5000.
ROWS_IN_FLIGHT = 64

ZERVER = "zerver"
EPOLL = "zerver on epoll"
BARE = "bare C"
NGINX = "nginx"
HUMMINGBIRD = "hummingbird"


@dataclass(frozen=True)
class Target:
    """A bound on the median over the rounds. With `opponent`, on the median of the ratios within each round."""

    #: `cpu_micros` (lower is better) or `per_second` (higher is better).
    figure: str
    bound: float
    opponent: str | None = None
    #: Whose figure it is.
    subject: str = ZERVER

    @property
    def is_upper(self) -> bool:
        return self.figure == "cpu_micros"

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.is_upper else value >= self.bound


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    load: Load
    opponents: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    #: What the figures count.
    unit: str = "requests"
    #: Which of our servers: the `shop` on SQLite, the same on PostgreSQL (`rows`), or Examples/Conformance (`edge`).
    site: str = "shop"
    #: Every run is at least so long: what it takes to connect must not show.
    seconds_min: float = 1

    @property
    def names(self) -> tuple[str, ...]:
        return (ZERVER, *self.opponents)


def is_chosen(name: str, rows: list[str]) -> bool:
    """Whether a row is asked for: by its whole name, or by the first words of it. All are, when none is named."""
    return not rows or any(name == row or name.startswith(row + "-") for row in rows)


def _small(kind: str, path: str, connections: int) -> Scenario:
    is_bound = connections in (64, 512)
    targets = (Target("cpu_micros", 1.15, BARE), Target("cpu_micros", 0.9, NGINX)) if is_bound else ()
    epoll = kind == "plaintext" and is_bound
    return Scenario(
        f"{kind}-{connections}", f"{_TITLES[kind]}, {connections:,} connection{'s' if connections > 1 else ''}",
        Load(path, connections=connections), (*((EPOLL,) if epoll else ()), BARE, NGINX, HUMMINGBIRD),
        (*targets, *((Target("cpu_micros", 1.2, ZERVER, EPOLL),) if epoll else ())),
        seconds_min=12 if connections > 1000 else 1)


def _pipelined(kind: str, path: str) -> Scenario:
    return Scenario(
        f"{kind}-pipelined", f"{_TITLES[kind]}, 64 connections, 16 requests pipelined", Load(path, pipeline=16),
        (EPOLL, BARE, NGINX, HUMMINGBIRD), (Target("cpu_micros", 1.5, BARE), Target("cpu_micros", 0.2, NGINX)))


_TITLES = {"plaintext": "plaintext", "json": "JSON"}
_HELLO, _MESSAGE, _EDGE_HELLO = "/flow/v1/say-hello", "/flow/v1/show-message", "/flow/v1/hello-world"

SCENARIOS = (
    *(_small("plaintext", _HELLO, connections) for connections in (1, 64, 512, 4096)),
    _pipelined("plaintext", _HELLO),
    *(_small("json", _MESSAGE, connections) for connections in (1, 64, 512, 4096)),
    _pipelined("json", _MESSAGE),
    Scenario(
        "tls", "TLS 1.3, keep-alive, 64 connections", Load(_EDGE_HELLO, protocol="https"), (NGINX,),
        (Target("cpu_micros", 1.1, NGINX),), site="edge"),
    Scenario(
        "tls-handshakes", "TLS 1.3, full handshakes, one after the other", Load(_EDGE_HELLO, 1, protocol="handshake"), (NGINX,),
        (Target("cpu_micros", 1 / 0.9, NGINX), Target("per_second", 0.9, NGINX)), unit="handshakes", site="edge"),
    Scenario(
        "h2", "HTTP/2 over TLS, 64 connections of 32 streams", Load(_EDGE_HELLO, streams=32, protocol="h2"), (NGINX,),
        (Target("cpu_micros", 1.0, NGINX),), site="edge"),
    Scenario(
        "h2c", "HTTP/2 by prior knowledge, 64 connections of 32 streams", Load(_EDGE_HELLO, streams=32, protocol="h2c"),
        (NGINX, HUMMINGBIRD), (Target("cpu_micros", 1.0, NGINX), Target("cpu_micros", 1.0, HUMMINGBIRD)), site="edge"),
    Scenario(
        "body-16k", "answers of 16 KiB, 64 connections", Load("/flow/v1/sized-answer?bytes=16384"), (NGINX, HUMMINGBIRD),
        site="edge"),
    Scenario(
        "body-1m", "answers of 1 MiB, 64 connections", Load("/flow/v1/sized-answer?bytes=1048576"), (NGINX, HUMMINGBIRD),
        site="edge"),
    Scenario(
        "file-16k", "files of 16 KiB, 64 connections", Load("/flow/v1/send-file?name=body-16384"), (NGINX,), site="edge"),
    Scenario(
        "file-1m", "files of 1 MiB, 64 connections", Load("/flow/v1/send-file?name=body-1048576"), (NGINX,), site="edge"),
    Scenario(
        "row", "one row by primary key from PostgreSQL, 64 connections",
        Load("/flow/v1/show-product?product-id=", numbers=PRODUCTS), ("libpq, sync each", "libpq, sync a turn"),
        (Target("per_second", 0.6, "libpq, sync each"), Target("per_second", 0.6, "libpq, sync a turn")), unit="rows",
        site="rows"),
)
