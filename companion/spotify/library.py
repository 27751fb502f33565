"""The user's saved tracks, newest first, and their own playlists, page by page."""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from companion.spotify.json_fields import (
    Json,
    count,
    is_local,
    moment,
    obj,
    parse_track,
    rows,
    text,
)
from companion.track import Track

PAGE_SIZE = 50  # the most that Spotify gives at once


class Skipped(StrEnum):
    """The reason why an item of the library is skipped."""

    LOCAL = "local file"
    EPISODE = "podcast"
    EMPTY = "empty entry"
    REPEATED = "seen before"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the library.

    Attributes:
        tracks: what can be queued, newest first.
        skipped: the number of skipped items, by reason.
        done: the number of items read so far, this page included; the offset to resume at.
        total: the number of all items, as Spotify says; None where it does not.
        next_url: the address of the next page; "" on the last one.
    """

    tracks: tuple[Track, ...]
    skipped: Mapping[Skipped, int]
    done: int
    total: int | None
    next_url: str


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist of the user's own.

    Attributes:
        version: changes with its contents; "" where Spotify names none.
    """

    id: str
    version: str


def read_tracks(
    fetch: Callable[[str, int], Json], known: Callable[[str], bool] | None = None, start: int = 0
) -> Iterator[Page]:
    """Read the saved tracks or a playlist, page by page.

    A track added meanwhile shifts the offsets, so that the next page repeats some; each id is
    yielded once.

    Args:
        fetch: fetches the page at an address, or where that is "" at an offset.
        known: tells if a track id is known already; the first page whose tracks are all
            known is then the last one.
        start: the `done` of an earlier page, to resume after it.

    Raises:
        SpotifyError: from `fetch`.
    """
    seen: set[str] = set()
    url, done = "", start
    while True:
        page = parse_page(fetch(url, done), done, seen)
        # Asked before the page goes out, for whoever gets it may store it at once.
        ids = [track.id for track in page.tracks]
        last = not page.next_url or (known is not None and ids and all(map(known, ids)))
        yield page
        if last:
            return
        seen.update(ids)
        url, done = page.next_url, page.done


def parse_page(body: Json, start: int, seen: set[str]) -> Page:
    """Read a page that begins at an offset; ids in `seen` are skipped."""
    tracks: dict[str, Track] = {}
    skipped: dict[Skipped, int] = {}
    items = rows(body, "items")
    for item in items:
        found = _read_item(item or {})
        if isinstance(found, Track) and (found.id in seen or found.id in tracks):
            found = Skipped.REPEATED
        if isinstance(found, Track):
            tracks[found.id] = found
        else:
            skipped[found] = skipped.get(found, 0) + 1
    done = start + len(items)
    next_url = text(body, "next") if items else ""
    return Page(tuple(tracks.values()), skipped, done, count(body, "total"), next_url)


def _read_item(item: Json) -> Track | Skipped:
    inner = obj(item, "item") or obj(item, "track")  # a playlist's and a saved track's name
    if is_local(inner):
        return Skipped.LOCAL
    if text(inner, "type") == "episode" or text(inner, "uri").startswith("spotify:episode:"):
        return Skipped.EPISODE
    track = parse_track(inner, moment(item, "added_at"))
    return track if track and track.id else Skipped.EMPTY


def read_playlists(fetch: Callable[[str, int], Json], owners: Container[str]) -> Iterator[Playlist]:
    """Yield the playlists of these owners among those that the user follows; see `read_tracks`.

    Raises:
        SpotifyError: from `fetch`.
    """
    url, done = "", 0
    while True:
        body = fetch(url, done)
        items = rows(body, "items")
        for item in filter(None, items):
            owner = text(obj(item, "owner"), "id")
            if text(item, "id") and owner and owner in owners:
                yield Playlist(text(item, "id"), text(item, "snapshot_id"))
        url, done = text(body, "next"), done + len(items)
        if not (url and items):
            return
