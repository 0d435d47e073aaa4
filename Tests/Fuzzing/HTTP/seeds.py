"""Writes the bytes of every conformance case as a seed for the fuzzers, behind the byte that says how they are played."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ConformanceTests/Differential"))
from cases import read_cases  # noqa: E402

cases, seeds = Path(sys.argv[1]), Path(sys.argv[2])
for file in sorted(cases.glob("*.http")):
    for index, case in enumerate(read_cases(file)):
        (seeds / f"{file.stem}-{index}").write_bytes(bytes([6]) + case.data)
