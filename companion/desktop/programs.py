"""Runs the platform's own programs, without a shell, and never for long."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

DEADLINE = 5.0  # seconds


def ask_program(words: Sequence[str], deadline: float = DEADLINE) -> bytes | None:
    """What a program prints; None when it is absent, fails, or takes too long."""
    try:
        ended = subprocess.run(  # noqa: S603 - our own words, and no shell
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout
