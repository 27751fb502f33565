"""The end of the page: some minutes after its last tab was closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

REST_SECONDS = 600.0


class Lifetime:
    """Counts the open tabs; each holds a connection for events.

    Args:
        clock: seconds that only grow.
        rest: how many seconds the page lives without a tab.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, rest: float = REST_SECONDS
    ) -> None:
        self._clock = clock
        self._rest = rest
        self._tabs = 0
        self._alone_since = clock()
        self._lock = threading.Lock()

    @property
    def tabs(self) -> int:
        """The number of open tabs."""
        return self._tabs

    def open_tab(self) -> None:
        """Count a tab that was opened."""
        with self._lock:
            self._tabs += 1

    def close_tab(self) -> None:
        """Count a tab that was closed."""
        with self._lock:
            self._tabs -= 1
            self._alone_since = self._clock()

    def renew(self) -> None:
        """Begin the rest anew, as a browser is about to open a tab."""
        with self._lock:
            self._alone_since = self._clock()

    @property
    def is_over(self) -> bool:
        """True once no tab was open for the whole rest."""
        with self._lock:
            return not self._tabs and self._clock() - self._alone_since >= self._rest
