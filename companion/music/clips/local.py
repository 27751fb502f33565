"""Clips from a folder of the user's own audio files."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from companion.errors import ClipDamaged, ClipMismatch, ClipMissing, ClipSourceBroken
from companion.music.clips.audio_tags import read_audio_tags
from companion.music.clips.matching import (
    Recording,
    has_same_artist,
    match_by_isrc,
    match_by_name,
    plain_isrc,
    plain_key,
)
from companion.music.clips.provider import Clip, ClipQuery, Match
from companion.paths import expand, is_file
from companion.text import decode_name, one_line, readable_path

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
        self._folder = expand(folder)

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
        return readable_path(path.relative_to(self._folder).as_posix())

    @cached_property
    def _index(self) -> _Index:
        index = _Index()
        for path in self._audio_files():
            file = read_audio_file(path, self._folder)
            index.by_title[plain_key(file.recording.title)].append(file)
            if file.isrc:
                index.by_isrc[file.isrc].append(file)
        return index

    def _audio_files(self) -> list[Path]:
        """The audio files of the folder in order, but for folders in it that are shut."""
        try:
            with os.scandir(self._folder):
                pass
        except OSError as error:
            raise ClipSourceBroken(
                f"The folder of your own audio cannot be read ({error.strerror}): "
                f"{readable_path(self._folder)}.",
                "Set clips.folder in the config.",
            ) from error
        return sorted(_walk(self._folder))


def _walk(folder: Path) -> Iterator[Path]:
    """Regular files with the name of an audio file: a pipe or a device would be waited for."""
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            if path.suffix.lower() in SUFFIXES and is_file(path):
                yield path


def read_audio_file(path: Path, folder: Path) -> AudioFile:
    """A file as its tags describe it, else its name and the folders above it."""
    tags = read_audio_tags(path)
    title, artists = parse_name(path, folder)
    recording = Recording(tags.title or title, tags.artists or artists, tags.duration_s)
    return AudioFile(path, recording, tags.isrc)


def parse_name(path: Path, folder: Path) -> tuple[str, tuple[str, ...]]:
    """Title and artists from a path: "Artist - Title", else the title in the artist's folder.

    All folders above the file may be the artist's, as albums stand between the two.
    """
    stem = _TRACK_NUMBER.sub("", _text(path.stem))
    artist, dash, title = stem.partition(" - ")
    if dash and title.strip():
        return title.strip(), (artist.strip(),)
    return stem, tuple(map(_text, path.parent.relative_to(folder).parts))


def _text(name: str) -> str:
    return one_line(decode_name(name)).strip()
