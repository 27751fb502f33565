"""A keyring for processes of the tests: one file, named by the environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend

FILE_VARIABLE = "TEST_RING"
BACKEND = f"{__name__}.FileKeyring"


class FileKeyring(KeyringBackend):
    """Keeps secrets in a file, as only a test may."""

    priority = 1.0

    def __init__(self) -> None:
        """Without the base's, which takes settings from the environment."""

    def get_password(self, service: str, username: str) -> str | None:
        secret: str | None = self._read().get(f"{service} {username}")
        return secret

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._read() | {f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        del kept[f"{service} {username}"]
        self._write(kept)

    @property
    def _file(self) -> Path:
        return Path(os.environ[FILE_VARIABLE])

    def _read(self) -> dict[str, str]:
        return json.loads(self._file.read_text("utf-8")) if self._file.exists() else {}

    def _write(self, secrets: dict[str, str]) -> None:
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps(secrets), "utf-8")
        whole.replace(self._file)
