"""Keep what native libraries print from the user, who is to see one sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def quiet() -> Iterator[None]:
    """Send the process's stderr nowhere while native code runs: FFmpeg, MediaPipe, absl.

    They write to the descriptor itself, past Python's `sys.stderr`, and have no switch
    that covers all of it.
    """
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDERR)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)
