"""A host on loopback in front of the simulator, which spoils the answers that a test says."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.raw_host import serve_raw

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close without a farewell
PASSED_ON = ("Content-Type", "Retry-After")


@dataclass
class Spoil:
    """Which requests are spoilt and how; `carried_out`: the simulator acts all the same.

    `times`: how many of them; the others go well.
    """

    method: str
    path: str
    twist: str
    carried_out: bool = False
    times: int = 1_000_000

    def hits(self, method: str, path: str) -> bool:
        if not (method == self.method and path.startswith(self.path) and self.times):
            return False
        self.times -= 1
        return True


class FaultyHost:
    """Its address, and what it spoils now."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spoil: Spoil | None = None


@contextlib.contextmanager
def in_front_of(simulator: str) -> Iterator[FaultyHost]:
    """Pass all requests on to the simulator at this address."""
    spoils: list[FaultyHost] = []

    def behave(connection: socket.socket, head: bytes) -> None:
        method, path, headers, body = _read(connection, head)
        spoil = spoils[0].spoil
        hit = spoil is not None and spoil.hits(method, path.partition("?")[0])
        if hit and spoil and not spoil.carried_out:
            _TWISTS[spoil.twist](connection, path)
            return
        status, said, answer = _ask(simulator, method, path, headers, body)
        if hit and spoil:
            _TWISTS[spoil.twist](connection, path)
        else:
            connection.sendall(_whole(status, said, answer))

    with serve_raw(behave) as host:
        spoils.append(FaultyHost(host.url))
        yield spoils[0]


def _read(connection: socket.socket, head: bytes) -> tuple[str, str, dict[str, str], bytes]:
    lines, _, body = head.partition(b"\r\n\r\n")
    first, *rest = lines.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in rest)
    length = int(headers.get("Content-Length", 0))
    while len(body) < length:
        body += connection.recv(65_536)
    return method, path, headers, body


def _ask(
    simulator: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    host = http.client.HTTPConnection(urlsplit(simulator).netloc, timeout=30)
    with contextlib.closing(host):
        sent = {k: v for k, v in headers.items() if k != "Connection"}
        host.request(method, path, body, {**sent, "Accept-Encoding": "identity"})
        answer = host.getresponse()
        said = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        return answer.status, said, answer.read()


def _whole(status: int, headers: dict[str, str], body: bytes, claim: int | None = None) -> bytes:
    if status == http.HTTPStatus.NO_CONTENT:
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    lines += [f"Content-Length: {len(body) if claim is None else claim}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


BODY = b'{"is_playing": true, "queue": []}'
JSON = {"Content-Type": "application/json"}


def _reset(connection: socket.socket, _: str) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
    raise ConnectionResetError


def _drip(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(200, JSON, b"", 1_000_000))
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def _longer(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(200, JSON, BODY, len(BODY) + 100))
    connection.shutdown(socket.SHUT_RDWR)


def _shorter(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(200, JSON | {"Connection": "close"}, BODY, len(BODY) // 2))
    connection.shutdown(socket.SHUT_RDWR)


def _error(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(503, {}, b"upstream connect error"))


def _loop(connection: socket.socket, path: str) -> None:
    connection.sendall(_whole(302, {"Location": path}, b""))


def _page(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(200, {"Content-Type": "text/html"}, b"<html>Welcome</html>"))


def _rubbish(connection: socket.socket, _: str) -> None:
    connection.sendall(_whole(200, JSON, b"[1, 2]"))


_TWISTS: dict[str, Callable[[socket.socket, str], None]] = {
    "reset": _reset,
    "drip": _drip,
    "longer": _longer,
    "shorter": _shorter,
    "error": _error,
    "loop": _loop,
    "page": _page,
    "rubbish": _rubbish,
}
