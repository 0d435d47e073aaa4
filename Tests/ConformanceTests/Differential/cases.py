"""Reads the conformance cases: only what a client sends."""

import re
from dataclasses import dataclass, field
from pathlib import Path

ESCAPE = re.compile(rb"\\(r|n|t|\\|x[0-9a-fA-F]{2})")
LITERALS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}


@dataclass
class Case:
    file: str
    title: str
    data: bytes = b""
    lines: list = field(default_factory=list)


def unescape(text: bytes) -> bytes:
    return ESCAPE.sub(lambda m: LITERALS.get(m[1]) or bytes([int(m[1][1:], 16)]), text)


def read_cases(file: Path) -> list[Case]:
    cases: list[Case] = []
    for line in file.read_bytes().split(b"\n"):
        if line.startswith(b"=== "):
            cases.append(Case(file.name, line[4:].decode()))
        elif line.startswith(b">"):
            text = line[2:] if line.startswith(b"> ") else line[1:]
            whole = not text.endswith(b"\\") or text.endswith(b"\\\\")
            cases[-1].data += unescape(text if whole else text[:-1]) + (b"\r\n" if whole else b"")
    return cases
