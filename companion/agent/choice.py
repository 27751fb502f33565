"""From the readings to a track: present mood, target, pick, and what is kept of why."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from companion.affect import FaceMood
from companion.choose.mood import FORGOTTEN_AFTER_HALF_LIVES, PresentMood, present_mood
from companion.choose.pick import Candidate, NothingFits, Pick, pick
from companion.choose.strategy import STRATEGIES, Target
from companion.config import Choose
from companion.store.queue import queued_since
from companion.store.readings import readings_since
from companion.store.tags import tagged_tracks
from companion.track import Track


@dataclass(frozen=True, slots=True)
class Choice:
    """What was made of the mood.

    Attributes:
        mood: the present mood; None where nothing recent says it, and then nothing is chosen.
        picked: the track, or what stood against all of them.
    """

    mood: PresentMood | None
    target: Target | None = None
    picked: Pick | NothingFits | None = None

    def why(self) -> dict[str, Any]:
        """The numbers that decided, to be kept with the queue entry."""
        chosen = self.picked.chosen if isinstance(self.picked, Pick) else None
        return {
            "mood": _place(self.mood),
            "target": _place(self.target),
            "strategy": self.target.strategy if self.target else None,
            "track": chosen and _numbers(chosen),
        }


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
    mood = _present_mood(db, settings, now, reading)
    if mood is None:
        return Choice(None)
    target = STRATEGIES[settings.strategy](mood)
    library = list(tagged_tracks(db))
    since = now - timedelta(hours=settings.no_repeat_hours)
    coming = {track.id for track, _ in library if any(track.is_same(other) for other in ahead)}
    picked = pick(library, target, recent=queued_since(db, since) | coming, rng=rng)
    return Choice(mood, target, picked)


def _present_mood(
    db: sqlite3.Connection, settings: Choose, now: datetime, reading: FaceMood | None
) -> PresentMood | None:
    half_life = timedelta(minutes=settings.half_life_minutes)
    readings = readings_since(db, now - FORGOTTEN_AFTER_HALF_LIVES * half_life)
    if reading:
        readings.append((now, reading))
    return present_mood(readings, now, half_life)


def _numbers(candidate: Candidate) -> dict[str, float]:
    return {
        "valence": candidate.mood.affect.valence,
        "arousal": candidate.mood.affect.arousal,
        "confidence": candidate.mood.confidence,
        "closeness": candidate.closeness,
        "score": candidate.score,
    }


def _place(what: PresentMood | Target | None) -> dict[str, float] | None:
    if what is None:
        return None
    return {"valence": what.affect.valence, "arousal": what.affect.arousal}
