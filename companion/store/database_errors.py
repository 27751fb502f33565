"""The causes of SQLite's errors, each with the remedy that is true for it.

The names are SQLite's own (sqlite.org, "Result and Error Codes"); an extended one begins with the
name of its kind.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from companion.errors import StoreDamaged, StoreError

LEAST_FREE_BYTES = 1_000_000  # with less, an error of the disk means that it is full


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, to stand after "The database cannot be used, as"."""

    names: tuple[str, ...]
    words: str
    remedy: str
    kind: type[StoreError] = StoreError


FULL = Cause(("SQLITE_FULL",), "its disk is full", "Free some disk space, then try again.")
CAUSES = (
    FULL,
    Cause(
        ("SQLITE_CORRUPT", "SQLITE_NOTADB"),
        "it is damaged",
        "Put back the newest backup that lies beside it, or let `companion run` set it aside "
        "and begin a new one.",
        StoreDamaged,
    ),
    Cause(
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "another program has locked it",
        "Close the program that holds it, then try again.",
    ),
    Cause(
        ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"),
        "it cannot be opened for writing",
        "Make the file and its folder yours and writable, or set COMPANION_HOME to a folder "
        "that you may write to.",
    ),
    Cause(
        ("SQLITE_IOERR",),
        "its disk is failing",
        "Check the disk that it lies on; `companion doctor` tells whether the file is whole.",
    ),
    Cause(
        ("SQLITE_NOMEM",),
        "there is not enough memory",
        "Close other programs, then try again.",
    ),
)
OF_THE_DISK = ("SQLITE_IOERR", "SQLITE_CANTOPEN")
OTHER = Cause((), "SQLite refuses", "Run `companion doctor`, and look at the log.")


def explain(error: sqlite3.Error, file: Path) -> StoreError:
    """Our error for one of SQLite's, with its name."""
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    cause = next((one for one in CAUSES if name.startswith(one.names)), OTHER)
    if name.startswith(OF_THE_DISK) and _is_full(file.parent):
        cause = FULL
    problem = f"The database {file} cannot be used, as {cause.words} ({name}: {error})."
    return cause.kind(problem, cause.remedy)


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST_FREE_BYTES
    except OSError:
        return False
