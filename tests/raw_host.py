"""A host on loopback that does with each connection what a test says, HTTP or not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket, bytes], None]
"""Given a connection and the request's head that came by it."""


class RawHost:
    """Its address, and the heads of the requests that it was sent."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.heads: list[bytes] = []


@contextmanager
def serve_raw(behave: Behaviour) -> Iterator[RawHost]:
    """Accept connections until the end of the `with`; each has a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = RawHost(server.getsockname()[1])
        connections: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def serve_one(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                while head := _read_head(connection):
                    host.heads.append(head)
                    behave(connection, head)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connections.append(connection)
                    threads.append(threading.Thread(target=serve_one, args=(connection,)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield host
        finally:
            for one in (server, *connections):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *threads):
                thread.join(5)


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(4096)
        if not part:
            return b""
        head += part
    return head


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole HTTP answer; `length` is what it claims of its body."""
    said = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {said}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
