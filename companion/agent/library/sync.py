"""Copies the user's library into the store: the saved tracks, and their playlists if wanted.

A whole read can stop anywhere, by a quota or a crash, and goes on from its stored place.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from companion.errors import SpotifyError
from companion.spotify.library import Page, Playlist
from companion.store.listening.snapshots import save_played
from companion.store.metadata import LIBRARY_SYNCED_AT, save_time
from companion.store.tracks.library import (
    SAVED,
    Source,
    SyncProgress,
    count_source,
    count_tracks,
    drop_progress,
    drop_source,
    drop_unseen,
    known_ids,
    known_sources,
    read_progress,
    read_source,
    save_progress,
    save_source,
    save_tracks,
)
from companion.store.tracks.tags import has_tags

_logger = logging.getLogger(__name__)

WHOLE_PASS_EVERY = timedelta(days=7)
MOST_SHIFTS = 5  # changes of the library in one read that are followed; beyond, it is too restless

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""
Pages = Callable[[int], Iterator[Page]]
"""Reads a source from an offset on."""


class Library(Protocol):
    """The part of Spotify that a sync uses."""

    def saved_tracks(
        self, known: Callable[[str], bool] | None = None, start: int = 0
    ) -> Iterator[Page]: ...

    def own_playlists(self) -> Iterator[Playlist]: ...

    def playlist_tracks(self, playlist: str, start: int = 0) -> Iterator[Page]: ...

    def recently_played(self) -> list[tuple[str, datetime]]: ...


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """The result of a sync.

    Attributes:
        tracks: how many the library has now.
        added, removed: how many came and went.
        skipped: how many items cannot be queued, by reason.
        whole: whether the saved tracks were read whole.
    """

    tracks: int
    added: int
    removed: int
    skipped: dict[str, int]
    whole: bool


def sync_library(
    db: sqlite3.Connection,
    library: Library,
    now: datetime,
    progress: Progress,
    *,
    playlists: bool = False,
) -> SyncSummary:
    """Read what is new; a source whole where its turn has come or the totals disagree.

    Args:
        db: the store.
        library: Spotify.
        now: the present time.
        progress: told how far it is.
        playlists: read the user's own playlists too; without, what came from them goes.

    Raises:
        SpotifyError: the library cannot be read; what was read until then is kept, and the
            next sync goes on from there.
    """
    before = count_tracks(db)
    sync = _Sync(db, library, now, progress)
    sync.saved()
    sync.playlists(list(library.own_playlists()) if playlists else [])
    if not has_tags(db):  # then these are tagged first
        _note_recent_plays(db, library)
    save_time(db, LIBRARY_SYNCED_AT, now)
    tracks = count_tracks(db)
    added = tracks - before + sync.removed
    return SyncSummary(tracks, added, sync.removed, dict(sync.skipped), sync.whole)


def _note_recent_plays(db: sqlite3.Connection, library: Library) -> None:
    """Keep what played lately; where Spotify does not tell it, the sync is done all the same."""
    try:
        plays = library.recently_played()
    except SpotifyError as error:
        _logger.info("the recently played tracks are unknown: %s", error)
        return
    for track_id, at in reversed(plays):
        save_played(db, track_id, at)


class _Sync:
    """One sync: what it works with, and its counts."""

    def __init__(
        self, db: sqlite3.Connection, library: Library, now: datetime, progress: Progress
    ) -> None:
        self._db, self._library, self._now, self._progress = db, library, now, progress
        self.removed = 0
        self.skipped: Counter[str] = Counter()
        self.whole = False

    def saved(self) -> None:
        """Read the saved tracks: what is new, or all of them."""
        course = self._under_way(SAVED, "")
        if course:
            course = self._catch_up(course)
        elif self._read_new():
            return
        self.skipped.clear()  # of the front, which is read again
        pages = partial(self._library.saved_tracks, None)
        self.whole = self._read_whole(SAVED, course or SyncProgress("", self._now), pages)

    def playlists(self, playlists: list[Playlist]) -> None:
        """Read the playlists that have changed, and forget those that are not listed."""
        for gone in known_sources(self._db) - {SAVED, *(one.id for one in playlists)}:
            self.removed += drop_source(self._db, gone)
        for one in playlists:
            kept = read_source(self._db, one.id)
            if kept is None or kept.version != one.version or not one.version:
                course = self._under_way(one.id, one.version) or SyncProgress(
                    one.version, self._now
                )
                self._read_whole(one.id, course, partial(self._library.playlist_tracks, one.id))

    def _under_way(self, name: str, version: str) -> SyncProgress | None:
        """The read that an earlier sync could not end, where it is still of use."""
        course = read_progress(self._db, name)
        if course is None or course.version != version:
            return None
        return course if self._now - course.began < WHOLE_PASS_EVERY else None

    def _read_new(self) -> bool:
        """Read up to known ground; False where all must be read."""
        kept = read_source(self._db, SAVED)
        if kept is None or self._now - kept.read_at >= WHOLE_PASS_EVERY:
            return False
        _, total = self._read_front()
        return total in (None, count_source(self._db) + kept.passed_over)

    def _read_front(self) -> tuple[int, int | None]:
        """Store what was saved since; tells how many tracks that are, and the last total."""
        before, total = count_source(self._db), None
        for page in self._library.saved_tracks(lambda track: bool(known_ids(self._db, [track]))):
            save_tracks(self._db, page.tracks, self._now)
            self.skipped.update({reason.value: n for reason, n in page.skipped.items()})
            total = page.total
            self._progress(page.done, page.total or page.done)
        return count_source(self._db) - before, total

    def _catch_up(self, course: SyncProgress) -> SyncProgress:
        """Move the place to go on from as far as what came and went has shifted it.

        What came stands at the front. Where what went stood is not known; so the place goes
        back by all of it, and some tracks are read twice rather than one missed.
        """
        added, total = self._read_front()
        gone = max(0, course.total + added - total) if course.total and total else 0
        return replace(course, done=max(0, course.done + added - gone), total=total)

    def _read_whole(self, name: str, course: SyncProgress, pages: Pages) -> bool:
        """Read a source to its end; False where something may have been missed."""
        shifts = 0
        course, ended = self._read_on(name, course, pages)
        while not ended:
            shifts += 1
            if name == SAVED and shifts <= MOST_SHIFTS:
                course = self._catch_up(course)
            else:
                course = replace(course, steady=False)
            course, ended = self._read_on(name, course, pages)
        self.skipped.update(course.skipped)
        if course.steady:
            self.removed += drop_unseen(self._db, course.began, name)
            passed_over = sum(course.skipped.values())
            save_source(self._db, name, Source(course.version, self._now, passed_over))
        drop_progress(self._db, name)
        return course.steady

    def _read_on(self, name: str, course: SyncProgress, pages: Pages) -> tuple[SyncProgress, bool]:
        """Read from a place on, to the end or to where the total tells that items have shifted."""
        for page in pages(course.done):
            if course.steady and _has_shifted(course, page):
                return course, False
            save_tracks(self._db, page.tracks, self._now, name)
            course = _after(course, page)
            save_progress(self._db, name, course)
            self._progress(page.done, page.total or page.done)
        return course, True


def _has_shifted(course: SyncProgress, page: Page) -> bool:
    return None not in (course.total, page.total) and course.total != page.total


def _after(course: SyncProgress, page: Page) -> SyncProgress:
    skipped = Counter(course.skipped)
    skipped.update({reason.value: count for reason, count in page.skipped.items()})
    return replace(course, done=page.done, total=page.total, skipped=dict(skipped))
