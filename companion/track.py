"""The track, shared by library, store and choice."""

from dataclasses import dataclass
from datetime import datetime

from companion.affect import Affect
from companion.names import Names, is_same_name

SAME_DURATION_MS = 2000  # releases of one recording differ by the silence at their ends


@dataclass(frozen=True, slots=True)
class Track:
    """A track of the user's library, as Spotify describes it.

    Attributes:
        uri: Spotify's, by which it is queued.
        artists: their names, the main artist first; empty where Spotify names none.
        duration_ms: in milliseconds; 0 where unknown.
        isrc: the recording's own code, upper case; "" where unknown.
        added_at: when the user saved it; None where unknown.
        is_playable: False where Spotify says that it does not play it to this user.
    """

    id: str
    uri: str
    title: str
    artists: tuple[str, ...] = ()
    album: str = ""
    duration_ms: int = 0
    isrc: str = ""
    explicit: bool = False
    added_at: datetime | None = None
    is_playable: bool = True

    @property
    def artist(self) -> str:
        """The main artist's name; "" where Spotify names none."""
        return self.artists[0] if self.artists else ""

    @property
    def byline(self) -> str:
        """Artists and title, as a person reads them."""
        return f"{', '.join(self.artists)} - {self.title}" if self.artists else self.title

    def is_same(self, other: "Track") -> bool:
        """Return True for the same recording, which Spotify may play under another id.

        The id decides; else the ISRC where both have one; else title, an artist in common,
        and durations within two seconds.
        """
        if self.id and self.id == other.id:
            return True
        if self.isrc and other.isrc:
            return self.isrc == other.isrc
        return (  # the cheap question first: a choice asks it thousands of times
            abs(self.duration_ms - other.duration_ms) <= SAME_DURATION_MS
            and min(self.duration_ms, other.duration_ms) > 0
            and is_same_name(self.title, other.title)
            and not Names(self.artists).isdisjoint(other.artists)
        )


@dataclass(frozen=True, slots=True)
class TaggedTrack:
    """A track with its tag's place and confidence.

    Attributes:
        confidence: the probability that the tag's quadrant is right, in [0, 1].
        spread: the standard deviations of the true valence and arousal about those of the place;
            0 where they are not known, or the user has put it there.
    """

    track: Track
    affect: Affect
    confidence: float
    spread: tuple[float, float] = (0.0, 0.0)
