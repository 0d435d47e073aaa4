"""From measurements to tables for people and JSON for programs."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from .load import Measurement
from .probes import Bound, Figures, Probe
from .scenarios import BARE, HUMMINGBIRD, NGINX, ZERVER, Scenario, Target

#: A server or a load generator that uses so much of its CPU has none left.
BUSY = 0.9

#: Measurements of one scenario: one list for each server, one entry for each round.
Rounds = dict[str, list[Measurement]]


@dataclass
class Results:
    scenarios: list[tuple[Scenario, Rounds]] = field(default_factory=list)
    probes: list[tuple[Probe, list[Figures]]] = field(default_factory=list)
    #: What could not be measured, and why.
    missing: list[str] = field(default_factory=list)

    @property
    def runs(self) -> list[Measurement]:
        return [run for _, rounds in self.scenarios for many in rounds.values() for run in many]


# MARK: Figures


def ratio(rounds: Rounds, figure: str, opponent: str, subject: str = ZERVER) -> float:
    """The subject's to the opponent's, taken within each round, where both saw the same machine; the median of those."""
    pairs = zip(rounds[subject], rounds[opponent])
    return median(getattr(ours, figure) / getattr(theirs, figure) for ours, theirs in pairs)


def figure_of(rounds: list[Figures], name: str, figure: str, opponent: str | None = None) -> float:
    """The median over the rounds, or that of the ratios within each."""
    return median(found[name][figure] / (found[opponent][figure] if opponent else 1) for found in rounds)


def throughput_kept(results: Results, kind: str) -> tuple[float, str] | None:
    """Our throughput at 4,096 connections to that at 512, in the same round, and what tells it: the rate, or the CPU time of a
    request where the server had CPU left, so that the rate is that of the load generator."""
    found = {scenario.name: rounds for scenario, rounds in results.scenarios}
    many, few = found.get(f"{kind}-4096", {}).get(ZERVER), found.get(f"{kind}-512", {}).get(ZERVER)
    if not many or not few:
        return None
    pairs = list(zip(many, few))
    if _median(many, "server_share") < BUSY:
        return median(less.cpu_micros / more.cpu_micros for more, less in pairs), "CPU time"
    return median(more.per_second / less.per_second for more, less in pairs), "rate"


# MARK: Tables for a terminal


def table(scenario: Scenario, rounds: Rounds) -> str:
    head = ["", f"{scenario.unit}/s", "p50 µs", "p99 µs", "CPU µs each", "of its CPU", "our CPU to it", "our rate to it"]
    return _aligned(scenario.title, [head] + [_row(name, rounds) for name in rounds])


def _row(name: str, rounds: Rounds) -> list[str]:
    runs = rounds[name]
    is_ours = name == ZERVER or ZERVER not in rounds
    to_it = ["", ""] if is_ours else [f"{ratio(rounds, figure, name):.2f}" for figure in ("cpu_micros", "per_second")]
    return [
        name, f"{_median(runs, 'per_second'):,.0f}", _micros(runs, "p50_micros"), _micros(runs, "p99_micros"),
        f"{_median(runs, 'cpu_micros'):.2f}", f"{_median(runs, 'server_share'):.0%}", *to_it,
    ]


def probe_table(probe: Probe, rounds: list[Figures]) -> str:
    headings = list(next(iter(rounds[0].values())))
    lines = [["", *headings]]
    lines += [[name, *(number(figure_of(rounds, name, heading)) for heading in headings)] for name in rounds[0]]
    return _aligned(probe.title, lines)


def _aligned(title: str, lines: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [f"\n{title}"]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        text.append("  " + "  ".join(cells).rstrip())
    return "\n".join(text)


def number(value: float) -> str:
    """As many digits as say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


# MARK: Targets


def verdicts(results: Results) -> list[tuple[bool, str]]:
    """Whether each target is met, with a line that says it. A target without its opponent is not judged."""
    found = [
        _verdict(scenario, target, rounds) for scenario, rounds in results.scenarios for target in scenario.targets
        if target.subject in rounds and (target.opponent is None or target.opponent in rounds)
    ]
    found += [
        _probe_verdict(probe, bound, rounds) for probe, rounds in results.probes for bound in probe.bounds
        if rounds and bound.subject in rounds[0] and (bound.opponent is None or bound.opponent in rounds[0])
    ]
    for kind in ("plaintext", "json"):
        if kept := throughput_kept(results, kind):
            value, told_by = kept
            found.append(_line(
                value >= 0.9, f"{kind}-4096: throughput to that of 512 connections, by {told_by}, {value:.2f}, wanted at least 0.9"))
    return found


def _verdict(scenario: Scenario, target: Target, rounds: Rounds) -> tuple[bool, str]:
    what = {"cpu_micros": "CPU", "per_second": "rate"}[target.figure]
    if target.subject != ZERVER:
        what = f"{target.subject}, {what}"
    if target.opponent:
        value = ratio(rounds, target.figure, target.opponent, target.subject)
        text = f"{what} to {target.opponent} {value:.2f}"
    else:
        value = _median(rounds[target.subject], target.figure)
        text = f"{what} {value:.2f}"
    bound = f"{'at most' if target.is_upper else 'at least'} {target.bound:.3g}"
    return _line(target.is_met(value), f"{scenario.name}: {text}, wanted {bound}")


def _probe_verdict(probe: Probe, bound: Bound, rounds: list[Figures]) -> tuple[bool, str]:
    value = figure_of(rounds, bound.subject, bound.figure, bound.opponent)
    to = f" to {bound.opponent}" if bound.opponent else ""
    return _line(bound.is_met(value), f"{probe.name}: {bound.figure}{to} {number(value)}, wanted {bound.wanted}")


def _line(met: bool, text: str) -> tuple[bool, str]:
    return met, f"{'met   ' if met else 'MISSED'}  {text}"


# MARK: Notes


def notes(results: Results) -> list[str]:
    """What the figures do not show, or show wrongly."""
    found = [f"not measured: {text}" for text in results.missing]
    for scenario, rounds in results.scenarios:
        found += _scenario_notes(scenario, rounds)
    return found + _machine_notes(results)


def _scenario_notes(scenario: Scenario, rounds: Rounds) -> list[str]:
    found = []
    generator = scenario.load.generator
    limited = []
    for name, runs in rounds.items():
        loads = [run.load_share for run in runs if run.load_share is not None]
        server = _median(runs, "server_share")
        if loads and median(loads) > BUSY and server < BUSY:
            limited.append(f"{name} ({server:.0%} of its CPU)")
        if any(run.errors for run in runs):
            found.append(f"{scenario.name}: {name} had {sum(run.errors for run in runs)} errors")
        databases = [run.database_cpu_micros for run in runs if run.database_cpu_micros is not None]
        if databases:
            found.append(f"{scenario.name}: PostgreSQL itself used {median(databases):.2f} µs for each row for {name}")
    if limited:
        found.append(
            f"{scenario.name}: {generator} was the limit for {', '.join(limited)}: its {scenario.unit}/s is a lower bound, CPU time "
            "counts")
    return found


def _machine_notes(results: Results) -> list[str]:
    runs = results.runs
    if not runs:
        return []
    found = []
    others, steal = _median(runs, "others_share"), _median(runs, "steal_share")
    if others > 0.03:
        worst = max(run.others_share for run in runs)
        found.append(
            f"busy machine: other processes used {others:.0%} of its CPUs (median; worst run {worst:.0%}). Rates and "
            "latencies are too low and too high; trust ratios and CPU times")
    if steal > 0.01:
        found.append(f"the hypervisor took away {steal:.0%} of the CPUs (median)")
    return found


def errors_count(results: Results) -> int:
    return sum(run.errors for run in results.runs)


# MARK: Markdown

_COLUMNS = (BARE, NGINX, HUMMINGBIRD)


def markdown(about: dict, results: Results, all_notes: list[str]) -> str:
    parts = [f"# Benchmark\n\n{headline(about)}\n"]
    if results.scenarios:
        parts.append("## Server CPU for each request\n\n" + cpu_table(results))
    for scenario, rounds in results.scenarios:
        head = ["", f"{scenario.unit}/s", "p50 µs", "p99 µs", "CPU µs each", "of its CPU", "our CPU to it", "our rate to it"]
        parts.append(f"## {scenario.name}: {scenario.title}\n\n" + _pipes([head] + [_row(name, rounds) for name in rounds]))
    for probe, rounds in results.probes:
        headings = list(next(iter(rounds[0].values())))
        lines = [[name, *(number(figure_of(rounds, name, heading)) for heading in headings)] for name in rounds[0]]
        parts.append(f"## {probe.name}: {probe.title}\n\n" + _pipes([["", *headings], *lines]))
    found = [text for _, text in verdicts(results)]
    if found:
        parts.append("## Targets\n\n" + "\n".join(f"- {text}" for text in found) + "\n")
    if all_notes:
        parts.append("## Notes\n\n" + "\n".join(f"- {text}" for text in all_notes) + "\n")
    return "\n".join(parts)


def cpu_table(results: Results) -> str:
    """One line for each scenario: our CPU time for each request, and its ratio to the others'."""
    columns = [name for name in _COLUMNS if any(name in rounds for _, rounds in results.scenarios)]
    lines = [["", "µs", *(f"to {name}" for name in columns)]]
    for scenario, rounds in results.scenarios:
        if ZERVER not in rounds:
            continue
        cells = [f"{ratio(rounds, 'cpu_micros', name):.2f}" if name in rounds else "" for name in columns]
        lines.append([scenario.title, f"{_median(rounds[ZERVER], 'cpu_micros'):.2f}", *cells])
    return _pipes(lines)


def _pipes(lines: list[list[str]]) -> str:
    rows = ["| " + " | ".join(line) + " |" for line in lines]
    rows.insert(1, "|" + "---|" * len(lines[0]))
    return "\n".join(rows) + "\n"


def headline(about: dict) -> str:
    return (
        f"{about['cpus']} × {about['cpu']}, Linux {about['kernel']}; {about['rounds']} rounds of {about['secondsPerRun']} s; "
        f"Zerver on {about['proactor']}; load average {about['loadBefore']:.1f} before and {about['loadAfter']:.1f} after")


# MARK: JSON


def write_json(path: Path, about: dict, results: Results, all_notes: list[str]):
    document = {
        "about": about, "notes": all_notes,
        "targets": [{"met": met, "text": text.split("  ", 1)[1].strip()} for met, text in verdicts(results)],
        "scenarios": [
            {"name": scenario.name, "title": scenario.title, "servers": {name: _server_json(name, rounds) for name in rounds}}
            for scenario, rounds in results.scenarios
        ],
        "probes": [{"name": probe.name, "title": probe.title, "rounds": rounds} for probe, rounds in results.probes],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _server_json(name: str, rounds: Rounds) -> dict:
    runs = rounds[name]
    found = {
        "requestsPerSecond": _median(runs, "per_second"), "serverCpuMicrosPerRequest": _median(runs, "cpu_micros"),
        "p50Micros": _optional_median(runs, "p50_micros"), "p99Micros": _optional_median(runs, "p99_micros"),
    }
    if name != ZERVER and ZERVER in rounds:
        found["zerverCpuRatio"] = ratio(rounds, "cpu_micros", name)
        found["zerverRateRatio"] = ratio(rounds, "per_second", name)
    return found | {"rounds": [run.as_json() for run in runs]}


def _median(runs: list[Measurement], figure: str) -> float:
    return median(getattr(run, figure) for run in runs)


def _optional_median(runs: list[Measurement], figure: str) -> float | None:
    values = [value for value in (getattr(run, figure) for run in runs) if value is not None]
    return median(values) if values else None


def _micros(runs: list[Measurement], figure: str) -> str:
    value = _optional_median(runs, figure)
    return "–" if value is None else f"{value:,.0f}"
