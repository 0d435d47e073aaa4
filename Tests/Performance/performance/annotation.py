"""What callgrind_annotate and perf print, as a table of functions."""

import re
from dataclasses import dataclass

_LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+(.+)$")
_PLACE = re.compile(r"^(?P<file>.*?):(?P<name>\S.*?)(?: \[(?P<object>[^\]]*)\])?$")
#: What generics, reabstraction and private discriminators add to a demangled name.
_NOISE = re.compile(r"specialized |generic | in _[0-9A-F]{32}|\(in _[0-9A-F]{32}\)")


@dataclass(frozen=True)
class Function:
    name: str
    #: The file name of the executable or library.
    object: str
    #: Its own, without what it calls: instructions for each request, or percent of the time.
    amount: float


def read_callgrind(text: str, requests: int) -> list[Function]:
    """Most instructions first."""
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if not match or "PROGRAM TOTALS" in line:
            continue
        place = _PLACE.match(match[2])
        if place:
            count = int(match[1].replace(",", "")) / requests
            found.append(Function(place["name"], (place["object"] or "").rpartition("/")[2], count))
    return sorted(found, key=lambda function: -function.amount)


#: Some versions add two columns for instructions a cycle.
_SAMPLES = re.compile(r"^\s*([\d.]+)%\s+(\S+)\s+\[[.k]\]\s+(.+?)(?:\s+-\s+-)?\s*$")


def read_perf(text: str) -> list[Function]:
    """From `perf report --sort dso,symbol`, the longest time first."""
    matches = (_SAMPLES.match(line) for line in text.splitlines())
    found = [Function(match[3], match[2].strip("[]"), float(match[1])) for match in matches if match]
    return sorted(found, key=lambda function: -function.amount)


def table(functions: list[Function], top: int, what: str, demangle) -> str:
    """`what` is said of all together."""
    total = sum(function.amount for function in functions)
    shown = functions[:top]
    names = demangle([function.name for function in shown])
    lines = [f"{total:>9,.0f}  100%   {what}"]
    for function, name in zip(shown, names):
        share = function.amount / total
        name = _NOISE.sub("", name)
        lines.append(f"{function.amount:>9,.1f}  {share:>4.1%}  {name}  [{function.object}]")
    rest = total - sum(function.amount for function in shown)
    lines.append(f"{rest:>9,.1f}  {rest / total:>4.1%}  {len(functions) - len(shown)} others")
    lines += ["", "by executable and library"]
    for name in sorted({function.object for function in functions}, key=lambda name: -_sum(functions, name)):
        lines.append(f"{_sum(functions, name):>9,.1f}  {_sum(functions, name) / total:>4.1%}  {name or 'unknown'}")
    return "\n".join(lines)


def _sum(functions: list[Function], name: str) -> float:
    return sum(function.amount for function in functions if function.object == name)
