"""The mood that listening tells, from the store, and in words."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from companion.affect import Affect
from companion.choose.fusion.habits import WEEKEND, Habit, habit_at
from companion.choose.fusion.listening import ListeningMood, UsualVolume, listening_mood
from companion.choose.session import longest_step
from companion.playback import Initiative, Play, PlayEnding
from companion.store.listening.plays import plays_since

HABITS_FROM = timedelta(weeks=8)
SITTING = timedelta(minutes=30)
"""Plays that lie further apart are of two sittings."""
ALIKE = 0.5
"""So far from the habit on the affect plane, what was played is still like it."""
PARTS_OF_DAY = ((5, "night"), (12, "morning"), (18, "afternoon"), (24, "evening"))
"""Each with the hour before which it ends."""


@dataclass(frozen=True, slots=True)
class Listening:
    """The plays of late, and what they say.

    Attributes:
        plays: of some weeks, oldest first; the last one plays.
        mood: what they say of the mood.
        longest_step: see `choose.session.longest_step`.
    """

    plays: Sequence[Play]
    mood: ListeningMood
    longest_step: float | None


def read_listening(db: sqlite3.Connection, now: datetime) -> Listening:
    """Read what was played in the last weeks, and estimate the mood from it."""
    plays = plays_since(db, now - HABITS_FROM)
    return estimate_listening(plays, now)


def estimate_listening(plays: Sequence[Play], now: datetime) -> Listening:
    """Estimate the mood from plays, oldest first."""
    habit = habit_at(plays, now.astimezone())
    told = listening_mood(plays, habit, now, _usual_volume(plays))
    return Listening(plays, told, longest_step(plays))


def _usual_volume(plays: Sequence[Play]) -> UsualVolume | None:
    volumes = [play.volume for play in plays if play.volume is not None]
    if not volumes:
        return None
    return UsualVolume(statistics.fmean(volumes), statistics.pstdev(volumes), len(volumes))


def describe_listening(mood: ListeningMood, now: datetime) -> str:
    """Say what listening tells, such as "you have been playing calm, content music since 21:04"."""
    own = [play for play in mood.plays if play.initiative is not Initiative.COMPANION]
    heard = [play for play in own if play.ending is not PlayEnding.SKIPPED_EARLY]
    skips = f"; {_count(mood.skips)} skipped early" if mood.skips else ""
    when = _usual_time(now.astimezone())
    if not heard:
        if not mood.habit.is_known:
            return f"little is known{skips}"
        return f"{when} you play {_music(mood.habit.estimate.affect)}{skips}"
    place = _middle(heard)
    since = _sitting_began(heard).astimezone()
    usual = _compare(place, mood.habit, when)
    return f"you have been playing {_music(place)} since {since:%H:%M}{usual}{skips}"


def _compare(place: Affect, habit: Habit, when: str) -> str:
    if not habit.is_known:
        return ""
    usual = habit.estimate.affect
    if place.quadrant is usual.quadrant or place.distance(usual) <= ALIKE:
        return f", as {when}"
    return f", while {when} it is {_music(usual)}"


def _music(place: Affect) -> str:
    return f"{place.quadrant.words} music"


def _count(skips: int) -> str:
    return "one track was" if skips == 1 else f"{skips} tracks were"


def _middle(plays: Sequence[Play]) -> Affect:
    places = [play.affect for play in plays if play.affect]
    valence = statistics.fmean(place.valence for place in places)
    return Affect(valence, statistics.fmean(place.arousal for place in places))


def _sitting_began(plays: Sequence[Play]) -> datetime:
    begin = plays[-1].started_at
    for play in reversed(plays):
        if begin - play.started_at > SITTING:
            break
        begin = play.started_at
    return begin


def _usual_time(local: datetime) -> str:
    part = next(name for end, name in PARTS_OF_DAY if local.hour < end)
    day = "weekend " if local.weekday() >= WEEKEND else ""
    return f"on most {day}{part}s"
