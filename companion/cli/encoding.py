"""Output where not every character can be written, such as cp1252 or ASCII, or none at all."""

import codecs
import io
import os
import sys
import unicodedata

HANDLER = "companion.similar"
SIMILAR = {
    **dict.fromkeys("█▉▊▋▌", "#"),
    **dict.fromkeys("▍▎▏", "-"),
    **dict(zip("▁▂▃▄▅▆▇", "_.-~=+*", strict=True)),
    "·": ".",
    "…": "...",
    **dict.fromkeys("–—−", "-"),  # noqa: RUF001 - the dashes and the minus sign
    **dict.fromkeys("‘’", "'"),  # noqa: RUF001 - the curly quotes
    **dict.fromkeys("“”", '"'),
}


def open_closed_streams() -> None:
    """Read from and write to nowhere where stdin, stdout or stderr was closed, as by `>&-`.

    Else the next file to be opened, such as the log, would take its number, and what is
    printed would go into it.
    """
    for name, flags, mode in _STREAMS:
        if getattr(sys, name) is None:
            stream = os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8")
            setattr(sys, name, stream)


_STREAMS = (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_WRONLY, "w"), ("stderr", os.O_WRONLY, "w"))
"""In the order of their numbers, as the system gives the lowest that is free."""


def write_any_character() -> None:
    """Let stdout and stderr write a similar ASCII character for one that they cannot encode."""
    codecs.register_error(HANDLER, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def can_write(text: str) -> bool:
    """Return True where stdout can encode the text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_similar, error.object[error.start : error.end])), error.end


def _similar(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii")
    return SIMILAR.get(letter) or plain or "?"
