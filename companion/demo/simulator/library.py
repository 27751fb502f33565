"""The catalogue and the library: tracks of any number, and items that are no tracks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from companion.demo.simulator.clock import DAY, START
from companion.demo.simulator.names import names

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ALBUM_SIZE = 7  # tracks
MAX_TRACKS = 20_000


@dataclass(frozen=True, slots=True)
class Artist:
    """An artist; invented for the catalogue."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Album:
    """The album on which a track was published."""

    id: str
    name: str
    artists: tuple[Artist, ...]
    release_date: str
    total_tracks: int


@dataclass(frozen=True, slots=True)
class Track:
    """A track of the catalogue.

    Attributes:
        isrc: the recording's code, "" where it has none.
        piece: the number of the composition that its clip plays; None without a clip.
    """

    id: str
    name: str
    artists: tuple[Artist, ...]
    album: Album
    duration_ms: int
    isrc: str
    track_number: int = 1
    piece: int | None = None

    @property
    def uri(self) -> str:
        return f"spotify:track:{self.id}"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the user's own that Spotify plays: it has no id and cannot be queued."""

    name: str
    artist: str
    album: str
    duration_ms: int

    @property
    def uri(self) -> str:
        words = (self.artist, self.album, self.name)
        parts = ":".join(word.replace(" ", "+") for word in words)
        return f"spotify:local:{parts}:{self.duration_ms // 1000}"


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of a podcast."""

    id: str
    name: str
    show: str
    duration_ms: int

    @property
    def uri(self) -> str:
        return f"spotify:episode:{self.id}"


@dataclass(frozen=True, slots=True)
class Advert:
    """An advert between tracks, without Premium; the Web API shows no item for it."""

    duration_ms: int = 30_000

    @property
    def uri(self) -> str:
        return "spotify:ad:000000"


Item = Track | LocalFile | Episode | Advert


@dataclass(frozen=True, slots=True)
class Saved:
    """A track (or a local file) in the user's library and when it came there."""

    track: Track | LocalFile
    added_at: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist of the user or of somebody else."""

    id: str
    name: str
    tracks: tuple[Track | LocalFile, ...]
    owner: str


@dataclass(slots=True)
class Library:
    """The user's saved tracks, newest first, and playlists; and all that can be queued."""

    saved: list[Saved]
    playlists: list[Playlist] = field(default_factory=list)
    catalogue: dict[str, Track] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for track in (
            *(entry.track for entry in self.saved),
            *(track for playlist in self.playlists for track in playlist.tracks),
        ):
            self._know(track)

    @property
    def tracks(self) -> list[Track]:
        """The saved tracks, newest first, without local files."""
        return [entry.track for entry in self.saved if isinstance(entry.track, Track)]

    def save(self, track: Track | LocalFile, added_at: float) -> None:
        """Save a track; it becomes the newest."""
        self.saved.insert(0, Saved(track, added_at))
        self._know(track)

    def remove(self, uri: str) -> None:
        """Take a track out of the saved ones. It can still be queued."""
        self.saved[:] = [entry for entry in self.saved if entry.track.uri != uri]

    def _know(self, track: Track | LocalFile) -> None:
        if isinstance(track, Track):
            self.catalogue[track.uri] = track


def spotify_id(*words: object) -> str:
    """An id of 22 letters and digits, the same for the same words."""
    number = int.from_bytes(hashlib.sha256(repr(words).encode()).digest())
    letters = []
    for _ in range(22):
        number, rest = divmod(number, 62)
        letters.append(BASE62[rest])
    return "".join(letters)


def make_track(number: int, title: str, artist: str, duration_ms: int) -> Track:
    """The track of that number in the simulator's catalogue."""
    who = (Artist(spotify_id("artist", artist), artist),)
    volume, place = divmod(number, ALBUM_SIZE)
    album = Album(
        spotify_id("album", artist, volume),
        f"Songs of {artist}",
        who,
        f"{1990 + number % 36}-0{1 + number % 9}-1{number % 10}",
        ALBUM_SIZE,
    )
    # ZZ is no country's code, so no ISRC here is anybody's.
    isrc = f"ZZCMP26{number:05}"
    return Track(
        spotify_id("track", number), title, who, album, duration_ms, isrc, place + 1, number
    )


def make_tracks(size: int) -> list[Track]:
    """The first tracks of the simulator's catalogue.

    Raises:
        ValueError: size is not in [0, 20,000].
    """
    if not 0 <= size <= MAX_TRACKS:
        raise ValueError(f"a library holds 0 to {MAX_TRACKS} tracks, not {size}")
    return [
        make_track(number, title, artist, 150_000 + number * 7_919 % 120_000)
        for number, (title, artist) in zip(range(size), names(), strict=False)
    ]


def library(size: int) -> Library:
    """A library of that many saved tracks, one saved each day, track 0 the newest."""
    return saved_library(make_tracks(size))


def saved_library(tracks: Sequence[Track], playlists: Iterable[Playlist] = ()) -> Library:
    """A library of these tracks, the first the newest."""
    days = zip(tracks, count(1), strict=False)
    return Library([Saved(track, START - day * DAY) for track, day in days], list(playlists))
