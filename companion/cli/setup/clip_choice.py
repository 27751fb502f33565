"""Sources of clips as one word on the command line: `local:~/Music,deezer`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from companion.config.schema import Clips
from companion.errors import UsageError
from companion.paths import expand, is_folder

KEEP = "keep"
WORDS = "local:FOLDER, deezer, local:FOLDER,deezer, none or keep"


def parse_clips(text: str) -> Clips | None:
    """Read the word; None for "keep".

    Raises:
        UsageError: it means nothing, or the folder is missing or has no audio file.
    """
    if text in (KEEP, "none", "deezer"):
        return {KEEP: None, "none": Clips(), "deezer": Clips(("deezer",))}[text]
    match = re.fullmatch(r"(deezer,)?local:(.*?)(,deezer)?", text)
    if not match or (match[1] and match[3]):
        raise UsageError(f"'{text}' is not a source of clips.", f"Give {WORDS}.")
    before, folder, behind = match.groups()
    providers = (*(["deezer"] if before else []), "local", *(["deezer"] if behind else []))
    return Clips(providers, folder=check_folder(folder))


def check_folder(text: str) -> str:
    """Give the whole path of a folder with audio files.

    Raises:
        UsageError: there is no such folder, or no audio file in it.
    """
    from companion.music.clips.local import SUFFIXES

    folder = expand(text.strip())
    if not text.strip() or not is_folder(folder):
        raise UsageError(
            f"There is no folder {text or '(none is named)'}.",
            "Name the folder of your audio files.",
        )
    files = (name for *_, names in os.walk(folder) for name in names)
    if not any(Path(name).suffix.lower() in SUFFIXES for name in files):
        raise UsageError(
            f"The folder {text} has no audio file, so no clip could come from it.",
            f"Name a folder with files that end in {', '.join(sorted(SUFFIXES))}.",
        )
    return str(folder.absolute())


def find_music_folder() -> str:
    """Give the user's music folder, if the system names one that has audio files; else ""."""
    import platformdirs

    try:
        return check_folder(platformdirs.user_music_dir())
    except UsageError:
        return ""


def recommend(folder: str) -> tuple[str, str]:
    """Recommend a source of clips, with the reason in a line.

    Args:
        folder: of audio files; "" where none is known.
    """
    if folder:
        return "both", f"There is music in {folder}; Deezer has most of the rest."
    return "deezer", "It has nearly every track, and you need no files of your own."
