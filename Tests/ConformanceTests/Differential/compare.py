#!/usr/bin/env python3
"""Compares the server with another parser, h11, over every conformance case and seeded mutations of them.

    compare.py --port 8080 [--mutations 2000] [--seed 1]

Both read the same bytes. Compared is how many requests each accepts, and whether it then refuses what comes next. A
difference is fine when a rule of reasons.py names it; anything else is listed, and the script ends with status 1.
"""

import argparse
import errno
import random
import socket
import sys
from collections import Counter
from pathlib import Path

import h11
from cases import read_cases
from reasons import reason

#: Seconds for one answer of a server on the same machine: when they have passed, it hangs.
TIMEOUT = 120
CASES = Path(__file__).resolve().parent.parent / "Cases"
#: Statuses with which the server refuses bytes as no request that it can read, when it also closes.
REFUSALS = {400, 413, 414, 417, 431, 501, 503, 505}


def by_h11(data: bytes) -> tuple[int, bool, str]:
    """How many requests h11 accepts, whether it then refuses, and why."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=4096)
    connection.receive_data(data)
    requests = 0
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            return requests, True, str(error)
        if event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
            if event is not h11.PAUSED:
                return requests, False, "waits for more" if connection.trailing_data[0] else ""
            if connection.their_state is h11.MUST_CLOSE or not answer(connection):
                return requests, False, ""
            continue
        if isinstance(event, h11.EndOfMessage):
            requests += 1
            if not answer(connection):
                return requests, False, ""


def answer(connection: h11.Connection) -> bool:
    """Answers the request, so that the next one can be read. `False` when the connection ends with it."""
    if connection.our_state is h11.SEND_RESPONSE:
        # A refusal, since an agreement to CONNECT or Upgrade would end HTTP.
        connection.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())
    if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
        return False
    connection.start_next_cycle()
    return True


def by_server(port: int, data: bytes) -> tuple[int, bool, str]:
    """The same of the server, read off its answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            # The server has refused the beginning and gone before the end came. What it has said can be read all the same.
            if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
                raise
        received = b""
        while True:
            try:
                part = connection.recv(1 << 16)
            except ConnectionResetError:
                break
            if not part:
                break
            received += part
    return count_answers(received, data)


def count_answers(received: bytes, data: bytes) -> tuple[int, bool, str]:
    requests = 0
    heads = head_requests(data)
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split()[1])
        if status < 200:
            continue
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        length = int(fields.get(b"content-length", b"0"))
        is_head = status in (204, 304) or (requests < len(heads) and heads[requests])
        # Bytes that are refused are no HEAD: the refusal has its body, and is the last answer.
        if received and not received.startswith(b"HTTP/") and status in REFUSALS:
            is_head = False
        body, received = (b"", received) if is_head else (received[:length], received[length:])
        if is_refusal(status, fields, body):
            return requests, True, f"{status} {body[:160].decode(errors='replace')}"
        requests += 1
    return requests, False, ""


def head_requests(data: bytes) -> list[bool]:
    """Which of the requests are HEAD, as far as h11 can tell: their answers have no body."""
    methods, connection = [], h11.Connection(h11.SERVER, max_incomplete_event_size=4096)
    connection.receive_data(data)
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                methods.append(event.method == b"HEAD")
            elif isinstance(event, h11.EndOfMessage):
                if not answer(connection):
                    return methods
            elif event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
                return methods
    except h11.RemoteProtocolError:
        return methods


def is_refusal(status: int, fields: dict, body: bytes) -> bool:
    if status not in REFUSALS or fields.get(b"connection") != b"close":
        return False
    # A problem about the content of a whole request, which the server has read to its end.
    return b'"instance"' not in body and b"No flow is called" not in body


def mutate(data: bytes, corpus: list[bytes], source: random.Random) -> bytes:
    """One to three changes: what tends to tell parsers apart."""
    interesting = [b"\r", b"\n", b"\r\n", b" ", b"\t", b":", b",", b";", b"\0", b"\x0b", b"\x7f", b"\xff", b"0", b"+", b"-",
                   b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"chunked", b"%", b"\""]
    data = bytearray(data)
    for _ in range(source.randint(1, 3)):
        place = source.randint(0, len(data))
        match source.randrange(6):
            case 0: data[place:place] = source.choice(interesting)
            case 1: data[place:place + 1] = source.choice(interesting)
            case 2: del data[place:place + source.randint(1, 4)]
            case 3: data[place:place + 1] = bytes([source.randrange(256)])
            case 4: data[place:place] = data[place:place + source.randint(1, 24)]
            case _:
                other = source.choice(corpus)
                start = source.randint(0, len(other))
                data[place:place] = other[start:start + source.randint(1, 40)]
    return bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cases = [case for file in sorted(CASES.glob("*.http")) for case in read_cases(file) if case.data]
    corpus = [case.data for case in cases]
    source = random.Random(options.seed)
    inputs = [(f"{case.file}: {case.title}", case.data) for case in cases]
    for index in range(options.mutations):
        case = source.choice(cases)
        inputs.append((f"mutation {index} of {case.file}: {case.title}", mutate(case.data, corpus, source)))
    reasons, bugs = Counter(), 0
    for name, data in inputs:
        theirs, ours = by_h11(data), by_server(options.port, data)
        if theirs[:2] == ours[:2]:
            reasons["the same"] += 1
            continue
        why = reason(data, theirs, ours)
        reasons[why or "WITHOUT A REASON"] += 1
        if why is None:
            bugs += 1
            print(f"{name}\n  {data!r}\n  h11:    {theirs}\n  server: {ours}")
    print(f"seed {options.seed}, {len(inputs)} inputs")
    for why, count in reasons.most_common():
        print(f"{count:6} {why}")
    return 1 if bugs else 0


if __name__ == "__main__":
    sys.exit(main())
