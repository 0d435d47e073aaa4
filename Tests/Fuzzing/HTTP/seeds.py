"""Writes the bytes of every conformance case as a seed for the fuzzers, behind the byte that says how they are played, and requests
to each flow of the fuzzed worker, which the cases know by other names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "ConformanceTests/Differential"))
from cases import read_cases  # noqa: E402

IN_PIECES = 6
SLUGS = {b"/hello-world": b"/say-hello", b"/echo-message": b"/join-texts", b"/greet-world": b"/greet-us"}


def post(slug: str, body: bytes, media: str, chunks: int = 0) -> bytes:
    head = f"POST /flow/v1/{slug} HTTP/1.1\r\nHost: h\r\nContent-Type: {media}\r\n".encode()
    if not chunks:
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    pieces = (body[start:start + chunks] for start in range(0, len(body), chunks))
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def get(slug: str, *fields: str) -> bytes:
    return "\r\n".join([f"GET /flow/v1/{slug} HTTP/1.1", "Host: h", *fields, "", ""]).encode()


def several(data: bytes) -> bytes:
    """The same as a script of one client that connects, sends, and reads: see `ScriptedProactor.step`."""
    script = bytearray([1, 0])
    for start in range(0, len(data), 101):
        piece = data[start:start + 101]
        piece += b" " * (1 - len(piece) % 2)
        script += bytes([0x40 | len(piece) // 2]) + piece + bytes([0xC0])
    return bytes(script)


REQUESTS = {
    "hello": get("say-hello") * 2,
    "conditional": get("say-hello", 'If-None-Match: "a"') + get("say-hello", "Range: bytes=1-2", 'If-Range: "a"'),
    "events": get("give-parts", "Accept: text/event-stream") + get("give-parts"),
    "much": get("answer-much") + get("greet-all"),
    "join": post("join-texts", b'["a","b"]', "application/json") + post("join-texts", b'["a","b"]', "application/json", chunks=4),
    "lines": post("count-lines", b'"a"\n"b"\n\n"c"', "application/x-ndjson") + get("say-hello"),
    "chunked-lines": post("count-lines", b'"a"\n"b"\n' * 20, "application/jsonl", chunks=7) + get("say-hello"),
    "bad-line": post("count-lines", b'"a"\n{\n', "application/jsonl") + get("say-hello"),
}

cases, seeds = Path(sys.argv[1]), Path(sys.argv[2])
for file in sorted(cases.glob("*.http")):
    for index, case in enumerate(read_cases(file)):
        data = case.data
        for theirs, ours in SLUGS.items():
            data = data.replace(theirs, ours)
        (seeds / f"{file.stem}-{index}").write_bytes(bytes([IN_PIECES]) + data)
for name, data in REQUESTS.items():
    (seeds / name).write_bytes(bytes([IN_PIECES]) + data)
    (seeds / f"{name}-script").write_bytes(several(data))
