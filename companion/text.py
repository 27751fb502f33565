"""Text from outside, such as titles: made safe to print, store and log."""

from __future__ import annotations

import unicodedata

_UNSAFE = {
    "Cc",  # control characters, among them the escape that begins terminal commands
    "Cs",  # lone surrogates, which no encoding can write
    "Zl",  # line and paragraph separators
    "Zp",
}


def one_line(text: str) -> str:
    """Replace control characters and line ends by spaces, and lone surrogates by U+FFFD.

    Invisible characters that carry meaning, such as the joiners of Persian and Hindi, stay.
    """
    if text.isprintable():
        return text
    return "".join(map(_safe, text)).strip()


def _safe(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cs":
        return "\ufffd"
    return " " if category in _UNSAFE else letter
