"""The context of a choice, from the store: candidates, the session, facts for limits, the past."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from companion.affect import Affect
from companion.choose.limits import Situation
from companion.choose.mood import PresentMood
from companion.choose.pick import SHORTLIST, Past, Shortlist
from companion.choose.score import Candidate, voice_worth, weigh
from companion.choose.search import by_fit
from companion.choose.strategy import RecentPick, Target
from companion.choose.taste import LIKE, Counts, Evidence, gather
from companion.config.schema import Choose
from companion.store.history.feedback import BlockKind, blocks
from companion.store.history.queue import (
    EntryState,
    QueueEntry,
    count_endings,
    last_queued,
    newest_entries,
    queued_since,
    refused_since,
)
from companion.store.listening.snapshots import played_since
from companion.store.tracks.library import tracks_by_id
from companion.store.tracks.tags import cells, read_cell, read_words
from companion.track import TaggedTrack, Track

SESSION = timedelta(hours=1)
"""Picks that lie further apart lead nowhere together."""
BATCH = SHORTLIST + 20  # a few are refused
LOOK_BACK = 50  # picks: the most that artist_spacing may be
JUST_PLAYED = timedelta(hours=1)
REFUSED_FOR = timedelta(days=7)
"""A track that Spotify refused is left out for this time: it may be licensed again."""
NO_COUNTS = Counts()
# What plays when the next is chosen has nearly been heard to its end.
HEARD = {EntryState.FINISHED: True, EntryState.PLAYING: True, EntryState.SKIPPED: False}


def candidates(db: sqlite3.Connection, target: Target) -> Iterator[Candidate]:
    """The tagged tracks near the target, best fit first; read a batch at a time."""
    tags = by_fit(cells(db), lambda cell: read_cell(db, cell), target)
    while batch := list(islice(tags, BATCH)):
        tracks = tracks_by_id(db, [id_ for id_, *_ in batch])
        for id_, valence, arousal, beside, above, confidence in batch:
            if track := tracks.get(id_):  # else a sync has just dropped it
                place = Affect(valence, arousal)
                yield weigh(TaggedTrack(track, place, confidence, (beside, above)), target)


def read_session(db: sqlite3.Connection, now: datetime) -> list[QueueEntry]:
    """The picks of the present session, oldest first: none lies long before the next."""
    session: list[QueueEntry] = []
    later = now
    for entry in newest_entries(db, LOOK_BACK):
        if later - entry.planned_at > SESSION:
            break
        later = entry.planned_at
        session.insert(0, entry)
    return session


def recent_picks(session: Sequence[QueueEntry]) -> list[RecentPick]:
    """The session as a strategy sees it; of an entry whose reading was forgotten, nothing."""
    return [
        RecentPick(Affect(**entry.why["target"]), entry.why["strategy"], HEARD.get(entry.state))
        for entry in session
        if "target" in entry.why
    ]


def read_situation(
    db: sqlite3.Connection,
    settings: Choose,
    session: Sequence[QueueEntry],
    now: datetime,
    ahead: Sequence[Track],
) -> Situation:
    """The facts that the limits go by."""
    artists = set()
    if settings.artist_spacing:
        artists = {entry.track.artist for entry in session[-settings.artist_spacing :]}
        artists |= {track.artist for track in ahead[:1]}  # what plays
    blocked = blocks(db)
    names = {kind: {one.name for one in blocked if one.kind is kind} for kind in BlockKind}
    return Situation(
        now=now,
        ahead=ahead,
        just_played=played_since(db, now - JUST_PLAYED),
        queued=queued_since(db, now - timedelta(hours=settings.no_repeat_hours)),
        artists=artists,
        blocked=names[BlockKind.TRACK],
        refused=refused_since(db, now - REFUSED_FOR),
        blocked_artists=names[BlockKind.ARTIST],
    )


def read_past(db: sqlite3.Connection, short: Shortlist, mood: PresentMood, now: datetime) -> Past:
    """The past of the shortlisted tracks in the present mood region."""
    tracks = [candidate.tagged.track for candidate in short.fitting]
    queued = last_queued(db, [track.id for track in tracks])
    return Past(now, queued, _evidence(db, tracks, mood.affect.quadrant.value))


def read_voices(db: sqlite3.Connection, short: Shortlist) -> dict[str, float]:
    """The worth of the shortlisted tracks for who wants no voices, by track id."""
    words = read_words(db, [candidate.tagged.track.id for candidate in short.fitting])
    return {track_id: voice_worth(heard) for track_id, heard in words.items()}


def _evidence(db: sqlite3.Connection, tracks: Sequence[Track], region: str) -> dict[str, Evidence]:
    """The evidence by track id; tracks of which there is none are left out."""
    of_track: dict[str, Counts] = {}
    of_artist: dict[str, Counts] = {}
    for ends in count_endings(db, tracks, region):
        counts = Counts(ends.finished + LIKE * ends.liked, ends.skipped)
        if ends.track_id:
            of_track[ends.track_id] = counts
        if ends.artist:
            of_artist[ends.artist] = of_artist.get(ends.artist, NO_COUNTS) + counts
    found = {}
    for track in tracks:
        own = of_track.get(track.id, NO_COUNTS)
        evidence = gather(own, of_artist.get(track.artist, own))
        if evidence != Evidence():
            found[track.id] = evidence
    return found
