"""The player, and what was played: the types that Spotify, desktop, store and agent share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from companion.affect import Affect
from companion.track import Track


class ItemKind(StrEnum):
    """The sort of thing that plays."""

    TRACK = "track"
    EPISODE = "episode"
    CHAPTER = "chapter"
    """Of an audiobook."""
    AD = "ad"
    LOCAL = "local"
    UNKNOWN = "unknown"


class Repeat(StrEnum):
    """The player's repeat mode."""

    OFF = "off"
    TRACK = "track"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Device:
    """The device that plays.

    Attributes:
        id: "" where Spotify gives none.
        restricted: accepts no commands.
        private_session: the user does not want to be seen listening.
    """

    id: str = ""
    name: str = ""
    active: bool = False
    restricted: bool = False
    private_session: bool = False


@dataclass(frozen=True, slots=True)
class PlayerSnapshot:
    """The player at one moment, as Spotify or the desktop shows it.

    Attributes:
        track: what plays or is paused; None for anything but a track of Spotify's.
        position_ms: in what plays; None where unknown or not to be believed.
        duration_ms: of what plays, a track or not; 0 where unknown.
        exact: False where the position may be wrong: a desktop's is at times.
        context: the URI of the album or playlist that plays; "" where unknown.
        shuffled: whether it plays in random order; None where unknown.
        volume: of the device, in [0, 100]; None where it is not told.
    """

    track: Track | None = None
    is_playing: bool = False
    position_ms: int | None = None
    duration_ms: int = 0
    exact: bool = True
    context: str = ""
    shuffled: bool | None = None
    volume: int | None = None

    @property
    def remaining(self) -> timedelta | None:
        """The rest of what plays; None where that is unknown or nothing plays."""
        if not self.is_playing or not self.duration_ms or self.position_ms is None:
            return None
        return timedelta(milliseconds=max(0, self.duration_ms - self.position_ms))

    @property
    def is_empty(self) -> bool:
        """True where there is neither a track nor anything that plays."""
        return self.track is None and not self.is_playing

    def shows(self, track: Track | None) -> bool:
        """True where this track plays or is paused, under its own or another id."""
        return self.track is not None and track is not None and self.track.is_same(track)

    def continues(self, other: "PlayerSnapshot") -> bool:
        """True where both show the same thing."""
        if self.track is None or other.track is None:
            return self.track is other.track and self.duration_ms == other.duration_ms
        return self.track.is_same(other.track)


@dataclass(frozen=True, slots=True)
class PlayerState(PlayerSnapshot):
    """A snapshot of Spotify's, with what decides whether a track can be queued.

    Attributes:
        kind: the sort of thing that plays.
        disallows: the actions that cannot be done now, in Spotify's words.
    """

    kind: ItemKind = ItemKind.UNKNOWN
    device: Device = Device()
    repeat: Repeat = Repeat.OFF
    disallows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LastSnapshot:
    """The last snapshot that told something new, and what is known since.

    Attributes:
        at: when it was taken.
        played_ms: how long its track has run by our own clock.
        silent_since: since when nothing plays; None while something does.
        next_at: when the next snapshot is due; until then no track can begin and end unseen.
        unbroken_since: since when every snapshot was taken in time for that.
    """

    snapshot: PlayerSnapshot
    at: datetime
    played_ms: float
    silent_since: datetime | None
    next_at: datetime
    unbroken_since: datetime


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue, as far as Spotify shows it: at most 20, whoever put it there."""

    playing: Track | None
    coming: tuple[Track, ...]

    def holds(self, track: Track) -> bool:
        """True where the track plays or comes, under this or another id."""
        here = (self.playing, *self.coming) if self.playing else self.coming
        return any(track.is_same(other) for other in here)


class PlayerSignal(Protocol):
    """The desktop's account of what plays, read every few seconds until it is closed."""

    def snapshot(self) -> PlayerSnapshot | None:
        """Return what plays now; None when no Spotify is there or it cannot be asked."""

    def close(self) -> None:
        """Release what is kept between two snapshots."""


class Initiative(StrEnum):
    """The origin of a play: who or what started it."""

    USER = "user"
    """The user started it: by choosing it, or by choosing the album or playlist it begins."""
    CONTINUED = "continued"
    """The album, playlist or radio that the user started went on with it."""
    COMPANION = "companion"
    """The companion queued it."""


class PlayEnding(StrEnum):
    """The ending of a track that played."""

    FINISHED = "finished"
    SKIPPED_EARLY = "skipped_early"
    """Left within the first half minute or the first fifth."""
    SKIPPED_LATE = "skipped_late"
    PLAYING = "playing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Play:
    """One track that was played.

    Attributes:
        track_id: which one.
        started_at: when it began.
        affect: where its tag lies; None where it has none.
        spread: the standard deviation of the tag along each axis.
        initiative: who started it.
        ending: how it ended, as far as that is known.
        album: the name of its album; "" where unknown.
        context: the URI of the album or playlist it was played from; "" where unknown.
        shuffled: whether that was played in random order; None where unknown.
        volume: of the device, in [0, 100]; None where the player does not tell it.
        again: whether the user had played it within the hour before.
    """

    track_id: str
    started_at: datetime
    affect: Affect | None
    spread: float = 0.35
    initiative: Initiative = Initiative.USER
    ending: PlayEnding = PlayEnding.UNKNOWN
    album: str = ""
    context: str = ""
    shuffled: bool | None = None
    volume: int | None = None
    again: bool = False


SUREST_SPREAD, DOUBT_SPREAD = 0.25, 0.4


def tag_spread(confidence: float) -> float:
    """The standard deviation of a tag along each axis, by its confidence in [0, 1]."""
    return SUREST_SPREAD + DOUBT_SPREAD * (1 - confidence)
