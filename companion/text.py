"""Text from outside, made fit to be shown and stored: titles, names of artists and of files."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import PurePath

MAX_CHARACTERS = 1000  # of a title or a name; what is longer is cut

# Escape sequences of terminals (ECMA-48): OSC, DCS and the like with their texts, CSI, the rest.
_ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_BREAKS_AND_TABS = re.compile(r"[\t-\r\x85\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Marks that turn the direction of whatever text follows on the line (UAX 9).
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_text(text: str) -> str:
    """A title or a name on one line, without what a terminal or a database would trip over.

    Escape sequences, control characters and marks that turn the direction of text are left
    out, a line break becomes a space, half of a surrogate pair the replacement character.
    """
    text = _ESCAPES.sub("", text[: 2 * MAX_CHARACTERS])
    text = _SURROGATES.sub("\ufffd", _LINE_BREAKS_AND_TABS.sub(" ", text))
    kept = (c for c in text if unicodedata.category(c) != "Cc" and c not in _DIRECTIONS)
    return "".join(kept)[:MAX_CHARACTERS].strip()


def readable_path(path: PurePath | str) -> str:
    r"""A file's name that can be shown and stored, whatever bytes it is made of.

    Each byte that is no UTF-8 stands there as `\xNN`, so that different names stay different.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def decode_name(name: str) -> str:
    """The text that a file's name is meant to be: UTF-8, else Windows' Western code page.

    Args:
        name: as Python gives it, with bytes that are no UTF-8 as surrogates (PEP 383).
    """
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
