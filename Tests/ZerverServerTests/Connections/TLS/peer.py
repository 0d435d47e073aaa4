"""A TLS client that does what well-behaved ones never do, for the tests beside it.

    peer.py SCENARIO PORT [NAME=VALUE …]

Prints what the server did, one `name: value` per line. Ends with status 1 when the server does what the scenario does
not allow for. Knows no time but a limit on each wait, so that a server that does not answer fails a test.
"""

import re
import socket
import ssl
import sys

WAIT_SECONDS = 30


class Peer:
    """One connection, whose records pass through our hands on the way."""

    def __init__(self, port, context, name="localhost", session=None, step=None, proxied=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name, session=session)
        self.step = step
        self.received = b""
        if proxied:
            self.outgoing.write(f"PROXY TCP4 {proxied} 127.0.0.1 1 2\r\n".encode())

    def flush(self):
        records = self.outgoing.read()
        step = self.step or max(len(records), 1)
        for start in range(0, len(records), step):
            self.socket.sendall(records[start : start + step])

    def pump(self, call):
        """Calls until it does not wait for the server any more."""
        while True:
            try:
                result = call()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                records = self.socket.recv(65536)
                if records:
                    self.incoming.write(records)
                else:
                    self.incoming.write_eof()
            except ssl.SSLError:
                self.flush()
                raise

    def handshake(self):
        self.pump(self.tls.do_handshake)
        return self

    def send(self, data):
        self.pump(lambda: self.tls.write(data))

    def read(self):
        """The next bytes; none at a clean end. A cut connection raises ssl.SSLEOFError."""
        try:
            return self.pump(lambda: self.tls.read(65536))
        except ssl.SSLZeroReturnError:
            return b""

    def answer(self):
        """One answer with a length: its status, its head and its body."""
        while b"\r\n\r\n" not in self.received:
            more = self.read()
            if not more:
                raise EOFError("the connection ended in a head")
            self.received += more
        head, _, rest = self.received.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])
        while len(rest) < length:
            more = self.read()
            if not more:
                raise EOFError("the connection ended in a body")
            rest += more
        self.received = rest[length:]
        return int(head.split()[1]), head.decode(), rest[:length]


def client(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(options["ca"])
    if "version" in options:
        version = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
        context.minimum_version = context.maximum_version = version[options["version"]]
        if options["version"] in ("1.0", "1.1"):
            context.set_ciphers("ALL:@SECLEVEL=0")
    if "alpn" in options:
        context.set_alpn_protocols(options["alpn"].split(","))
    if "certificate" in options:
        context.load_cert_chain(options["certificate"], options["key"])
    return context


def get(path, *headers):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def say(name, value):
    print(f"{name}: {value}")


def scenario_get(port, options):
    """One request, delivered as it comes or in small steps."""
    step = int(options["step"]) if "step" in options else None
    try:
        peer = Peer(port, client(options), options.get("name", "localhost"), step=step, proxied=options.get("proxy")).handshake()
        peer.send(get(options.get("path", "/flow/v1/say-hello"), *(["Connection: close"] if "close" in options else [])))
        status, _, body = peer.answer()
    except (ssl.SSLError, ConnectionError) as error:
        return say("refused", getattr(error, "reason", None) or str(error) or type(error).__name__)
    say("status", status)
    say("bytes", len(body))
    say("body", body[:200].decode())
    say("version", peer.tls.version())
    say("alpn", peer.tls.selected_alpn_protocol())
    names = [value for _, value in peer.tls.getpeercert()["subjectAltName"]]
    say("names", ",".join(names))
    if "close" in options:
        say("end", "clean" if peer.read() == b"" else "more")


def scenario_resume(port, options):
    """Two connections, the second with the session of the first."""
    context = client(options)
    first = Peer(port, context).handshake()
    first.send(get("/flow/v1/say-hello"))
    first.answer()
    second = Peer(port, context, session=first.tls.session).handshake()
    second.send(get("/flow/v1/say-hello"))
    say("status", second.answer()[0])
    say("first", first.tls.session_reused)
    say("second", second.tls.session_reused)


def scenario_pipeline(port, options):
    """Many requests in one write."""
    peer = Peer(port, client(options)).handshake()
    count = int(options["count"])
    peer.send(get("/flow/v1/say-hello") * count)
    bodies = {peer.answer()[2] for _ in range(count)}
    say("bodies", b",".join(bodies).decode())


def scenario_raw(port, options):
    """Bytes that are no TLS. Says how the server ends it."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
    raw.sendall(bytes.fromhex(options["bytes"]))
    if "end" in options:
        raw.shutdown(socket.SHUT_WR)
    answer = b""
    try:
        while more := raw.recv(65536):
            answer += more
    except ConnectionResetError:
        say("reset", "yes")
    say("answer", answer.hex() if "hex" in options else answer.decode("latin-1").replace("\r\n", "|"))


def scenario_stall(port, options):
    """The beginning of a handshake, and then nothing."""
    context = client(options)
    peer = Peer(port, context)
    try:
        peer.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = peer.outgoing.read()
    peer.socket.sendall(hello[: int(options["bytes"])])
    say("rest", peer.socket.recv(1))


def scenario_cut(port, options):
    """A connection that ends without a word, in the middle of a request or while it is idle."""
    peer = Peer(port, client(options)).handshake()
    if "half" in options:
        peer.send(b"POST /flow/v1/join-texts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[")
    else:
        peer.send(get("/flow/v1/say-hello"))
        peer.answer()
    peer.socket.shutdown(socket.SHUT_WR)
    while peer.socket.recv(65536):
        pass
    say("end", "yes")


def scenario_idle(port, options):
    """A request, and then a connection that waits for its end."""
    peer = Peer(port, client(options)).handshake()
    peer.send(get("/flow/v1/say-hello"))
    peer.answer()
    if "tell" in options:
        print("answered", flush=True)
    say("end", "clean" if peer.read() == b"" else "more")


def scenario_goodbye(port, options):
    """Says close_notify behind a request. The answer comes all the same, and so does the server's own."""
    peer = Peer(port, client(options)).handshake()
    peer.send(get("/flow/v1/say-hello"))
    try:
        peer.tls.unwrap()
    except ssl.SSLWantReadError:
        pass
    peer.flush()
    # The library reads no data behind its own close_notify, so the records are counted by their types.
    records = b""
    while more := peer.socket.recv(65536):
        records += more
    kinds = []
    while len(records) >= 5:
        length = int.from_bytes(records[3:5], "big")
        kinds.append(records[0])
        records = records[5 + length :]
    say("records", ",".join(map(str, kinds)))


def scenario_tamper(port, options):
    """A record that somebody has changed on its way."""
    peer = Peer(port, client(options)).handshake()
    peer.tls.write(get("/flow/v1/say-hello"))
    records = bytearray(peer.outgoing.read())
    records[-1] ^= 1
    peer.socket.sendall(records)
    try:
        peer.read()
        say("end", "clean")
    except ssl.SSLError as error:
        say("end", error.reason)


def scenario_renegotiate(port, options):
    """Asks openssl s_client for what Python cannot do: a second handshake inside the first (TLS 1.2)."""
    import subprocess

    run = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-CAfile", options["ca"]],
        input="R\n", capture_output=True, text=True, timeout=WAIT_SECONDS)
    say("refused", "yes" if "no renegotiation" in run.stderr else run.stderr[-300:])


def scenario_load(port, options):
    """Connection after connection until standard input ends. Says which certificates there were, in order."""
    import threading

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    seen = []
    lasting = Peer(port, client(options)).handshake()
    while not ended.is_set() or len(seen) < 2:
        peer = Peer(port, client(options)).handshake()
        peer.send(get("/flow/v1/say-hello", "Connection: close"))
        assert peer.answer()[0] == 200
        assert peer.read() == b""
        serial = peer.tls.getpeercert()["serialNumber"]
        if serial not in seen:
            seen.append(serial)
            print("certificate", flush=True)
        lasting.send(get("/flow/v1/say-hello"))
        assert lasting.answer()[0] == 200
    say("certificates", len(seen))


def main():
    name, port, *rest = sys.argv[1:]
    options = dict(argument.partition("=")[::2] for argument in rest)
    globals()["scenario_" + name](int(port), options)


main()
