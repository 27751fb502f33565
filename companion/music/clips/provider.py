"""What every source of clips is asked and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClipQuery:
    """The track that a clip is wanted of.

    Attributes:
        title: as the library has it, with "(Live)" or "- Remastered" where it says so.
        artists: their names, the main one first.
        duration_s: of the whole track, in seconds.
        isrc: the recording's code (ISO 3901), or None where it is not known.
    """

    title: str
    artists: tuple[str, ...]
    duration_s: float
    isrc: str | None = None


class MatchedBy(StrEnum):
    """What told that the clip is of the track."""

    ISRC = "isrc"
    NAME = "name"  # artist, title and duration


@dataclass(frozen=True, slots=True)
class Match:
    """How a clip was matched.

    Attributes:
        by: what told.
        confidence: how sure that is, in [0, 1].
    """

    by: MatchedBy
    confidence: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that was found. Its audio is only ever held in memory or where the user has it.

    Attributes:
        audio: the encoded file, or the path of the user's own.
        provider: the name of who gave it.
        reference: what to find it by again at the provider, such as an id. Never an
            address that expires.
        match: how it was matched.
    """

    audio: bytes | Path = field(repr=False)
    provider: str
    reference: str
    match: Match


class ClipProvider(Protocol):
    """A source of clips."""

    @property
    def name(self) -> str:
        """As the setting clips.providers spells it."""
        ...

    def find(self, query: ClipQuery) -> Clip:
        """The clip of a track.

        Raises:
            ClipMissing: the source has none.
            ClipMismatch: what it has is of another recording.
            ClipDamaged: what it has cannot be read.
            ClipSourceBusy: the source does not answer now; ask again later.
        """
        ...
