"""The question that every clip provider is asked, and its answer."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

LONGEST_TRACK_SECONDS = 7 * 24 * 3600.0


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
    """The evidence that the clip is of the track."""

    ISRC = "isrc"
    NAME = "name"  # artist, title and duration


@dataclass(frozen=True, slots=True)
class Match:
    """The evidence that a clip is of the track, and how sure it is, in [0, 1]."""

    by: MatchedBy
    confidence: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that was found. Its audio is only ever held in memory or where the user has it.

    Attributes:
        audio: the encoded file, or the path of the user's own.
        reference: names it at the provider, such as an id. Never an address that expires.
    """

    audio: bytes | Path = field(repr=False)
    provider: str
    reference: str
    match: Match


class ClipProvider(Protocol):
    """A source of clips.

    Its errors are of two kinds. `ClipMissing`, `ClipMismatch`, `ClipDamaged` and
    `ClipAnswerInvalid` are of the one track that was asked for. `ClipSourceBusy` and
    `ClipSourceBroken` are of the provider, and would be met for every other track too: the
    first passes by itself, the second when the user does what its remedy says.
    """

    @property
    def name(self) -> str:
        """As the setting clips.providers spells it."""
        ...

    def find(self, query: ClipQuery) -> Clip:
        """The clip of a track.

        Raises:
            ClipMissing: the provider has none.
            ClipMismatch: the clip that it has is of another recording.
            ClipDamaged: the clip that it has cannot be read.
            ClipAnswerInvalid: its answer about this track makes no sense.
            ClipSourceBusy: it does not answer now; ask again later.
            ClipSourceBroken: it cannot be asked until the user mends something.
        """
        ...


def plausible_seconds(duration: object) -> float:
    """A duration in seconds as a provider or a file gives it; 0 where it makes no sense."""
    if isinstance(duration, bool) or not isinstance(duration, int | float):
        return 0.0
    return float(duration) if 0 < duration <= LONGEST_TRACK_SECONDS else 0.0
