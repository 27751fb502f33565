"""The order in which tracks are tagged, so that a few tags already make good picks possible.

First comes what the user plays and likes. The rest is spread over the library: as long as there
are artists of whom no track has come yet, none has a second one; likewise an artist's albums; and
among all of these the time of saving is spread evenly. The order depends on nothing but the
library, so every process follows the same one.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest

from companion.names import name_key
from companion.store.history.feedback import liked_ids
from companion.store.listening.snapshots import played_since
from companion.store.tracks.tags import find_due
from companion.track import Track

EVER = datetime.fromtimestamp(0, UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def due_tracks(db: sqlite3.Connection, model: str, at: datetime, *, again: bool) -> list[Track]:
    """The tracks to tag now, in this order; the tags to renew come last, the oldest first.

    Args:
        db: the store.
        model: the label of the present weights.
        at: the present time.
        again: True for every track, tagged or not.
    """
    due = find_due(db, model, at, again=again)
    return [*order(due.untagged, played_since(db, EVER), liked_ids(db)), *due.renewed]


def order(tracks: Sequence[Track], played: set[str], liked: set[str]) -> list[Track]:
    """Put first what was played or liked; both parts are spread over the library.

    Args:
        tracks: in any order.
        played: the ids of tracks that have played lately.
        liked: the ids of tracks that the user said to like.
    """
    wanted = played | liked
    return [
        *spread(track for track in tracks if track.id in wanted),
        *spread(track for track in tracks if track.id not in wanted),
    ]


def spread(tracks: Iterable[Track]) -> list[Track]:
    """Alternate artists and each artist's albums; every round lies evenly over the years."""
    by_id = sorted(tracks, key=lambda track: track.id)
    newest_first = sorted(by_id, key=lambda track: track.added_at or LONG_AGO, reverse=True)
    by_artist = [
        _alternate(_grouped(own, lambda track: name_key(track.album)))
        for own in _grouped(newest_first, lambda track: name_key(track.artist) or track.id)
    ]
    return _alternate(by_artist)


def _grouped(tracks: Sequence[Track], key: Callable[[Track], str]) -> list[list[Track]]:
    """Put tracks with the same key together, in the order of each key's first."""
    groups: dict[str, list[Track]] = {}
    for track in tracks:
        groups.setdefault(key(track), []).append(track)
    return list(groups.values())


def _alternate(groups: Sequence[Sequence[Track]]) -> list[Track]:
    """Take one track of each group in turn; each round is spread evenly by age."""
    rounds = zip_longest(*groups)
    return [
        track for one in rounds for track in _halving([track for track in one if track is not None])
    ]


def _halving(tracks: Sequence[Track]) -> list[Track]:
    """Reorder so that any first few lie evenly over the whole (van der Corput's sequence)."""
    if not tracks:
        return []
    bits = max(1, (len(tracks) - 1).bit_length())
    places = (int(f"{number:0{bits}b}"[::-1], 2) for number in range(1 << bits))
    return [tracks[place] for place in places if place < len(tracks)]
