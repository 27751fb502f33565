"""The program's choice from face and listening, parts of it, and simple rivals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from companion.affect import Affect, FaceMood
from companion.choose.fusion.estimate import MOST_SPREAD, Estimate, Source, face_estimate, fuse
from companion.choose.fusion.habits import Habit, habit_at
from companion.choose.fusion.listening import listening_mood
from companion.choose.mood import PresentMood, present_mood, weigh_readings
from companion.choose.pick import BEST_FEW
from companion.choose.score import DECAY, SURENESS
from companion.choose.session import apply_session_rules, in_order, longest_step
from companion.choose.strategy import WIDE, match
from companion.config.schema import Choose
from companion.playback import Initiative, Play
from evaluation.context.listeners import Floats, Listener

SETTINGS = Choose()
FACE_HALF_LIFE = timedelta(minutes=SETTINGS.half_life_minutes)
NO_REPEAT = timedelta(hours=SETTINGS.no_repeat_hours)
ORIGIN = Affect(0, 0)
LEAVE_ALONE = -1
"""The answer of a chooser that queues nothing."""


@dataclass(slots=True)
class Memory:
    """The program's knowledge of a listener at one moment.

    Attributes:
        now: the present time.
        plays: what was played, oldest first; the last one plays.
        readings: of the face, oldest first.
        trust: in the sources of the mood.
        queued: when each track was queued last.
        estimates: what the sources said at the last choice.
        own: the plays that the listener started, oldest first.
    """

    now: datetime
    plays: list[Play] = field(default_factory=list)
    readings: list[tuple[datetime, FaceMood]] = field(default_factory=list)
    trust: Mapping[Source, float] = field(default_factory=dict)
    queued: dict[int, datetime] = field(default_factory=dict)
    estimates: Mapping[Source, Estimate] = field(default_factory=dict)
    own: list[Play] = field(default_factory=list)
    _habit: tuple[int, Habit] | None = None
    _step: tuple[int, float | None] | None = None

    def add(self, play: Play) -> None:
        """Remember a play."""
        self.plays.append(play)
        if play.initiative is Initiative.USER:
            self.own.append(play)

    def habit(self) -> Habit:
        """The habit of the present quarter of an hour."""
        quarter = int(self.now.timestamp() // 900)
        if self._habit is None or self._habit[0] != quarter:
            self._habit = quarter, habit_at(self.own, self.now)
        return self._habit[1]

    def longest_step(self) -> float | None:
        """The listener's longest usual step, found anew each day."""
        day = int(self.now.timestamp() // 86_400)
        if self._step is None or self._step[0] != day:
            self._step = day, longest_step(self.own)
        return self._step[1]


Chooser = Callable[[Listener, Memory, np.random.Generator], int]


def random_track(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """Any track of the library that was not queued recently."""
    return int(rng.choice(np.flatnonzero(_allowed(listener, memory))))


def last_own(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """A track like the one that the listener started last."""
    target = memory.own[-1].affect if memory.own else ORIGIN
    return draw(listener, memory, target or ORIGIN, rng)


def present_program(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """The choice by recent readings of the face; nothing where there are none."""
    mood = present_mood(memory.readings, memory.now, FACE_HALF_LIFE)
    if mood is None:
        return LEAVE_ALONE
    return draw(listener, memory, match(mood, ()).affect, rng)


def face_alone(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """The same, but for a mood of nothing where there are no readings."""
    mood = present_mood(memory.readings, memory.now, FACE_HALF_LIFE)
    place = mood.affect if mood else ORIGIN
    return draw(listener, memory, match(PresentMood(place, 0, memory.now), ()).affect, rng)


def context_alone(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """The choice by listening alone."""
    return _choose(listener, memory, rng, sources=(Source.LISTENING,))


def both(listener: Listener, memory: Memory, rng: np.random.Generator) -> int:
    """The choice by face and listening, fused."""
    return _choose(listener, memory, rng, sources=(Source.FACE, Source.LISTENING))


CHOOSERS: Mapping[str, Chooser] = {
    "random": random_track,
    "last own track": last_own,
    "present program": present_program,
    "face alone": face_alone,
    "listening alone": context_alone,
    "both": both,
}


def _choose(
    listener: Listener, memory: Memory, rng: np.random.Generator, sources: Sequence[Source]
) -> int:
    if in_order(memory.plays):
        return LEAVE_ALONE
    listening = listening_mood(memory.plays[-60:], memory.habit(), memory.now)
    estimates: dict[Source, Estimate] = {}
    if Source.FACE in sources and (face := _face(memory)):
        estimates[Source.FACE] = face
    if listening.is_known:
        estimates[Source.LISTENING] = listening.estimate
    memory.estimates = estimates
    mood = fuse(estimates, memory.trust)
    seen = Source.FACE in sources and memory.readings and memory.readings[-1][0] == memory.now
    if mood is None or not (seen or mood.spread <= MOST_SPREAD):
        return LEAVE_ALONE
    target = match(PresentMood(mood.affect, 0, memory.now), ()).affect
    fallback = listening.habit.estimate.affect
    moved = apply_session_rules(target, memory.plays, fallback, memory.longest_step())
    return draw(listener, memory, moved.target, rng)


def _face(memory: Memory) -> Estimate | None:
    mood = present_mood(memory.readings, memory.now, FACE_HALF_LIFE)
    if mood is None:
        return None
    return face_estimate(mood.affect, weigh_readings(memory.readings, memory.now, FACE_HALF_LIFE))


def draw(listener: Listener, memory: Memory, target: Affect, rng: np.random.Generator) -> int:
    """One of the best few tracks by `choose.score`, of which taste is left out."""
    place = np.array([target.valence, target.arousal])
    distance = np.hypot(*(listener.tags - place).T)
    scores: Floats = np.exp(-DECAY * distance / WIDE) * listener.confidence**SURENESS
    scores = np.where(_allowed(listener, memory), scores, 0.0)
    best = np.argpartition(scores, -BEST_FEW)[-BEST_FEW:]
    weights = (scores[best] / scores[best].max()) ** (1 / SETTINGS.temperature)
    return int(rng.choice(best, p=weights / weights.sum()))


def _allowed(listener: Listener, memory: Memory) -> np.ndarray:
    allowed = np.ones(len(listener.places), bool)
    recent = [track for track, at in memory.queued.items() if memory.now - at < NO_REPEAT]
    allowed[recent] = False
    return allowed
