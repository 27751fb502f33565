"""Where clips come from, as one word on the command line: `local:~/Music,deezer`."""

from __future__ import annotations

import re
from pathlib import Path

from companion.config.schema import Clips
from companion.errors import UsageError

KEEP = "keep"
WORDS = "local:FOLDER, deezer, local:FOLDER,deezer, none or keep"


def parse_clips(text: str) -> Clips | None:
    """What the word means; None for "keep".

    Raises:
        UsageError: it means nothing, or the folder is not there.
    """
    if text in (KEEP, "none", "deezer"):
        return {KEEP: None, "none": Clips(), "deezer": Clips(("deezer",))}[text]
    match = re.fullmatch(r"(deezer,)?local:(.*?)(,deezer)?", text)
    if not match or (match[1] and match[3]):
        raise UsageError(f"'{text}' names no source of clips.", f"Give {WORDS}.")
    providers = [
        name for part, name in zip(match.groups(), _ORDER, strict=True) if part is not None
    ]
    return Clips(tuple(providers), folder=check_folder(match[2]))


_ORDER = ("deezer", "local", "deezer")


def check_folder(text: str) -> str:
    """The whole path of a folder that is there.

    Raises:
        UsageError: there is no such folder.
    """
    folder = Path(text.strip()).expanduser()
    if not text.strip() or not folder.is_dir():
        raise UsageError(
            f"There is no folder {text or '(none is named)'}.",
            "Name the folder of your audio files.",
        )
    return str(folder.absolute())
