"""Runs the platform's own programs, without a shell, and never for long."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from companion.errors import ServiceError

QUESTION_DEADLINE = 5.0  # seconds
ORDER_DEADLINE = 60.0
PAUSE = 1.0  # seconds between tries


@dataclass(frozen=True, slots=True)
class Order:
    """A program to run for what it does.

    Attributes:
        words: the program and its arguments.
        may_fail: what it should bring about may be so already.
        tries: how often it is tried, where an order before it ends late.
    """

    words: tuple[str, ...]
    may_fail: bool = False
    tries: int = 1


def ask_program(words: Sequence[str]) -> bytes | None:
    """What a program prints; None when it is absent, fails, or takes too long."""
    try:
        return _run(words, QUESTION_DEADLINE).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def carry_out(order: Order) -> None:
    """Run a program and wait for its end.

    Raises:
        ServiceError: it is absent, fails at every try, or takes too long.
    """
    for left in reversed(range(order.tries)):
        try:
            _run(order.words, ORDER_DEADLINE)
        except (OSError, subprocess.SubprocessError) as error:
            if not left and not order.may_fail:
                raise ServiceError(f"`{' '.join(order.words)}` {_failure(error)}.") from error
        else:
            return
        if left:
            time.sleep(PAUSE)


def _run(words: Sequence[str], deadline: float) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - our own words, and no shell
        words, stdin=subprocess.DEVNULL, capture_output=True, timeout=deadline, check=True
    )


def _failure(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return "took too long"
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr or error.stdout).decode("utf-8", "replace").strip()
        reason = said.splitlines()[-1].rstrip(".") if said else f"exit code {error.returncode}"
        return f"failed: {reason}"
    return "cannot be run: there is no such program"
