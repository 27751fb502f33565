"""The log: one rotating file in the state folder, with secrets masked."""

import logging
import logging.handlers
import os
import re
from pathlib import Path
from typing import Any

from companion.paths import is_file

FILE_SIZE = 1024 * 1024  # bytes
OLD_FILES = 3
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Sign-in answers, headers and redirect addresses, as JSON, Python repr or a query.
_SECRETS = (
    re.compile(r"(?i)(bearer\s+)[\w.~+/=-]{6,}"),
    re.compile(
        r"(?i)(\b(?:access_token|refresh_token|code_verifier|code_challenge|code|authorization)"
        r"""[\\]?["']?\s*[:=]\s*[\\]?["']?)[^\s"'&,}\\]{6,}"""
    ),
)


def redact(text: str) -> str:
    """Mask tokens, codes and verifiers."""
    for secret in _SECRETS:
        text = secret.sub(r"\1***", text)
    return text


class _Redacted(logging.Formatter):
    """Formats, then redacts, so that tracebacks are redacted too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _File(logging.handlers.RotatingFileHandler):
    """Stays silent where it cannot write: a full disk is reported where the store fails."""

    def _open(self) -> Any:
        file = Path(self.baseFilename)
        if file.exists() and not is_file(file):
            raise OSError(f"{file} is not a file.")  # the opening of a pipe would wait
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        pass


def start_log(file: Path, level: str = "INFO") -> None:
    """Send all that this process logs to the file, and nowhere else.

    Libraries stay at WARNING, as some log tokens or frames when debugging.
    """
    handler = _File(file, maxBytes=FILE_SIZE, backupCount=OLD_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(_Redacted(FORMAT))
    root = logging.getLogger()
    stop_log()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("companion").setLevel(level)


def stop_log() -> None:
    """Close the file and remove the handler."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h.formatter, _Redacted)]:
        root.removeHandler(handler)
        handler.close()


def clear_log(file: Path) -> None:
    """Empty the log and remove its older parts; a process that writes to it can go on."""
    for older in file.parent.glob(f"{file.name}.*"):
        older.unlink(missing_ok=True)
    if is_file(file):
        os.truncate(file, 0)
