"""What is measured, against whom, and what must come out."""

from dataclasses import dataclass

from .load import Load

PRODUCTS = 5000  # Of the shop's seed: numbers 1 to 5000.
ROWS_IN_FLIGHT = 64


@dataclass(frozen=True)
class Target:
    """A bound on the median over the rounds. With `opponent`, on the median of the ratios within each round."""

    #: `cpu_micros` (lower is better) or `per_second` (higher is better).
    figure: str
    bound: float
    opponent: str | None = None

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.figure == "cpu_micros" else value >= self.bound


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    load: Load
    opponents: tuple[str, ...]
    targets: tuple[Target, ...]
    #: What the figures count.
    unit: str = "requests"
    needs_postgres: bool = False


_OTHERS = ("nginx", "hummingbird")
_ONE_AT_A_TIME = (Target("cpu_micros", 1.0, "nginx"), Target("cpu_micros", 0.2, "hummingbird"))
_PIPELINED = (Target("cpu_micros", 1.0), Target("cpu_micros", 0.25, "nginx"))

SCENARIOS = (
    Scenario("plaintext", "plaintext, 64 connections", Load("/flow/v1/say-hello"), _OTHERS, _ONE_AT_A_TIME),
    Scenario("json", "JSON, 64 connections", Load("/flow/v1/show-message"), _OTHERS, _ONE_AT_A_TIME),
    Scenario(
        "plaintext-pipelined", "plaintext, 64 connections, 16 requests pipelined", Load("/flow/v1/say-hello", pipeline=16),
        _OTHERS, _PIPELINED),
    Scenario(
        "json-pipelined", "JSON, 64 connections, 16 requests pipelined", Load("/flow/v1/show-message", pipeline=16), _OTHERS,
        _PIPELINED),
    Scenario(
        "row", "one row by primary key from PostgreSQL, 64 connections",
        Load("/flow/v1/show-product?product-id=", numbers=PRODUCTS), ("libpq, sync each", "libpq, sync a turn"),
        (Target("per_second", 0.6, "libpq, sync each"), Target("per_second", 0.6, "libpq, sync a turn")), unit="rows",
        needs_postgres=True),
)
