"""A strategy turns the present mood and the recent picks into what the next track should be like.

`lift` and `calm` follow the iso principle: music first meets the mood and then leads it,
step by step, to where it should go (I. M. Altshuler, "A psychiatrist's experience with
music as a therapeutic agent", in Schullian and Schoen (eds.), Music and Medicine, 1948;
A. Heiderscheit and A. Madson, "Use of the iso principle as a central method in mood
management", Music Therapy Perspectives 33(1), 2015). The pace is the user's: only a track
that was heard to its end leads on, one that was skipped leads a step back to the mood, and
the music is never more than `LEAD` ahead of the mood.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from companion.affect import QUADRANT_AFFECT, Affect, Quadrant
from companion.choose.mood import PresentMood

WIDE, NARROW = 0.9, 0.45
"""Tolerances: about the side of a quadrant, and half of it."""
STEP = 0.25
LEAD = 0.6
INTENSITY = 0.3
"""A mood nearer to the origin has no quadrant of its own."""
STILL = 0.15
"""Most faces at rest are read nearer to the origin (shares by corpora left out: the card of
models/face_mood): such a mood is rest."""
PLEASANT = 0.3
"""From this valence on, the way leads up or down."""
REST = Affect(0.35, -0.35)
STEADY = Affect(0.4, 0.0)
JUMP = 0.2


@dataclass(frozen=True, slots=True)
class Target:
    """The place where the next track should lie, and how far, at most, a track may be from it.

    Attributes:
        unsung: whether tracks in which nobody sings are preferred.
    """

    affect: Affect
    tolerance: float
    strategy: str
    unsung: bool = False


@dataclass(frozen=True, slots=True)
class RecentPick:
    """A track that was queued a short while ago, for a target of a strategy.

    `finished` is True where it was heard to its end; None where that is not known.
    """

    target: Affect
    strategy: str
    finished: bool | None = None


Strategy = Callable[[PresentMood, Sequence[RecentPick]], Target]
"""The picks of the present session, oldest first."""


def match(mood: PresentMood, recent: Sequence[RecentPick]) -> Target:
    """Music like the mood.

    A mood near the origin, such as a neutral face shows, has no direction. Felt affect at
    rest is not at zero but mildly pleasant (the positivity offset: T. A. Ito and J. T.
    Cacioppo, "Variations on a human universal: individual differences in positivity offset
    and negativity bias", Cognition and Emotion 19(1), 2005), and quiet: so such a mood is
    drawn to `REST`, the more the weaker it is, and wholly where it is `STILL`.
    """
    from_origin = mood.affect.distance(Affect(0, 0))
    weak = min(1.0, max(0.0, (INTENSITY - from_origin) / (INTENSITY - STILL)))
    place = Affect.clipped(
        mood.affect.valence + weak * REST.valence, mood.affect.arousal + weak * REST.arousal
    )
    return Target(place, WIDE, "match")


def lift(mood: PresentMood, recent: Sequence[RecentPick]) -> Target:
    """From where the mood is, in steps, to happy and excited."""
    return Target(_lead(mood.affect, Quadrant.Q1, recent, "lift"), WIDE, "lift")


def calm(mood: PresentMood, recent: Sequence[RecentPick]) -> Target:
    """From where the mood is, in steps, to calm and content."""
    return Target(_lead(mood.affect, Quadrant.Q4, recent, "calm"), WIDE, "calm")


def energise(mood: PresentMood, recent: Sequence[RecentPick]) -> Target:
    """Wide awake at once, and not unpleasant, whatever the mood."""
    return Target(Affect(max(mood.affect.valence, 0.3), 0.7), WIDE, "energise")


def focus(mood: PresentMood, recent: Sequence[RecentPick]) -> Target:
    """Steady, of medium arousal, each track near the one before, and rather no voices.

    Irrelevant speech, sung or spoken, disturbs who reads or remembers; music without it does so
    less (P. Salame and A. Baddeley, "Effects of background music on phonological short-term
    memory", Quarterly Journal of Experimental Psychology 41A(1), 1989).
    """
    before = next((one.target for one in reversed(recent) if one.strategy == "focus"), None)
    place = towards(STEADY, mood.affect, JUMP)  # a hint of the mood, no more
    return Target(towards(before, place, JUMP) if before else place, NARROW, "focus", unsung=True)


STRATEGIES: Mapping[str, Strategy] = {
    "match": match,
    "lift": lift,
    "calm": calm,
    "energise": energise,
    "focus": focus,
}


def _lead(mood: Affect, goal: Quadrant, recent: Sequence[RecentPick], strategy: str) -> Affect:
    """The iso principle's next place on the way from the mood to the goal.

    The way goes to the pleasant side first and then up or down, so that it never leads
    through another unpleasant quadrant: nobody sad is made tense to become happy.
    """
    led = [one for one in recent if one.strategy == strategy]
    if not led:
        return mood
    last = led[-1]
    place = last.target
    if last.finished is False:
        place = towards(place, mood, STEP)
    elif last.finished:
        end = QUADRANT_AFFECT[goal]
        if place.valence < PLEASANT:
            end = Affect(end.valence, place.arousal)
        place = towards(place, end, STEP)
    return towards(mood, place, LEAD)


def towards(start: Affect, end: Affect, most: float) -> Affect:
    """The end, or the place on the way to it that lies `most` from the start."""
    distance = start.distance(end)
    return end if distance <= most else between(start, end, most / distance)


def between(start: Affect, end: Affect, share: float) -> Affect:
    """The place at a share, in [0, 1], of the way."""
    return Affect.clipped(
        start.valence + share * (end.valence - start.valence),
        start.arousal + share * (end.arousal - start.arousal),
    )
