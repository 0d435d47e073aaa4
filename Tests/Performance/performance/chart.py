"""The table of CPU times as an SVG: a group of bars for each scenario, on a scale of powers of ten."""

from html import escape
from math import ceil, floor, log10
from statistics import median

from .report import Results
from .scenarios import BARE, EPOLL, HUMMINGBIRD, NGINX, ZERVER

_COLOURS = {ZERVER: "#d9480f", EPOLL: "#f08c5a", BARE: "#868e96", NGINX: "#2b8a3e", HUMMINGBIRD: "#1971c2"}
_OTHER_COLOUR = "#9c36b5"
_WIDTH, _LEFT, _RIGHT = 1080, 450, 90
_BAR, _GAP, _TOP = 13, 12, 64


def draw(results: Results, headline: str) -> str:
    groups = [
        (scenario.title, scenario.unit, {name: median(run.cpu_micros for run in runs) for name, runs in rounds.items()})
        for scenario, rounds in results.scenarios
    ]
    values = [value for _, _, bars in groups for value in bars.values()]
    low, high = scale(values)
    height = _TOP + sum(len(bars) * _BAR + _GAP for _, _, bars in groups) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        '<text x="12" y="22" font-size="15" font-weight="bold">Server CPU for each request, in µs (less is better)</text>',
        f'<text x="12" y="40" fill="#495057">{escape(headline)}</text>',
        *_grid(low, high, height - 26),
    ]
    y = _TOP
    for title, unit, bars in groups:
        middle = y + len(bars) * _BAR / 2 + 4
        parts.append(f'<text x="{_LEFT - 96}" y="{middle:.1f}" text-anchor="end">{escape(title)}</text>')
        for name, value in bars.items():
            end = position(value, low, high)
            colour = _COLOURS.get(name, _OTHER_COLOUR)
            label = f"{value:.2f}" if value < 100 else f"{value:,.0f}"
            parts.append(
                f'<text x="{_LEFT - 6}" y="{y + _BAR - 3}" text-anchor="end" fill="{colour}">{escape(name)}</text>'
                f'<rect x="{_LEFT}" y="{y + 1}" width="{end - _LEFT:.1f}" height="{_BAR - 2}" fill="{colour}">'
                f"<title>{escape(f'{name}, {title}: {value:.2f} µs for each of its {unit}')}</title></rect>"
                f'<text x="{end + 4:.1f}" y="{y + _BAR - 3}">{label}</text>')
            y += _BAR
        y += _GAP
    return "\n".join(parts) + "\n</svg>\n"


def scale(values: list[float]) -> tuple[int, int]:
    """The powers of ten around all values: exponents of the first and of the last line."""
    low = floor(log10(min(values)))
    return low, max(low + 1, ceil(log10(max(values))))


def position(value: float, low: int, high: int) -> float:
    share = (log10(value) - low) / (high - low)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _grid(low: int, high: int, bottom: float) -> list[str]:
    lines = []
    for exponent in range(low, high + 1):
        x = position(10.0**exponent, low, high)
        label = f"{10.0**exponent:g}"
        lines.append(
            f'<line x1="{x:.1f}" y1="{_TOP - 8}" x2="{x:.1f}" y2="{bottom}" stroke="#dee2e6"/>'
            f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle" fill="#868e96">{label}</text>')
    return lines
