"""From measurements to a table for people and JSON for programs."""

import json
from pathlib import Path
from statistics import median

from .load import Measurement
from .scenarios import Scenario, Target

#: Measurements of one scenario: one list for each server, one entry for each round.
Rounds = dict[str, list[Measurement]]

OURS = "zerver"


def ratio(rounds: Rounds, figure: str, opponent: str) -> float:
    """Ours to the opponent's, taken within each round, where both saw the same machine; the median of those."""
    pairs = zip(rounds[OURS], rounds[opponent])
    return median(getattr(ours, figure) / getattr(theirs, figure) for ours, theirs in pairs)


def table(scenario: Scenario, rounds: Rounds) -> str:
    head = ["", f"{scenario.unit}/s", "p50 µs", "p99 µs", "CPU µs each", "of its CPU", "our CPU to it", "our rate to it"]
    lines = [head] + [_row(name, rounds) for name in rounds]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = [f"\n{scenario.title}"]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        text.append("  " + "  ".join(cells).rstrip())
    return "\n".join(text)


def _row(name: str, rounds: Rounds) -> list[str]:
    runs = rounds[name]
    to_it = ["", ""] if name == OURS else [f"{ratio(rounds, figure, name):.2f}" for figure in ("cpu_micros", "per_second")]
    return [
        name, f"{_median(runs, 'per_second'):,.0f}", _micros(runs, "p50_micros"), _micros(runs, "p99_micros"),
        f"{_median(runs, 'cpu_micros'):.2f}", f"{_median(runs, 'server_share'):.0%}", *to_it,
    ]


def verdicts(scenario: Scenario, rounds: Rounds) -> list[tuple[bool, str]]:
    """Whether each target is met, with a line that says it. A target without its opponent is not judged."""
    return [
        _verdict(scenario, target, rounds) for target in scenario.targets
        if target.opponent is None or target.opponent in rounds
    ]


def _verdict(scenario: Scenario, target: Target, rounds: Rounds) -> tuple[bool, str]:
    if target.opponent:
        value = ratio(rounds, target.figure, target.opponent)
        text = f"{'CPU' if target.figure == 'cpu_micros' else 'rate'} to {target.opponent} {value:.2f}, wanted "
    else:
        value = _median(rounds[OURS], target.figure)
        text = f"{value:.2f} µs of CPU, wanted "
    met = target.is_met(value)
    text += f"{'at most' if target.figure == 'cpu_micros' else 'at least'} {target.bound:g}"
    return met, f"{'met   ' if met else 'MISSED'}  {scenario.name}: {text}"


def notes(scenario: Scenario, rounds: Rounds) -> list[str]:
    """What the figures do not show, or show wrongly."""
    found = []
    for name, runs in rounds.items():
        loads = [run.load_share for run in runs if run.load_share is not None]
        server = _median(runs, "server_share")
        if loads and median(loads) > 0.9 and server < 0.9:
            found.append(
                f"{scenario.name}: wrk was the limit, not {name} (wrk {median(loads):.0%} of its CPU, {name} {server:.0%}): "
                f"{scenario.unit}/s is a lower bound, CPU time counts")
        if any(run.errors for run in runs):
            found.append(f"{scenario.name}: {name} had {sum(run.errors for run in runs)} errors")
        databases = [run.database_cpu_micros for run in runs if run.database_cpu_micros is not None]
        if databases:
            found.append(f"{scenario.name}: PostgreSQL itself used {median(databases):.2f} µs for each row for {name}")
    return found


def machine_notes(results: list[tuple[Scenario, Rounds]]) -> list[str]:
    runs = [run for _, rounds in results for many in rounds.values() for run in many]
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


def errors_count(results: list[tuple[Scenario, Rounds]]) -> int:
    return sum(run.errors for _, rounds in results for runs in rounds.values() for run in runs)


def write_json(path: Path, about: dict, results: list[tuple[Scenario, Rounds]], all_notes: list[str]):
    document = {"about": about, "notes": all_notes, "scenarios": []}
    for scenario, rounds in results:
        document["scenarios"].append({
            "name": scenario.name, "title": scenario.title,
            "servers": {name: _server_json(name, rounds) for name in rounds},
            "targets": [{"met": met, "text": text.split("  ", 1)[1]} for met, text in verdicts(scenario, rounds)],
        })
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _server_json(name: str, rounds: Rounds) -> dict:
    runs = rounds[name]
    found = {
        "requestsPerSecond": _median(runs, "per_second"), "serverCpuMicrosPerRequest": _median(runs, "cpu_micros"),
        "p50Micros": _optional_median(runs, "p50_micros"), "p99Micros": _optional_median(runs, "p99_micros"),
    }
    if name != OURS:
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
