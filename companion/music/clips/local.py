"""Clips from a folder of the user's own audio files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from companion.errors import ClipDamaged, ClipMismatch, ClipMissing
from companion.music.clips.matching import (
    Recording,
    has_same_artist,
    match_by_isrc,
    match_by_name,
    plain_isrc,
    plain_key,
)
from companion.music.clips.provider import Clip, ClipQuery, Match

SUFFIXES = frozenset({".mp3", ".flac", ".ogg", ".oga", ".opus", ".wav", ".aif", ".aiff"})
_TRACK_NUMBER = re.compile(r"^\d{1,3}(?:\s*[-._]\s*|\s+)(?=\S)")


@dataclass(frozen=True, slots=True)
class AudioFile:
    """One file of the folder; its recording is of 0 s where the file cannot be read."""

    path: Path
    recording: Recording
    isrc: str | None


@dataclass(frozen=True, slots=True)
class _Index:
    by_isrc: dict[str, list[AudioFile]] = field(default_factory=lambda: defaultdict(list))
    by_title: dict[str, list[AudioFile]] = field(default_factory=lambda: defaultdict(list))


class LocalClips:
    """The user's own files, matched by ISRC tag, else by artist, title and duration.

    The folder is read once, at the first question. A file without tags goes by its name,
    "Artist - Title.mp3", or by "Title.mp3" in a folder named after the artist.
    """

    name = "local"

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser()

    def find(self, query: ClipQuery) -> Clip:
        """See ClipProvider; the reference is the path inside the folder."""
        if query.isrc and (same := self._index.by_isrc.get(plain_isrc(query.isrc))):
            return self._best(query, same, match_by_isrc)
        titled = self._index.by_title.get(plain_key(query.title), [])
        named = [file for file in titled if has_same_artist(query, file.recording)]
        if not named:
            raise ClipMissing("No file has this artist and title.")
        return self._best(query, named, match_by_name)

    def _best(
        self,
        query: ClipQuery,
        files: Iterable[AudioFile],
        check: Callable[[ClipQuery, Recording], Match],
    ) -> Clip:
        matches: list[tuple[Match, AudioFile]] = []
        mismatches: list[ClipMismatch] = []
        for file in files:
            if not file.recording.duration_s:
                continue
            try:
                matches.append((check(query, file.recording), file))
            except ClipMismatch as mismatch:
                mismatches.append(mismatch)
        if matches:
            match, file = max(matches, key=lambda pair: pair[0].confidence)
            return Clip(file.path, self.name, self._reference(file.path), match)
        if mismatches:
            raise mismatches[0]
        raise ClipDamaged("The file of this artist and title cannot be read.")

    def _reference(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    @cached_property
    def _index(self) -> _Index:
        if not self._folder.is_dir():
            raise ClipMissing(
                f"The folder of your own audio is not there: {self._folder}",
                remedy="Set clips.folder in the config.",
            )
        index = _Index()
        for path in sorted(self._folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                file = read_audio_file(path, self._folder)
                index.by_title[plain_key(file.recording.title)].append(file)
                if file.isrc:
                    index.by_isrc[file.isrc].append(file)
        return index


def read_audio_file(path: Path, folder: Path) -> AudioFile:
    """What the tags of a file say, else its name and the folders above it."""
    tags, duration_s = _read_tags(path)
    title, artists = parse_name(path, folder)
    titles = tags.get("title")
    return AudioFile(
        path,
        Recording(
            titles[0] if titles else title,
            tuple(tags.get("artist", [])) or artists,
            duration_s,
        ),
        next((plain_isrc(code) for code in tags.get("isrc", [])), None),
    )


def parse_name(path: Path, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Title and artists from a path: "Artist - Title", else the title in the artist's folder.

    All folders above the file may be the artist's, as albums stand between the two.
    """
    stem = _TRACK_NUMBER.sub("", path.stem)
    artist, dash, title = stem.partition(" - ")
    if dash and title.strip():
        return title.strip(), (artist.strip(),)
    return stem, tuple(path.parent.relative_to(folder).parts)


def _read_tags(path: Path) -> tuple[dict[str, list[str]], float]:
    """The tags title, artist and isrc, where there are any, and the duration in seconds."""
    import mutagen

    try:
        file = mutagen.File(path)
    except (mutagen.MutagenError, OSError):
        file = None
    if file is None:
        return {}, 0.0
    found = {}
    for name, frame in (("title", "TIT2"), ("artist", "TPE1"), ("isrc", "TSRC")):
        values = _values(file.tags, name, frame)
        if values:
            found[name] = values
    return found, float(file.info.length)


def _values(tags: Mapping[str, Any] | None, name: str, frame: str) -> list[str]:
    """A tag by its Vorbis name or its ID3 frame; both hold several values."""
    values = (tags.get(name) or tags.get(frame) or ()) if tags else ()
    return [text for text in map(str, values) if text.strip()]
