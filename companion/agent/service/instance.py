"""One agent for each user: a lock that is held for as long as the process lives.

The system lets go of it when the process ends, however it ends: so no lock is ever stale.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from companion.errors import AgentRunning, StoreError


@contextlib.contextmanager
def only_instance(file: Path) -> Iterator[None]:
    """Hold the lock for the time of a `with`. The file stays; what counts is the lock on it.

    Raises:
        AgentRunning: another process holds it.
        StoreError: the file cannot be made.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"The lock {file} cannot be made: {error.strerror}.",
            "Remove it, or make it and its folder yours and writable.",
        ) from error
    try:
        try:
            _lock(descriptor)
        except OSError:
            raise AgentRunning("An agent is already running.") from None
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
