"""A client whose traffic is the same every time, for what counts instead of measuring time."""

import socket

from .processes import BenchError
from .servers import read_answer

CONNECTIONS = 16
FLOWS = {"plaintext": "/flow/v1/say-hello", "json": "/flow/v1/show-message"}


class Client:
    """Keep-alive connections that are used in turn."""

    def __init__(self, address: str, path: str):
        host, _, port = address.rpartition(":")
        self.request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode()
        self.sockets = [socket.create_connection((host, int(port)), timeout=10) for _ in range(CONNECTIONS)]
        for connection in self.sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Answers of a flow are of one length: only the date in them changes.
        self.sockets[0].sendall(self.request)
        self.answer_bytes = len(read_answer(self.sockets[0]))

    @staticmethod
    def _receive(connection: socket.socket) -> bytes:
        data = connection.recv(1 << 16)
        if not data:
            raise BenchError("the server closed a connection")
        return data

    def send(self, requests: int, pipeline: int):
        batch = self.request * pipeline
        for index in range(requests // pipeline):
            connection = self.sockets[index % CONNECTIONS]
            connection.sendall(batch)
            answers = b""
            while len(answers) < self.answer_bytes * pipeline:
                answers += self._receive(connection)
            if answers.count(b"HTTP/1.1 200 ") != pipeline or len(answers) != self.answer_bytes * pipeline:
                raise BenchError(f"the server answered something else:\n{answers[:500]!r}")

    def close(self):
        for connection in self.sockets:
            connection.close()
