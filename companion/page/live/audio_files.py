"""The user's own files, to listen to: only those that a tag was read from."""

from __future__ import annotations

import os
from pathlib import Path

from companion.errors import ClipMissing
from companion.music.clips.local import SUFFIXES
from companion.page.context import Context
from companion.paths import expand, is_file
from companion.store.tracks.track_map import find_on_map

MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".aif": "audio/aiff",
    ".aiff": "audio/aiff",
}


def find_file(context: Context, track_id: str) -> Path:
    """Find the file that the track's tag was read from; the request names no path.

    Raises:
        ClipMissing: the tag was read from no file, or it is not in the folder any more.
    """
    with context.store() as db:
        found = find_on_map(db, track_id)
    folder = context.config.clips.folder
    if found is None or found.provider != "local" or not folder:
        raise ClipMissing("There is no file of this track.", "Choose a folder of your own files.")
    root = Path(os.path.realpath(expand(folder)))
    file = Path(os.path.realpath(root / found.reference))
    if not (file.is_relative_to(root) and file.suffix.lower() in SUFFIXES and is_file(file)):
        raise ClipMissing("The file of this track is not there any more.", "Tag it again.")
    return file


def media_type(file: Path) -> str:
    """The media type of an audio file, by its ending."""
    return MEDIA_TYPES[file.suffix.lower()]
