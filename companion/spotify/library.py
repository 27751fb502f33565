"""The user's saved tracks, page by page, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from companion.spotify.shapes import Json, count, is_local, moment, obj, parse_track, rows, text
from companion.track import Track

PAGE_SIZE = 50  # the most that Spotify gives at once


class Skipped(StrEnum):
    """Why an item of the library is passed over."""

    LOCAL = "local file"
    EPISODE = "podcast"
    EMPTY = "empty entry"
    REPEATED = "seen before"


@dataclass(frozen=True, slots=True)
class Page:
    """What one request gives of the library.

    Attributes:
        tracks: what can be queued, newest first.
        skipped: how many items were passed over, by reason.
        done: how many items are behind us, this page included; where to start again.
        total: how many items the library holds, as Spotify said with this page.
        next_url: where the next page is; "" on the last one.
    """

    tracks: tuple[Track, ...]
    skipped: Mapping[Skipped, int]
    done: int
    total: int
    next_url: str


def saved_tracks(
    fetch: Callable[[str, int], Json],
    known: Callable[[str], bool] | None = None,
    start: int = 0,
) -> Iterator[Page]:
    """Go through the library.

    A track saved meanwhile shifts the offsets, so that the next page repeats some; each
    id is given once. Besides the ids of what was given, nothing is kept.

    Args:
        fetch: answers an address, or where it is "" the page from an offset on.
        known: whether a track id is known already. With it, the first page that has
            tracks, all of them known, is the last one.
        start: the `done` of an earlier page, to go on after it.

    Raises:
        SpotifyError: and its kinds, from `fetch`.
    """
    seen: set[str] = set()
    url, done = "", start
    while True:
        page = parse_page(fetch(url, done), done, seen)
        # Asked before the page goes out, for whoever gets it may store it at once.
        last = not page.next_url or (known is not None and _all_known(page, known))
        yield page
        if last:
            return
        seen.update(track.id for track in page.tracks)
        url, done = page.next_url, page.done


def _all_known(page: Page, known: Callable[[str], bool]) -> bool:
    return bool(page.tracks) and all(known(track.id) for track in page.tracks)


def parse_page(body: Json, start: int, seen: set[str]) -> Page:
    """Read a page that begins at an offset; ids in `seen` are passed over."""
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
    total = count(body, "total")
    next_url = text(body, "next") if items else ""
    return Page(tuple(tracks.values()), skipped, done, done if total is None else total, next_url)


def _read_item(item: Json) -> Track | Skipped:
    inner = obj(item, "track")
    if is_local(inner):
        return Skipped.LOCAL
    if text(inner, "type") == "episode" or text(inner, "uri").startswith("spotify:episode:"):
        return Skipped.EPISODE
    track = parse_track(inner, moment(item, "added_at"))
    return track if track and track.id else Skipped.EMPTY
