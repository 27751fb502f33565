"""Days of a simulated listener with one chooser, and the figures they are judged by."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from companion.affect import Affect
from companion.choose.fusion.trust import learn_trust
from companion.playback import Initiative, Play, PlayEnding, tag_spread
from evaluation.context.choosers import LEAVE_ALONE, Chooser, Memory
from evaluation.context.face import FaceModel, read_face, show_face
from evaluation.context.listeners import SLOT_MINUTES, Floats, Kind, Listener

DAYS, FIRST_MEASURED = 21, 7
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
VISIT_EVERY = timedelta(minutes=10)
SITTINGS = ((8.0, 12.0), (14.0, 22.0))
"""Two sittings a day begin within these hours."""
SITTING_HOURS = (1.0, 3.0)
SKIP_MINUTES = 0.4
SOFTNESS = 0.1
"""Of the distance at which tracks are left."""
ALIKE = 30
"""The player goes on with one of so many tracks that are most like the one that was started."""
SPOILT_ALBUM = 0.5
"""Chance that a track which is not of the album that is heard is left early for that."""
RIGHT = 0.5
"""The distance from the mood within which a pick is right."""
SIGN = 0.15
"""A mood nearer to an axis has no sign on it."""


@dataclass(slots=True)
class Figures:
    """The counts of a listener's measured days.

    Attributes:
        days: how many were measured.
        picks, skipped_picks: tracks that the chooser queued and that played; left early.
        others, skipped_others: the same of tracks that the player went on with.
        wrong_valence, wrong_arousal: picks on the other side of the mood, of those with a side.
        sides_valence, sides_arousal: picks in moods that have a side.
        until_right: minutes from each jump of the mood to the first right pick.
    """

    days: int = 0
    picks: int = 0
    skipped_picks: int = 0
    others: int = 0
    skipped_others: int = 0
    wrong_valence: int = 0
    wrong_arousal: int = 0
    sides_valence: int = 0
    sides_arousal: int = 0
    until_right: list[float] = field(default_factory=list)

    @property
    def skips_a_day(self) -> float:
        """Early skips of tracks that the listener did not start, a day."""
        return (self.skipped_picks + self.skipped_others) / self.days

    @property
    def skip_share(self) -> float:
        """The share of the picks that were left early."""
        return self.skipped_picks / max(self.picks, 1)

    @property
    def wrong_side(self) -> float:
        """The share of picks with the wrong sign, over both axes."""
        sides = self.sides_valence + self.sides_arousal
        return (self.wrong_valence + self.wrong_arousal) / max(sides, 1)


class Simulation:
    """One listener's days with one chooser.

    The same listener has the same moods, sittings and faces with every chooser: they are drawn
    from streams of their own.
    """

    def __init__(self, listener: Listener, chooser: Chooser, face: FaceModel, seed: int) -> None:
        self.listener, self.chooser, self.face = listener, chooser, face
        self.memory = Memory(BEGIN)
        self.figures = Figures()
        streams = np.random.SeedSequence([seed, list(Kind).index(listener.kind)]).spawn(4)
        self._moods, self._acts, self._looks, self._draws = map(np.random.default_rng, streams)
        self._own = self._moods.uniform(-0.8, 0.8, 2)
        self._jumped_at: datetime | None = None
        self._last_visit = BEGIN - VISIT_EVERY
        self._waiting: int | None = None
        self._started = 0
        self._album: list[int] = []
        self._in_album = False

    def run(self, days: int = DAYS, first_measured: int = FIRST_MEASURED) -> Figures:
        """Simulate the days; the figures are of those from `first_measured` on."""
        for day in range(days):
            if day == first_measured:
                self.figures = Figures()
            self.figures.days += 1
            for earliest, latest in SITTINGS:
                begin = BEGIN + timedelta(
                    days=day, hours=float(self._moods.uniform(earliest, latest - 3))
                )
                self._sit(
                    begin,
                    begin + timedelta(hours=float(self._moods.uniform(*SITTING_HOURS))),
                    day,
                    days,
                )
        return self.figures

    def mood(self, at: datetime, day: int, days: int) -> Floats:
        """The listener's true mood: (2,)."""
        turned = int(self.listener.ranges.turns and day >= days // 2)
        curve = self.listener.habits[turned]
        hour = at.hour + at.minute / 60
        low = int(hour) % 24
        part = hour - int(hour)
        habit = (1 - part) * curve[low] + part * curve[(low + 1) % 24]
        share = self.listener.numbers["habit_share"]
        mood: Floats = np.clip(share * habit + (1 - share) * self._own, -0.95, 0.95)
        return mood

    def _sit(self, begin: datetime, end: datetime, day: int, days: int) -> None:
        now, self._waiting, self._album = begin, None, []
        self._jump(now)
        self._begin(self.mood(now, day, days))
        chance = self.listener.numbers["jumps_a_day"] / 4 * SLOT_MINUTES / 60
        while now < end:
            if self._moods.uniform() < chance:
                self._jump(now)
            mood = self.mood(now, day, days)
            now += self._play(now, mood)
            self._visit(now, mood)

    def _jump(self, now: datetime) -> None:
        self._own = self._moods.uniform(-0.8, 0.8, 2)
        self._jumped_at = now

    def _begin(self, mood: Floats) -> None:
        """The listener chooses a track, or an album to hear in order."""
        numbers, places = self.listener.numbers, self.listener.places
        wanted = mood + self._acts.normal(0, numbers["choice_scatter"], 2)
        near = np.argsort(((places - wanted) ** 2).sum(axis=1))[:5]
        self._started = int(self._acts.choice(near))
        self._album = []
        if self._acts.uniform() < numbers["album"]:
            album = self.listener.albums[self._started]
            self._album = np.flatnonzero(self.listener.albums == album).tolist()
            self._started = self._album[0]

    def _play(self, now: datetime, mood: Floats) -> timedelta:
        track, initiative, context = self._next(mood)
        early = self._leaves(track, initiative, mood)
        tag = self.listener.tags[track]
        ending = PlayEnding.SKIPPED_EARLY if early else PlayEnding.FINISHED
        self.memory.add(
            Play(
                str(track),
                now,
                Affect(float(tag[0]), float(tag[1])),
                spread=tag_spread(float(self.listener.confidence[track])),
                initiative=initiative,
                ending=ending,
                context=context,
                shuffled=False if context.startswith("spotify:album") else None,
            )
        )
        self._count(track, initiative, mood, now, early=early)
        return timedelta(minutes=SKIP_MINUTES if early else SLOT_MINUTES)

    def _next(self, mood: Floats) -> tuple[int, Initiative, str]:
        if self._waiting is not None:
            track, self._waiting = self._waiting, None
            return track, Initiative.COMPANION, ""
        self._in_album = bool(self._album)
        if self._album:
            track = self._album.pop(0)
            first = track == self._started
            context = f"spotify:album:{self.listener.albums[track]}"
            return track, Initiative.USER if first else Initiative.CONTINUED, context
        if self._acts.uniform() < self.listener.numbers["starts"]:
            self._begin(mood)
            if not self._album:
                return self._started, Initiative.USER, ""
            return self._next(mood)
        places = self.listener.places
        alike = np.argsort(((places - places[self._started]) ** 2).sum(axis=1))[1 : ALIKE + 1]
        return int(self._acts.choice(alike)), Initiative.CONTINUED, ""

    def _leaves(self, track: int, initiative: Initiative, mood: Floats) -> bool:
        numbers = self.listener.numbers
        distance = float(np.hypot(*(self.listener.places[track] - mood)))
        odds = (distance - numbers["patience"]) / SOFTNESS
        chance = 1 / (1 + math.exp(-max(min(odds, 50), -50)))
        chance = numbers["restless"] + (1 - numbers["restless"]) * chance
        if initiative is Initiative.COMPANION and self._album:
            chance = max(chance, SPOILT_ALBUM)
        return bool(self._acts.uniform() < chance)

    def _count(
        self, track: int, initiative: Initiative, mood: Floats, now: datetime, *, early: bool
    ) -> None:
        figures = self.figures
        if initiative is Initiative.CONTINUED and not self._in_album:
            figures.others += 1
            figures.skipped_others += early
        if initiative is not Initiative.COMPANION:
            return
        figures.picks += 1
        figures.skipped_picks += early
        place = self.listener.places[track]
        wrong = (np.sign(place) != np.sign(mood)) & (np.abs(mood) > SIGN)
        figures.wrong_valence += int(wrong[0])
        figures.wrong_arousal += int(wrong[1])
        figures.sides_valence += int(abs(mood[0]) > SIGN)
        figures.sides_arousal += int(abs(mood[1]) > SIGN)
        if self._jumped_at and float(np.hypot(*(place - mood))) < RIGHT:
            figures.until_right.append((now - self._jumped_at).total_seconds() / 60)
            self._jumped_at = None
        lesson = "skipped" if early else "finished"
        self.memory.trust = learn_trust(
            self.memory.trust,
            self.memory.estimates,
            lesson,
            Affect(float(self.listener.tags[track][0]), float(self.listener.tags[track][1])),
        )

    def _visit(self, now: datetime, mood: Floats) -> None:
        if self._waiting is not None or now - self._last_visit < VISIT_EVERY:
            return
        self._last_visit = now
        memory = self.memory
        memory.now = now
        if self.listener.ranges.camera:
            seen = mood
            if self._looks.uniform() < self.listener.numbers["others"]:
                seen = self._looks.uniform(-0.8, 0.8, 2)
            shown = show_face(seen, self.listener.numbers["expressive"], self._looks)
            if reading := read_face(shown, self.face, self._looks):
                memory.readings.append((now, reading))
        track = self.chooser(self.listener, memory, self._draws)
        if track != LEAVE_ALONE:
            memory.queued[track] = now
            self._waiting = track
