"""Output where not every character can be written, such as cp1252 or ASCII: nothing fails."""

import codecs
import io
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
