"""Bringing the user's library into the store."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.spotify.library import Page
from companion.store.facts import (
    LIBRARY_PASSED_OVER,
    LIBRARY_READ_WHOLE_AT,
    LIBRARY_SYNCED_AT,
    read_number,
    read_time,
    save_number,
    save_time,
)
from companion.store.tracks import count_tracks, drop_unseen, known_ids, save_tracks

WHOLE_PASS_EVERY = timedelta(days=7)

Pages = Callable[[Callable[[str], bool] | None], Iterator[Page]]
"""Reads the library from its newest track on, up to known ground where that is given."""
Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """What a sync did.

    Attributes:
        tracks: how many the library has now.
        added, removed: how many came and went.
        skipped: how many items cannot be queued, by reason.
        whole: whether the whole library was read, unchanged meanwhile.
    """

    tracks: int
    added: int
    removed: int
    skipped: dict[str, int]
    whole: bool


def sync_library(
    db: sqlite3.Connection, pages: Pages, now: datetime, progress: Progress
) -> SyncSummary:
    """Read what is new; the whole library where a week has passed or the totals disagree.

    Where the library changes while it is read whole, nothing is forgotten; the next sync
    looks again.

    Raises:
        SpotifyError: the library cannot be read; what was read until then is kept.
    """
    before = count_tracks(db)
    read_whole = read_time(db, LIBRARY_READ_WHOLE_AT)
    skipped: dict[str, int] | None = None
    removed = 0
    if read_whole and now - read_whole < WHOLE_PASS_EVERY:
        skipped = _read_new(db, pages, now, progress)
    whole = False
    if skipped is None:
        skipped, totals = _read(db, pages(None), now, progress)
        whole = len(set(totals)) == 1  # else the pages shifted, and a track may have been missed
    if whole:
        removed = drop_unseen(db, now)
        save_number(db, LIBRARY_PASSED_OVER, sum(skipped.values()))
        save_time(db, LIBRARY_READ_WHOLE_AT, now)
    save_time(db, LIBRARY_SYNCED_AT, now)
    tracks = count_tracks(db)
    return SyncSummary(tracks, tracks - before + removed, removed, skipped, whole)


def _read_new(
    db: sqlite3.Connection, pages: Pages, now: datetime, progress: Progress
) -> dict[str, int] | None:
    """Read up to known ground; None where the totals say that more has changed."""
    skipped, totals = _read(db, pages(lambda track: bool(known_ids(db, [track]))), now, progress)
    expected = count_tracks(db) + read_number(db, LIBRARY_PASSED_OVER)
    return skipped if totals[-1] == expected else None


def _read(
    db: sqlite3.Connection, pages: Iterator[Page], now: datetime, progress: Progress
) -> tuple[dict[str, int], list[int]]:
    """Store the pages; returns what was skipped, and the total that each page told."""
    skipped: Counter[str] = Counter()
    totals = []
    for page in pages:
        save_tracks(db, page.tracks, now)
        skipped.update({reason.value: count for reason, count in page.skipped.items()})
        totals.append(page.total)
        progress(page.done, page.total)
    return dict(skipped), totals
