"""A client of HTTP/2 that writes frames by hand, for the tests beside it: most of what it says no library would send.

    frames.py SCENARIO PORT [NAME=VALUE …]

Prints what the server did, one `name: value` per line. Knows no time but a limit on each wait.
"""

import random
import socket
import struct
import sys

WAIT_SECONDS = 30
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
NAMES = {DATA: "data", HEADERS: "headers", RESET: "reset", SETTINGS: "settings", PING: "ping", GOAWAY: "goaway", WINDOW: "window"}
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
STATUS = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def length(count, prefix, first):
    if count < (1 << prefix) - 1:
        return bytes([first | count])
    out, count = [first | ((1 << prefix) - 1)], count - ((1 << prefix) - 1)
    while count >= 128:
        out.append(count % 128 | 128)
        count //= 128
    return bytes(out + [count])


def block(fields):
    """Fields as literals without indexing (RFC 7541 §6.2.2)."""
    out = b""
    for name, value in fields:
        name, value = name.encode("latin-1"), value.encode("latin-1")
        out += b"\0" + length(len(name), 7, 0) + name + length(len(value), 7, 0) + value
    return out


def request(method="GET", path="/flow/v1/say-hello", *more):
    return [(":method", method), (":scheme", "http"), (":authority", "localhost"), (":path", path), *more]


def status(payload):
    """The status of a header block of ours: nghttp2 writes it first."""
    at = 0
    while payload[at] & 0xE0 == 0x20:  # a new size of the table
        at += 1
    if payload[at] in STATUS:
        return STATUS[payload[at]]
    assert payload[at] in (0x08, 0x48), payload.hex()
    size = payload[at + 1] & 0x7F
    value = payload[at + 2 : at + 2 + size]
    return int(digits(value) if payload[at + 1] & 0x80 else value)


def digits(data):
    """Three digits in the code of RFC 7541, Appendix B."""
    bits, out = "".join(f"{byte:08b}" for byte in data), ""
    while len(out) < 3:
        size = 5 if bits[:5] in ("00000", "00001", "00010") else 6
        out += str(int(bits[:5], 2) if size == 5 else int(bits[:6], 2) - 22)
        bits = bits[size:]
    return out


class Connection:
    def __init__(self, port, settings=b"", preface=PREFACE):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.stream = -1
        self.acknowledges = True
        if preface is not None:
            # Without a table, every field that we are sent can be read by itself.
            self.send(preface + frame(SETTINGS, 0, 0, settings_of(table=0) + settings))

    def send(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def open(self, fields, body=None, flags=END_HEADERS):
        """Sends a request; the body is to come unless it is None. Returns its stream."""
        self.stream += 2
        self.send(frame(HEADERS, flags | (END_STREAM if body is None else 0), self.stream, block(fields)))
        if body:
            self.send(frame(DATA, END_STREAM, self.stream, body))
        return self.stream

    def read(self):
        """The next frame; None at the end of the connection."""
        while len(self.buffer) < 9 or len(self.buffer) < 9 + int.from_bytes(self.buffer[:3], "big"):
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.buffer += more
        size = int.from_bytes(self.buffer[:3], "big")
        kind, flags, stream = self.buffer[3], self.buffer[4], int.from_bytes(self.buffer[5:9], "big")
        payload, self.buffer = self.buffer[9 : 9 + size], self.buffer[9 + size :]
        if kind == SETTINGS and not flags & ACK and self.acknowledges:
            self.send(frame(SETTINGS, ACK, 0))
        return kind, flags, stream, payload

    def result(self, stream):
        """What becomes of a stream: ("status", 200, body), ("reset", code), ("goaway", code) or ("end",)."""
        code, body = None, b""
        while True:
            got = self.read()
            if got is None:
                return ("end",)
            kind, flags, of, payload = got
            if kind == GOAWAY and int.from_bytes(payload[4:8], "big"):
                return ("goaway", int.from_bytes(payload[4:8], "big"))
            if of != stream:
                continue
            if kind == RESET:
                return ("reset", int.from_bytes(payload, "big"))
            if kind == HEADERS and (code is None or code == 100):
                code = status(payload)
            if kind == DATA:
                body += payload
            if flags & END_STREAM and kind in (DATA, HEADERS):
                return ("status", code, body)

    def finish(self):
        """Reads to the end. Returns the code of the last GOAWAY; None without one."""
        code = None
        while (got := self.read()) is not None:
            if got[0] == GOAWAY:
                code = int.from_bytes(got[3][4:8], "big")
        return code


def say(name, value):
    print(f"{name}: {value}", flush=True)


def show(result):
    return " ".join(str(part if not isinstance(part, bytes) else len(part)) for part in result)


def settings_of(**values):
    kinds = {"table": 1, "push": 2, "streams": 3, "window": 4, "frame": 5, "list": 6}
    return b"".join(struct.pack(">HI", kinds[name], value) for name, value in values.items())


def scenario_get(port, options):
    connection = Connection(port)
    more = [("cookie", "a=1"), ("cookie", "b=2")] if "cookies" in options else []
    result = connection.result(connection.open(request(options.get("method", "GET"), options.get("path", "/flow/v1/say-hello"), *more)))
    say("result", show(result))
    if result[0] == "status":
        say("body", result[2][:500].decode())


MALFORMED = {
    "upper case": request() + [("X-Name", "1")],
    "connection": request() + [("connection", "close")],
    "keep-alive": request() + [("keep-alive", "1")],
    "transfer-encoding": request() + [("transfer-encoding", "chunked")],
    "upgrade": request() + [("upgrade", "websocket")],
    "te": request() + [("te", "gzip")],
    "pseudo-header last": [("x-name", "1")] + request(),
    "no method": request()[1:],
    "no path": request()[:3],
    "no scheme": request()[:1] + request()[2:],
    "two methods": request()[:1] + request(),
    "two paths": request() + request()[3:],
    "empty path": request(path=""),
    "unknown pseudo-header": [(":protocol", "x")] + request(),
    "response pseudo-header": [(":status", "200")] + request(),
    "line feed": request() + [("x-name", "a\nb")],
    "carriage return": request() + [("x-name", "a\rx-other: b")],
    "zero": request() + [("x-name", "a\0b")],
    "space in name": request() + [("x name", "1")],
    "two lengths": request("POST") + [("content-length", "1"), ("content-length", "2")],
    "bad length": request("POST") + [("content-length", "x")],
    "path without slash": request(path="flow/v1/say-hello"),
    "path with space": request(path="/flow/v1/say-hello HTTP/1.1\r\nx: y"),
    "two authorities": request()[:3] + request()[2:],
    "host differs": request() + [("host", "other")],
    "no authority": request()[:2] + request()[3:],
}


def scenario_malformed(port, options):
    """Each on the same connection: none of them may harm the next."""
    connection = Connection(port)
    for name, fields in MALFORMED.items():
        say(name, show(connection.result(connection.open(fields))).split(" ")[0:2])
    for name, declared, body in [("body too short", 5, b"1234"), ("body too long", 3, b"1234")]:
        fields = request("POST", "/flow/v1/join-texts", ("content-length", str(declared)))
        say(name, show(connection.result(connection.open(fields, body))).split(" ")[0:2])
    say("good", show(connection.result(connection.open(request()))))


def scenario_body(port, options):
    """Bodies in pieces, with and without a length, padded, with trailers, after 100 Continue."""
    connection = Connection(port)
    post = lambda *more: request("POST", "/flow/v1/join-texts", ("content-type", "application/json"), *more)

    stream = connection.open(post(), b"")
    for piece in (b'["a"', b',"b"', b"]"):
        connection.send(frame(DATA, 0, stream, piece))
    connection.send(frame(DATA, END_STREAM, stream))
    say("unknown length", connection.result(stream)[2].decode())

    stream = connection.open(post(("content-length", "9")), b"")
    connection.send(frame(DATA, PADDED, stream, b"\x03" + b'["a",' + bytes(3)))
    connection.send(frame(DATA, END_STREAM | PADDED, stream, b"\x00" + b'"c"]'))
    say("padded", connection.result(stream)[2].decode())

    stream = connection.open(post(), b"")
    connection.send(frame(DATA, 0, stream, b'["d"]'))
    connection.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, block([("x-checksum", "1")])))
    say("trailers", connection.result(stream)[2].decode())

    stream = connection.open(post(("content-length", "5"), ("expect", "100-continue")), b"")
    while (got := connection.read())[0] != HEADERS:
        pass
    assert status(got[3]) == 100, got
    connection.send(frame(DATA, END_STREAM, stream, b'["e"]'))
    say("continue", connection.result(stream)[2].decode())

    # A header block in three frames.
    fields = block(post(("content-length", "5")))
    connection.stream += 2
    connection.send(frame(HEADERS, 0, connection.stream, fields[:10]))
    connection.send(frame(CONTINUATION, 0, connection.stream, fields[10:20]))
    connection.send(frame(CONTINUATION, END_HEADERS, connection.stream, fields[20:]))
    connection.send(frame(DATA, END_STREAM, connection.stream, b'["f"]'))
    say("continuation", connection.result(connection.stream)[2].decode())


def scenario_large_body(port, options):
    """Bodies that are too large, declared and not. What is left of them is not wanted."""
    connection = Connection(port)
    post = lambda *more: request("POST", "/flow/v1/join-texts", ("content-type", "application/json"), *more)
    stream = connection.open(post(("content-length", "100000")), b"")
    say("declared", show(connection.result(stream)[:2]))
    say("rest", show(connection.result(stream)))
    stream = connection.open(post(), b"")
    for _ in range(8):
        connection.send(frame(DATA, 0, stream, b" " * 1000))
    say("grown", show(connection.result(stream)[:2]))
    say("good", show(connection.result(connection.open(request()))))


def scenario_byte_by_byte(port, options):
    connection = Connection(port, preface=None)
    for byte in PREFACE + frame(SETTINGS, 0, 0, settings_of(table=0)) + frame(HEADERS, END_STREAM | END_HEADERS, 1, block(request())):
        connection.send(bytes([byte]))
    say("result", show(connection.result(1)))


def scenario_flow_control(port, options):
    """Takes an answer of 4 MiB by windows of its own choice; another stream is not held up."""
    connection = Connection(port, settings_of(window=0))
    large = connection.open(request(path="/flow/v1/large-answer"))
    while (got := connection.read())[0] != HEADERS:
        pass
    say("head", status(got[3]))
    other = connection.open(request("HEAD"))
    say("other", show(connection.result(other)))
    taken, last = 0, False
    connection.send(frame(WINDOW, 0, 0, struct.pack(">I", 1 << 24)))
    window = 0
    while not last:
        if window == 0:
            window = 100_000
            connection.send(frame(WINDOW, 0, large, struct.pack(">I", window)))
        kind, flags, stream, payload = connection.read()
        if stream == large and kind == DATA:
            taken, window, last = taken + len(payload), window - len(payload), bool(flags & END_STREAM)
            assert window >= 0, "the server sends more than it may"
    say("bytes", taken)


def scenario_stall(port, options):
    """Takes nothing of an answer: that stream is given up, and the connection serves others."""
    connection = Connection(port, settings_of(window=0))
    large = connection.open(request(path="/flow/v1/large-answer"))
    say("result", show(connection.result(large)))
    say("other", show(connection.result(connection.open(request("HEAD")))))


def scenario_cancel(port, options):
    """Gives requests up that would wait forever, one open and one whose body is missing."""
    connection = Connection(port)
    connection.send(b"")
    waiting = connection.open(request(path="/flow/v1/wait-forever"))
    half = connection.open(request("POST", "/flow/v1/join-texts"), b"")
    say("good", show(connection.result(connection.open(request()))))
    for stream in (waiting, half):
        connection.send(frame(RESET, 0, stream, struct.pack(">I", 8)))
    say("after", show(connection.result(connection.open(request()))))
    say("ready", "yes")
    sys.stdin.read()


def scenario_drain(port, options):
    """A request is in flight when the server stops; another comes between the two farewells."""
    connection = Connection(port)
    waiting = connection.open(request(path="/flow/v1/sleep-in-time"))
    half = connection.open(request("POST", "/flow/v1/join-texts", ("content-length", "2"), ("content-type", "application/json")), b"")
    say("good", show(connection.result(connection.open(request()))))
    last = []
    late = None
    results = {}
    while (got := connection.read()) is not None:
        kind, flags, stream, payload = got
        if kind == GOAWAY:
            last.append(int.from_bytes(payload[:4], "big"))
            if len(last) == 1:
                late = connection.open(request())
                connection.send(frame(DATA, END_STREAM, half, b"[]"))
        if kind == HEADERS:
            results[stream] = status(payload)
    say("last", last[0] == 0x7FFFFFFF and last[-1] == late)
    say("results", f"{results.get(half)} {results.get(late)}")


def scenario_streams(port, options):
    """More requests at the same time than the server takes."""
    connection = Connection(port)
    # The limit holds as soon as it has been said.
    while (got := connection.read())[0] != SETTINGS:
        pass
    streams = [connection.open(request(path="/flow/v1/wait-forever")) for _ in range(int(options["count"]))]
    say("result", show(connection.result(streams[-1])))


def scenario_requests(port, options):
    """Request after request until the server has had enough."""
    connection = Connection(port)
    count = 0
    while connection.result(connection.open(request()))[0] == "status":
        count += 1
    say("count", count)


def flood(port, make, count, opened=None):
    connection = Connection(port)
    if opened:
        opened(connection)
    for at in range(count):
        connection.send(make(connection, at))
    say("goaway", connection.finish())


def scenario_flood(port, options):
    count = int(options["count"])
    empty = lambda connection, at: frame(DATA, 0, 1)
    half = lambda connection: connection.open(request("POST", "/flow/v1/join-texts"), b"")

    def reset(connection, at):
        stream = 2 * at + 1
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, block(request(path="/flow/v1/wait-forever"))) + frame(
            RESET, 0, stream, struct.pack(">I", 8))

    def provoked(connection, at):
        stream = 2 * at + 1
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, block(request(path="/flow/v1/wait-forever"))) + frame(
            WINDOW, 0, stream, struct.pack(">I", (1 << 31) - 1))

    kinds = {
        "ping": lambda connection, at: frame(PING, 0, 0, bytes(8)),
        "settings": lambda connection, at: frame(SETTINGS, 0, 0, settings_of(window=65535)),
        "priority": lambda connection, at: frame(PRIORITY, 0, 1, bytes(5)),
        "empty": empty,
        "reset": reset,
        "provoked": provoked,
        "malformed": lambda connection, at: frame(HEADERS, END_STREAM | END_HEADERS, 2 * at + 1, block(request() + [("X", "1")])),
    }
    flood(port, kinds[options["kind"]], count, half if options["kind"] == "empty" else None)


def scenario_continuation(port, options):
    """A header block without an end."""
    connection = Connection(port)
    connection.send(frame(HEADERS, 0, 1, block(request())))
    for _ in range(int(options["count"])):
        connection.send(frame(CONTINUATION, 0, 1, block([("x-name", "y" * 100)])))
    say("goaway", connection.finish())


def scenario_half_head(port, options):
    """The beginning of a header block, and then nothing."""
    connection = Connection(port)
    # Any other frame would be a mistake of its own.
    connection.acknowledges = False
    connection.send(frame(HEADERS, 0, 1, block(request())))
    say("goaway", connection.finish())


def scenario_large_head(port, options):
    """Fields that are too large, then a few bytes that stand for very many (RFC 7541 §7.3)."""
    connection = Connection(port)
    say("large", show(connection.result(connection.open(request() + [("x-name", "y" * 9000)]))[:2]))
    value = b"z" * 3000
    # A literal that enters the table as its entry 62.
    entry = b"\x40" + length(6, 7, 0) + b"x-name" + length(len(value), 7, 0) + value
    connection.stream += 2
    connection.send(frame(HEADERS, END_STREAM | END_HEADERS, connection.stream, block(request()) + entry + b"\xbe" * 10_000))
    say("bomb", show(connection.result(connection.stream)[:1]))
    say("good", show(connection.result(connection.open(request()))))


def scenario_held_heads(port, options):
    """Heads that wait for their bodies: 18 KB each, of which the client sends a few bytes (RFC 7541 §7.3)."""
    connection = Connection(port)
    value = b"z" * 3000
    entry = b"\x40" + length(6, 7, 0) + b"x-name" + length(len(value), 7, 0) + value
    post = block(request("POST", "/flow/v1/join-texts", ("content-type", "application/json"), ("content-length", "2")))

    def hold(fields):
        connection.stream += 2
        connection.send(frame(HEADERS, END_HEADERS, connection.stream, post + fields))
        return connection.stream

    def finish(stream):
        connection.send(frame(DATA, END_STREAM, stream, b"[]"))
        return show(connection.result(stream)[:2])

    held = [hold(entry + b"\xbe" * 5), hold(b"\xbe" * 6), hold(b"\xbe" * 6)]
    say("too many", show(connection.result(hold(b"\xbe" * 6))[:2]))
    say("held", " ".join(finish(stream) for stream in held))
    say("again", finish(hold(b"\xbe" * 6)))


def scenario_raw(port, options):
    """Bytes, and how the connection ends."""
    connection = Connection(port, preface=None)
    connection.send(bytes.fromhex(options["bytes"]))
    say("goaway", connection.finish())


def scenario_idle(port, options):
    connection = Connection(port)
    say("good", show(connection.result(connection.open(request()))))
    say("goaway", connection.finish())


def scenario_idle_ping(port, options):
    """PING after PING, each when the last was answered, and nothing else."""
    connection = Connection(port)
    code = None
    connection.send(frame(PING, 0, 0, bytes(8)))
    for _ in range(int(options["count"])):
        got = connection.read()
        if got is None:
            break
        if got[0] == PING:
            connection.send(frame(PING, 0, 0, bytes(8)))
        if got[0] == GOAWAY:
            code = int.from_bytes(got[3][4:8], "big")
    say("goaway", code)


def scenario_stream(port, options):
    """An answer in parts, as lines."""
    connection = Connection(port)
    result = connection.result(connection.open(request(options.get("method", "GET"), options["path"])))
    say("result", show(result))
    if result[0] == "status":
        say("body", result[2].decode().replace("\n", "|"))
    say("good", show(connection.result(connection.open(request()))))


def scenario_endless(port, options):
    """Takes so many bytes of an answer without an end, then more when it is told to, then none."""
    connection = Connection(port, settings_of(window=0))
    stream = connection.open(request(path=options["path"]))
    for _ in range(2):
        connection.send(frame(WINDOW, 0, 0, struct.pack(">I", 500_000)))
        connection.send(frame(WINDOW, 0, stream, struct.pack(">I", 500_000)))
        taken = 0
        while taken < 500_000:
            kind, _, of, payload = connection.read()
            taken += len(payload) if (kind, of) == (DATA, stream) else 0
        say("taken", taken)
        sys.stdin.readline()
    connection.send(frame(RESET, 0, stream, struct.pack(">I", 8)))
    say("good", show(connection.result(connection.open(request("HEAD")))))
    say("ready", "yes")
    sys.stdin.read()


def lines_to(slug):
    return request("POST", "/flow/v1/" + slug, ("content-type", "application/x-ndjson"))


def scenario_parts(port, options):
    """Sends 4 MiB to a flow that takes nothing until it is told to. Another stream goes on, one is given up, others end early."""
    connection = Connection(port)
    windows, line = {}, b'"' + b"x" * 1021 + b'"\n'

    def pump(until):
        """Reads what is there, until a stream has a window again or all is quiet."""
        while True:
            got = connection.read()
            kind, flags, of, payload = got
            if kind == SETTINGS and not flags & ACK:
                for at in range(0, len(payload), 6):
                    name, value = struct.unpack(">HI", payload[at : at + 6])
                    if name == 4:
                        windows["initial"] = value
            if kind == WINDOW:
                windows[of] = windows.get(of, 0) + struct.unpack(">I", payload)[0]
            if until(got):
                return got

    # The settings of the server say how large a window is, and the first update makes that of the connection larger.
    pump(lambda got: got[0] == SETTINGS and not got[1] & ACK)
    stream = connection.open(lines_to("hold-parts"), b"")
    sent, total = 0, 4096 * len(line)
    marker = b"12345678"

    def is_quiet():
        """The server has read everything before this PING, and has said what there was to say."""
        connection.send(frame(PING, 0, 0, marker))
        pump(lambda got: got[0] == PING and got[1] & ACK)

    def send(limit_rounds):
        nonlocal sent
        idle = 0
        while sent < total and idle < limit_rounds:
            left = windows["initial"] + windows.get(stream, 0) - sent
            size = min(left, total - sent, 16384)
            if size <= 0:
                is_quiet()
                idle += 1
                continue
            idle = 0
            data = (line * (size // len(line) + 2))[sent % len(line) :][:size]
            sent += size
            connection.send(frame(DATA, END_STREAM if sent == total else 0, stream, data))

    send(limit_rounds=20)
    say("sent", sent)
    # The windows of the connection are given back at once, so that this one finds its own.
    other = connection.open(lines_to("count-lines"), b"")
    for at in range(0, 200):
        connection.send(frame(DATA, END_STREAM if at == 199 else 0, other, line))
    say("other", "status %d %d" % connection_result(connection, other, windows)[:2])
    sys.stdin.readline()
    send(limit_rounds=1_000_000)
    code, size, body = connection_result(connection, stream, windows)
    say("result", f"status {code} {size}")
    say("body", body.decode())
    early = connection.open(lines_to("fail-early"), b"")
    connection.send(frame(DATA, 0, early, line))
    say("early", "status %d" % connection_result(connection, early, windows)[0])
    say("empty", show(connection.result(connection.open(lines_to("count-lines")))))
    gone = connection.open(lines_to("count-lines"), b"")
    connection.send(frame(DATA, 0, gone, line + b'"half'))
    connection.send(frame(RESET, 0, gone, struct.pack(">I", 8)))
    say("good", show(connection.result(connection.open(request()))))
    say("ready", "yes")
    sys.stdin.read()


def connection_result(connection, stream, windows):
    code, body = None, b""
    while True:
        kind, flags, of, payload = connection.read()
        if kind == WINDOW:
            windows[of] = windows.get(of, 0) + struct.unpack(">I", payload)[0]
        if of != stream:
            continue
        if kind == HEADERS and (code is None or code == 100):
            code = status(payload)
        if kind == DATA:
            body += payload
        if flags & END_STREAM and kind in (DATA, HEADERS):
            return code, len(body), body


def scenario_noise(port, options):
    """Sequences of frames with mistakes. Afterwards the server is asked whether it is well."""
    for seed in range(int(options["seed"]), int(options["seed"]) + int(options["count"])):
        chance = random.Random(seed)
        connection = Connection(port)
        opened = [1]
        pieces = []
        for _ in range(chance.randint(1, 30)):
            stream = chance.choice(opened + [0, opened[-1] + 2, chance.randint(0, 40)])
            if stream > opened[-1]:
                opened.append(stream)
            fields = chance.choice([request(), request("POST", "/flow/v1/join-texts"), request(path="/flow/v1/large-answer"), request(path="/flow/v1/wait-forever"), chance.choice(list(MALFORMED.values()))])
            piece = chance.choice([
                lambda: frame(HEADERS, chance.choice([5, 4, 1, 0]), stream, block(fields)),
                lambda: frame(HEADERS, chance.choice([5, 4]), stream, block(fields)),
                lambda: frame(DATA, chance.choice([0, 1, 8, 9]), stream, bytes(chance.randint(0, 50))),
                lambda: frame(RESET, 0, stream, struct.pack(">I", chance.randint(0, 14))),
                lambda: frame(SETTINGS, chance.choice([0, 1]), 0, settings_of(window=chance.choice([0, 1, 65535, 1 << 31]))),
                lambda: frame(WINDOW, 0, stream, struct.pack(">I", chance.choice([0, 1, 1 << 20, (1 << 31) - 1]))),
                lambda: frame(PING, 0, 0, bytes(chance.choice([8, 7]))),
                lambda: frame(GOAWAY, 0, 0, bytes(8)),
                lambda: frame(CONTINUATION, chance.choice([0, 4]), stream, block([("x-name", "y")])),
                lambda: frame(PRIORITY, 0, stream, bytes(5)),
                lambda: frame(chance.randint(0, 255), chance.randint(0, 255), stream, chance.randbytes(chance.randint(0, 30))),
            ])()
            if chance.random() < 0.3:
                piece = bytearray(piece)
                piece[chance.randrange(len(piece))] ^= 1 << chance.randrange(8)
            pieces.append(bytes(piece))
        data = b"".join(pieces)
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))]
        step = chance.choice([1, 7, 100, len(data) + 1])
        for start in range(0, len(data), step):
            connection.send(data[start : start + step])
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The server has ended it.
        if chance.random() < 0.5:
            connection.finish()
        connection.socket.close()
    connection = Connection(port)
    say("well", show(connection.result(connection.open(request()))))


def main():
    name, port, *rest = sys.argv[1:]
    globals()["scenario_" + name](int(port), dict(argument.partition("=")[::2] for argument in rest))


main()
