"""The log of requests: enough to count calls, never a token or a code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# What a test may look at. Everything else of a query is dropped, so no secret can slip in.
SHOWN = (
    "uri",
    "device_id",
    "limit",
    "offset",
    "market",
    "additional_types",
    "after",
    "before",
    "q",
)


@dataclass(slots=True)
class LoggedRequest:
    """One request and the status of its answer.

    Attributes:
        at: when it came by the simulator's clock, in seconds since 1970.
        query: the harmless part of its query.
        status: 0 while it is not answered.
    """

    at: float
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int = 0


class RequestLog:
    """All requests since the start or the last `clear`, oldest first."""

    def __init__(self) -> None:
        self._requests: list[LoggedRequest] = []

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(tuple(self._requests))

    def __len__(self) -> int:
        return len(self._requests)

    def __getitem__(self, place: int) -> LoggedRequest:
        return self._requests[place]

    def add(
        self, at: float, method: str, path: str, query: Iterable[tuple[str, str]]
    ) -> LoggedRequest:
        """Keep a request that has come; the caller notes the status of its answer."""
        shown = tuple((key, value) for key, value in query if key in SHOWN)
        request = LoggedRequest(at, method, path, shown)
        self._requests.append(request)
        return request

    def count(self, method: str, path: str) -> int:
        """Count requests of this method and path, whatever the query and the answer."""
        return sum(request.method == method and request.path == path for request in self)

    def clear(self) -> None:
        self._requests.clear()
