"""The tags of an audio file, and its length: ID3, Vorbis comments, and APEv2.

Files are of any origin, and libraries that read tags trip over damaged ones in any way. Whatever
cannot be read is left out.
"""

import logging
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.errors import ClipDamaged
from companion.music.clips.matching import plain_isrc
from companion.music.clips.provider import plausible_seconds
from companion.text import one_line, readable_path

ISRC_LENGTH = 12
MOST_VALUES = 50  # of one tag
# What a header says of these may be wrong or nothing, so the sound itself is asked.
UNSURE_SUFFIXES = frozenset({".wav", ".aif", ".aiff"})

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AudioTags:
    """The tags and the length of a file.

    Attributes:
        title: "" where it has none.
        isrc: without hyphens, in capitals; None where it has none.
        duration_s: in seconds; 0 where the file cannot be read.
    """

    title: str = ""
    artists: tuple[str, ...] = ()
    isrc: str | None = None
    duration_s: float = 0.0


def read_audio_tags(path: Path) -> AudioTags:
    """The tags of a regular file; empty ones where it cannot be read."""
    file = _read(path)
    tags = getattr(file, "tags", None) or _ape_tags(path)
    titles = _values(tags, "title", "TIT2")
    isrcs = map(plain_isrc, _values(tags, "isrc", "TSRC"))
    return AudioTags(
        titles[0] if titles else "",
        _values(tags, "artist", "TPE1"),
        next((code for code in isrcs if len(code) == ISRC_LENGTH), None),
        _seconds(path, file),
    )


def _read(path: Path) -> Any:
    import mutagen

    try:
        return mutagen.File(path)
    except Exception as error:  # noqa: BLE001 - damaged files make mutagen raise anything
        _logger.info("the tags of %s cannot be read: %r", readable_path(path), error)
        return None


def _ape_tags(path: Path) -> Any:
    """The APEv2 tags at a file's end, which mutagen looks for in few formats only."""
    from mutagen.apev2 import APEv2

    try:
        tags: Any = APEv2(path)
    except Exception:  # noqa: BLE001 - as above; most files have none
        return {}
    return tags


def _values(tags: Any, name: str, frame: str) -> tuple[str, ...]:
    """A tag by its name in Vorbis comments and APEv2, or by its ID3 frame; each may have several.

    ID3v1 and APEv2 end some of them with zeros.
    """
    try:
        values = tags.get(name) or tags.get(frame) or ()
        texts = [one_line(str(value)).strip() for value in list(values)[:MOST_VALUES]]
    except Exception:  # noqa: BLE001 - as above: a frame may be of any kind
        return ()
    return tuple(text for text in texts if text)


def _seconds(path: Path, file: Any) -> float:
    """The file's length by its header, or by what is in it where that cannot be relied on."""
    info = getattr(file, "info", None)
    said = plausible_seconds(getattr(info, "length", 0))
    if said and path.suffix.lower() not in UNSURE_SUFFIXES and not _is_unsure(info):
        return said
    return _counted_mp3_seconds(path) or said if _is_unsure(info) else _measured_seconds(path)


def _is_unsure(info: Any) -> bool:
    """Tell whether the length is a guess of mutagen's, from the first bitrate of an MP3 stream."""
    from mutagen.mp3 import BitrateMode

    return getattr(info, "bitrate_mode", None) is BitrateMode.UNKNOWN


def _counted_mp3_seconds(path: Path) -> float:
    from companion.music.mp3 import counted_seconds

    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return counted_seconds(data) or 0.0
    except (OSError, ValueError):
        return 0.0


def _measured_seconds(path: Path) -> float:
    from companion.music.decode import measure_seconds

    try:
        return plausible_seconds(measure_seconds(path))
    except ClipDamaged:
        return 0.0
