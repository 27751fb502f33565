"""Programs of our own that stand for the platform's, first on the path."""

from __future__ import annotations

from pathlib import Path


class Programs:
    """Shell scripts in a folder; each notes the arguments of its calls, one a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._notes = folder / "notes"
        self._notes.mkdir(parents=True)

    def put(self, name: str, script: str) -> None:
        """Make a program, or make it anew."""
        note = self._notes / name
        lines = ["#!/bin/sh", "IFS='|'", f"printf '%s\\0' \"$*\" >> '{note}'", script]
        file = self.folder / name
        file.write_text("\n".join(lines) + "\n")
        file.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        """The arguments of each call so far, with `|` between them."""
        note = self._notes / name
        return note.read_text("utf-8").split("\0")[:-1] if note.exists() else []
