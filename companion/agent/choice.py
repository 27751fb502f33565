"""From the present mood to a track: target, limits, shortlist, taste, and one that is drawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from companion.affect import Affect, FaceMood
from companion.agent.mood import adjustment, current_mood
from companion.choose.limits import Situation, make_limits
from companion.choose.mood import PresentMood
from companion.choose.pick import (
    SHORTLIST,
    NothingFits,
    Past,
    Pick,
    Shortlist,
    emptied_by,
    pick,
    rank,
    shortlist,
)
from companion.choose.rules import find_rule
from companion.choose.score import Candidate, weigh
from companion.choose.search import by_fit
from companion.choose.strategy import STRATEGIES, RecentPick, Target
from companion.choose.taste import LIKE, Counts, Evidence, gather
from companion.config import Choose, Rule
from companion.store.cells import cells, read_cell, read_tracks
from companion.store.ends import ends_of
from companion.store.feedback import BlockKind, blocks
from companion.store.heard import heard_since
from companion.store.picks import last_queued, newest_entries
from companion.store.queue import EntryState, QueueEntry, queued_since
from companion.track import TaggedTrack, Track

SESSION = timedelta(hours=1)
"""Picks that lie further apart lead nowhere together."""
BATCH = SHORTLIST + 20  # a few are refused
LOOK_BACK = 50  # picks: the most that artist_spacing may be
JUST_PLAYED = timedelta(hours=1)
NONE = Shortlist(())
NO_COUNTS = Counts()
# What plays when the next is chosen has nearly been heard to its end.
_HEARD = {EntryState.FINISHED: True, EntryState.PLAYING: True, EntryState.SKIPPED: False}


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the mood led to, up to the draw.

    Attributes:
        mood: the present mood; None where nothing recent says it, and then all else is empty.
        rule: the rule that named the strategy; None for the usual one.
        short: the tracks that fit and pass the limits.
        past: what is known of them.
        obstacle: why there are none; "" where there are some.
    """

    mood: PresentMood | None
    target: Target | None = None
    rule: Rule | None = None
    short: Shortlist = NONE
    past: Past | None = None
    obstacle: str = ""

    def ranked(self) -> list[Candidate]:
        """The tracks by what they score now, the best first."""
        return rank(self.short, self.past) if self.past else []


@dataclass(frozen=True, slots=True)
class Choice:
    """A prospect and what was drawn of it.

    Attributes:
        picked: None where the mood is unknown.
        reading: what the camera said just now, if it was asked.
        adjusted: how the user's corrections changed the reading, in words.
    """

    prospect: Prospect
    picked: Pick | NothingFits | None = None
    reading: FaceMood | None = None
    adjusted: str = ""

    @property
    def mood(self) -> PresentMood | None:
        return self.prospect.mood

    @property
    def target(self) -> Target | None:
        return self.prospect.target


def choose_track(
    db: sqlite3.Connection,
    settings: Choose,
    rng: Random,
    now: datetime,
    *,
    reading: FaceMood | None = None,
    ahead: tuple[Track, ...] = (),
) -> Choice:
    """Choose by the present mood; nothing is stored.

    Args:
        db: the store.
        settings: how to choose.
        rng: where the draw among the best comes from.
        now: the present time.
        reading: what the camera said just now, where it is not in the store yet.
        ahead: what plays and comes in Spotify anyway.
    """
    prospect = consider(db, settings, now, reading=reading, ahead=ahead)
    adjusted = adjustment(db, reading) if reading else ""
    picked: Pick | NothingFits | None = None
    if prospect.obstacle:
        picked = NothingFits(prospect.obstacle)
    elif prospect.past:
        picked = pick(prospect.short, prospect.past, settings.temperature, rng)
    return Choice(prospect, picked, reading, adjusted)


def consider(
    db: sqlite3.Connection,
    settings: Choose,
    now: datetime,
    *,
    reading: FaceMood | None = None,
    ahead: tuple[Track, ...] = (),
) -> Prospect:
    """All of a choice but the draw."""
    mood = current_mood(db, settings, now, reading)
    if mood is None:
        return Prospect(None)
    rule = find_rule(settings.rules, mood, now.astimezone().time())
    strategy = STRATEGIES[rule.strategy if rule else settings.strategy]
    session = session_entries(db, now)
    # of an entry whose reading was forgotten, only the track is left
    target = strategy(mood, [_recent(entry) for entry in session if "target" in entry.why])
    limits = make_limits(settings, _situation(db, settings, session, now, ahead))
    short = shortlist(_candidates(db, target), limits)
    if not short.fitting:
        return Prospect(mood, target, rule, short, obstacle=emptied_by(short, limits))
    return Prospect(mood, target, rule, short, _past(db, short, mood, now))


def _candidates(db: sqlite3.Connection, target: Target) -> Iterator[Candidate]:
    """The tagged tracks near the target, best fit first; read a batch at a time."""
    tags = by_fit(cells(db), lambda cell: read_cell(db, cell), target)
    while batch := list(islice(tags, BATCH)):
        tracks = read_tracks(db, [id_ for id_, *_ in batch])
        for id_, valence, arousal, confidence in batch:
            tagged = TaggedTrack(tracks[id_], Affect(valence, arousal), confidence)
            yield weigh(tagged, target)


def session_entries(db: sqlite3.Connection, now: datetime) -> list[QueueEntry]:
    """The picks of the present session, oldest first: none lies long before the next."""
    session: list[QueueEntry] = []
    later = now
    for entry in newest_entries(db, LOOK_BACK):
        if later - entry.planned_at > SESSION:
            break
        later = entry.planned_at
        session.insert(0, entry)
    return session


def _recent(entry: QueueEntry) -> RecentPick:
    place = Affect(**entry.why["target"])
    return RecentPick(place, entry.why["strategy"], _HEARD.get(entry.state))


def _situation(
    db: sqlite3.Connection,
    settings: Choose,
    session: Sequence[QueueEntry],
    now: datetime,
    ahead: Sequence[Track],
) -> Situation:
    spaced = session[-settings.artist_spacing :] if settings.artist_spacing else ()
    blocked = blocks(db)
    names = {kind: {one.name for one in blocked if one.kind is kind} for kind in BlockKind}
    return Situation(
        now=now,
        ahead=ahead,
        heard=heard_since(db, now - JUST_PLAYED),
        queued=queued_since(db, now - timedelta(hours=settings.no_repeat_hours)),
        artists={entry.track.artist for entry in spaced},
        blocked=names[BlockKind.TRACK],
        blocked_artists=names[BlockKind.ARTIST],
    )


def _past(db: sqlite3.Connection, short: Shortlist, mood: PresentMood, now: datetime) -> Past:
    tracks = [candidate.tagged.track for candidate in short.fitting]
    queued = last_queued(db, [track.id for track in tracks])
    return Past(now, queued, _evidence(db, tracks, mood.affect.quadrant.value))


def _evidence(db: sqlite3.Connection, tracks: Sequence[Track], region: str) -> dict[str, Evidence]:
    """What is known of the tracks in a mood region; tracks of which nothing is are left out."""
    of_track: dict[str, Counts] = {}
    of_artist: dict[str, Counts] = {}
    for ends in ends_of(db, tracks, region):
        counts = Counts(ends.finished + LIKE * ends.liked, ends.skipped)
        if ends.track_id:
            of_track[ends.track_id] = counts
        of_artist[ends.artist] = of_artist.get(ends.artist, NO_COUNTS) + counts
    return {
        track.id: gather(of_track.get(track.id, NO_COUNTS), of_artist[track.artist])
        for track in tracks
        if track.artist in of_artist
    }
