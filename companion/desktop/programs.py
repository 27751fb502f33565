"""Runs the platform's own programs, without a shell and with a deadline."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from companion.errors import ServiceError

QUESTION_SECONDS = 5.0  # for a program whose output is wanted
COMMAND_SECONDS = 60.0  # for one whose effect is wanted
RETRY_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Command:
    """A program to run for its effect.

    Attributes:
        may_fail: its effect may be there already.
        tries: more than one where an earlier command takes effect late.
    """

    words: tuple[str, ...]
    may_fail: bool = False
    tries: int = 1


def ask_program(words: Sequence[str]) -> bytes | None:
    """Run a program and return its output; None when it is absent, fails, or takes too long."""
    try:
        return _run(words, QUESTION_SECONDS).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def run_command(command: Command) -> None:
    """Run a program and wait for its end.

    Raises:
        ServiceError: it is absent, fails at every try, or takes too long.
    """
    for left in reversed(range(command.tries)):
        try:
            _run(command.words, COMMAND_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            if not left and not command.may_fail:
                raise ServiceError(f"`{' '.join(command.words)}` {_failure(error)}.") from error
        else:
            return
        if left:
            time.sleep(RETRY_PAUSE_SECONDS)


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
