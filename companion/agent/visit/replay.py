"""The choice over past listening: how near it would have come to what the user chose next.

At each track that the user started, every chooser says by what was known before where the next
track should lie. Nothing is queued and nothing is stored. What was learned since is left out: each
source has the trust of a beginner, and no reading is corrected.
"""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from companion.affect import Affect, FaceMood
from companion.agent.visit.listening import HABITS_FROM, Listening, estimate_listening
from companion.choose.fusion.estimate import Estimate, Source, face_estimate, fuse
from companion.choose.mood import PresentMood, present_mood, weigh_readings
from companion.choose.session import apply_session_rules
from companion.choose.strategy import match
from companion.config.schema import Choose
from companion.playback import Initiative, Play
from companion.store.face.readings import readings_since
from companion.store.listening.plays import plays_since
from companion.store.tracks.tags import tag_places

COMPANION, LISTENING, FACE = "companion", "listening alone", "face alone"
LAST_OWN, HABIT, RANDOM = "last own track again", "habit alone", "random track"
CHOOSERS = (COMPANION, LISTENING, FACE, LAST_OWN, HABIT, RANDOM)
NEAR = 0.5
"""So far from what was chosen, on the affect plane, a target is near it."""
RECENT_PLAYS = 60

Readings = Sequence[tuple[datetime, FaceMood]]


@dataclass(frozen=True, slots=True)
class Moment:
    """A track that the user started, and how far from it each chooser would have aimed.

    Attributes:
        at: when it began.
        chosen: where its tag lies.
        distances: on the affect plane, by chooser; one that knew nothing is absent.
    """

    at: datetime
    chosen: Affect
    distances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Score:
    """A chooser over all moments at which it knew anything.

    Attributes:
        moments: how many.
        mean: distance from what was chosen; the same of the companion at the same moments.
        near: the share of moments with a target within `NEAR`, in [0, 1].
    """

    chooser: str
    moments: int
    mean: float
    companion_there: float
    near: float


def replay(db: sqlite3.Connection, settings: Choose, now: datetime, days: int) -> list[Moment]:
    """Run every chooser at each tagged track that the user started in the last days."""
    begin = now - timedelta(days=days)
    plays = plays_since(db, begin - HABITS_FROM)
    readings = readings_since(db, begin - timedelta(days=1))
    half_life = timedelta(minutes=settings.half_life_minutes)
    known = _Known(readings, half_life, tag_places(db))
    return [
        Moment(play.started_at, place, distances)
        for index, play in enumerate(plays)
        if play.started_at >= begin and play.initiative is Initiative.USER
        if (place := play.affect)
        if (distances := _distances(place, play, plays[:index], known))
    ]


def score(moments: Sequence[Moment]) -> list[Score]:
    """The choosers over all moments, in the order of `CHOOSERS`; one that never knew is absent."""
    scores = []
    for name in CHOOSERS:
        there = [one.distances for one in moments if name in one.distances]
        ours = [one[COMPANION] for one in there if COMPANION in one]
        if there and ours:
            found = [one[name] for one in there]
            near = sum(distance <= NEAR for distance in found) / len(found)
            scores.append(
                Score(name, len(found), statistics.fmean(found), statistics.fmean(ours), near)
            )
    return scores


@dataclass(frozen=True, slots=True)
class _Known:
    """The readings of the face, and where the library's tags lie."""

    readings: Readings
    half_life: timedelta
    library: Sequence[Affect]


def _distances(
    chosen: Affect, play: Play, before: Sequence[Play], known: _Known
) -> dict[str, float]:
    now = play.started_at
    window = [one for one in before if now - one.started_at <= HABITS_FROM]
    listening = estimate_listening(window, now)
    targets = dict(_targets(window, listening, _face(known, now), now))
    found = {name: target.distance(chosen) for name, target in targets.items()}
    if found and known.library:
        rng = Random(int(now.timestamp()))  # noqa: S311 - the same at each replay
        found[RANDOM] = rng.choice(known.library).distance(chosen)
    return found


def _targets(
    plays: Sequence[Play], listening: Listening, face: Estimate | None, now: datetime
) -> Iterator[tuple[str, Affect]]:
    sources = {Source.FACE: face} if face else {}
    heard = {Source.LISTENING: listening.mood.estimate} if listening.mood.is_known else {}
    for name, estimates in ((COMPANION, {**sources, **heard}), (LISTENING, heard), (FACE, sources)):
        if fused := fuse(estimates, {}):
            target = match(PresentMood(fused.affect, 0, now), ()).affect
            yield name, target if name == FACE else _moved_target(target, plays, listening)
    own = [play.affect for play in plays if play.initiative is Initiative.USER and play.affect]
    if own:
        yield LAST_OWN, own[-1]
    if listening.mood.habit.is_known:
        yield HABIT, listening.mood.habit.estimate.affect


def _moved_target(target: Affect, plays: Sequence[Play], listening: Listening) -> Affect:
    fallback = listening.mood.habit.estimate.affect
    return apply_session_rules(
        target, plays[-RECENT_PLAYS:], fallback, listening.longest_step
    ).target


def _face(known: _Known, now: datetime) -> Estimate | None:
    before = [pair for pair in known.readings if pair[0] <= now]
    mood = present_mood(before, now, known.half_life)
    if mood is None:
        return None
    return face_estimate(mood.affect, weigh_readings(before, now, known.half_life))
