"""The present mood: what readings of the face and listening tell, or what the user set by hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean

from companion.affect import Affect, Emotion, FaceMood
from companion.choose.fusion.estimate import Source

FORGOTTEN_AFTER_HALF_LIVES = 6
"""A reading of that age weighs 1/64, and is no longer gone by."""
OUTLIER_SCALE = 0.5
"""A reading so far from the median of all counts half."""


@dataclass(frozen=True, slots=True)
class PresentMood:
    """The mood that a track is chosen for.

    Attributes:
        affect: the place on the affect plane.
        readings: the number of readings in it; 0 where there are none, or the user set it.
        at: when the newest of them was taken, when the last track began that tells it, or when the
            user set it.
        emotion: the most probable emotion; None without readings, or where the user set something
            else.
        name: the user's word for it; "" where the user did not set it.
        spread: how far from the place the truth may lie, along an axis; 0 where the user set it.
        shares: of each source in the place; empty where the user set it.
    """

    affect: Affect
    readings: int
    at: datetime
    emotion: Emotion | None = None
    name: str = ""
    spread: float = 0.0
    shares: Mapping[Source, float] = field(default_factory=dict)

    @property
    def by_hand(self) -> bool:
        """True where the user set it."""
        return bool(self.name)


Readings = Iterable[tuple[datetime, FaceMood]]


def weigh_readings(
    readings: Readings, now: datetime, half_life: timedelta
) -> list[tuple[float, FaceMood]]:
    """The readings that still count, each with its confidence * 2 ** -(age / half_life)."""
    oldest = now - FORGOTTEN_AFTER_HALF_LIVES * half_life
    return [
        (mood.confidence * 0.5 ** ((now - at) / half_life), mood)
        for at, mood in readings
        if oldest <= at <= now and mood.confidence > 0
    ]


def present_mood(readings: Readings, now: datetime, half_life: timedelta) -> PresentMood | None:
    """The mean of the readings' affects; None when there is nothing recent to go by.

    A reading weighs confidence * 2 ** -(age / half_life). One that lies apart from the
    weighted median counts less: its weight is divided by 1 + (distance / OUTLIER_SCALE)
    ** 2, the Cauchy weight of robust regression (P. W. Holland and R. E. Welsch, "Robust
    regression using iteratively reweighted least-squares", Communications in Statistics
    6(9), 1977). So one odd look does not turn the mood, and a second one like it does.
    """
    oldest = now - FORGOTTEN_AFTER_HALF_LIVES * half_life
    recent = [(at, mood) for at, mood in readings if oldest <= at <= now and mood.confidence > 0]
    if not recent:
        return None
    moods = [mood for _, mood in recent]
    weights = [mood.confidence * 0.5 ** ((now - at) / half_life) for at, mood in recent]
    weights = _damp_outliers(moods, weights)
    return PresentMood(
        affect=Affect.clipped(
            fmean([mood.affect.valence for mood in moods], weights),
            fmean([mood.affect.arousal for mood in moods], weights),
        ),
        readings=len(moods),
        at=max(at for at, _ in recent),
        emotion=_likeliest([mood.probabilities for mood in moods], weights),
    )


def _damp_outliers(moods: Sequence[FaceMood], weights: Sequence[float]) -> list[float]:
    middle = Affect(
        _median([mood.affect.valence for mood in moods], weights),
        _median([mood.affect.arousal for mood in moods], weights),
    )
    apart = [mood.affect.distance(middle) / OUTLIER_SCALE for mood in moods]
    return [weight / (1 + far**2) for weight, far in zip(weights, apart, strict=True)]


def _median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value at which half of the weight is reached, from below."""
    rest = sum(weights) / 2
    pairs = sorted(zip(values, weights, strict=True))
    for value, weight in pairs:
        rest -= weight
        if rest <= 0:
            return value
    return pairs[-1][0]  # what rounding left over


def _likeliest(shares: Sequence[Mapping[Emotion, float]], weights: Sequence[float]) -> Emotion:
    return max(Emotion, key=lambda emotion: fmean([one[emotion] for one in shares], weights))
