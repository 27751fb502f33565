"""The track: what the library, the store and the choice all speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SAME_DURATION_MS = 2000


@dataclass(frozen=True, slots=True)
class Track:
    """A track of the user's library, as Spotify describes it.

    Attributes:
        id: Spotify's id.
        uri: what is queued.
        artists: their names, the main artist first; empty where Spotify names none.
        duration_ms: in milliseconds; 0 where unknown.
        isrc: the recording's own code, upper case; "" where unknown.
        added_at: when the user saved it; None where unknown.
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

    @property
    def byline(self) -> str:
        """Artists and title, as a person reads them."""
        return f"{', '.join(self.artists)} - {self.title}" if self.artists else self.title

    def is_same(self, other: Track) -> bool:
        """Whether both are one recording.

        Spotify may play a track under another id: so the id decides, then the ISRC, then
        title, first artist and a duration within 2 s.
        """
        if self.id and self.id == other.id:
            return True
        if self.isrc and other.isrc:
            return self.isrc == other.isrc
        return (
            self.title.casefold() == other.title.casefold()
            and [name.casefold() for name in self.artists[:1]]
            == [name.casefold() for name in other.artists[:1]]
            and abs(self.duration_ms - other.duration_ms) <= SAME_DURATION_MS
        )
