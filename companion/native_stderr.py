"""The process's standard error, kept free of what native libraries write to it.

FFmpeg, MediaPipe, absl and libmpg123 write to the descriptor itself, past Python's
`sys.stderr`, and have no switch that covers all of it. The user is to see one sentence.
"""

import contextlib
import os
import threading
from collections.abc import Iterator

STDERR = 2


class _Redirection:
    """Of the process's stderr to nowhere, for as long as anybody wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._kept: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._kept = _point_nowhere()

    def end(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users and self._kept is not None:
                os.dup2(self._kept, STDERR)
                os.close(self._kept)
                self._kept = None


_redirection = _Redirection()


@contextlib.contextmanager
def discard_native_stderr() -> Iterator[None]:
    """Send the process's stderr nowhere meanwhile; in several threads at once too.

    A call that may hang belongs into another thread, and this around the wait for it: what
    hangs would otherwise keep the stderr.
    """
    _redirection.begin()
    try:
        yield
    finally:
        _redirection.end()


def _point_nowhere() -> int | None:
    """Point the descriptor nowhere; give a copy of it, or None where that cannot be done."""
    try:
        kept = os.dup(STDERR)
    except OSError:  # the process has none
        return None
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # too many files are open
        os.close(kept)
        return None
    os.dup2(nowhere, STDERR)
    os.close(nowhere)
    return kept
