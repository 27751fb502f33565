"""Text from outside, such as titles and names of files: made safe to print, store and log."""

import os
import re
import unicodedata
from pathlib import PurePath

MAX_CHARACTERS = 1000  # of a title or a name; what is longer is cut

_UNSAFE = {
    "Cc",  # control characters, among them the escape that begins terminal commands
    "Cs",  # lone surrogates, which no encoding can write
    "Zl",  # line and paragraph separators
    "Zp",
}
# Commands of terminals (ECMA-48): OSC, DCS and the like with their texts, CSI, the rest.
_COMMANDS = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
# Marks that turn the direction of whatever follows on the line (UAX 9, section 2).
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """Leave out terminal commands, and put spaces for control characters and line ends.

    A lone surrogate becomes U+FFFD. Invisible characters that carry meaning, such as the joiners
    of Persian and Hindi, stay; those that turn the direction of the line do not.
    """
    text = text[:MAX_CHARACTERS]
    if text.isprintable():
        return text
    return "".join(map(_safe, _COMMANDS.sub("", text))).strip()


def _safe(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cs":
        return "\ufffd"
    if letter in _DIRECTIONS:
        return ""
    return " " if category in _UNSAFE else letter


def readable_path(path: PurePath | str) -> str:
    r"""Write a file's name so that it can be shown and stored, whatever bytes it is made of.

    Each byte that is no UTF-8 stands there as `\xNN`, so that different names stay different.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def decode_name(name: str) -> str:
    """The text that a file's name is meant to be: UTF-8, else Windows' Western code page.

    In `name`, bytes that are no UTF-8 are surrogates, as Python gives it (PEP 383).
    """
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def sentence(words: str) -> str:
    """The words with a full stop, where no question mark ends them already."""
    return words if words.endswith("?") else f"{words}."
