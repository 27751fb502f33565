"""Measures of readings: the emotion, its place on the affect plane, and which are kept.

A reading is kept by its emotion where the confidence reaches a lower bound, and named without doubt
where it reaches the threshold. It is kept by its place alone where only the spread is small enough;
see `companion.face.read`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.affect import EMOTION_AFFECT, NEAR, Emotion
from training.face.data import EMOTIONS
from training.metrics import Floats, Integers, summarise

PLACES = np.array([(EMOTION_AFFECT[one].valence, EMOTION_AFFECT[one].arousal) for one in EMOTIONS])
NEGATIVE = PLACES[:, 0] < 0
POSITIVE = PLACES[:, 0] > 0
NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)
SADNESS = EMOTIONS.index(Emotion.SADNESS)

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits within which a reading is kept.

    Attributes:
        threshold: the least confidence of one whose emotion is named without doubt.
        spread: the largest spread of one that is kept by its place.
        least: the least confidence of one that is kept by its emotion, named with doubt.
    """

    threshold: float
    spread: float
    least: float


@dataclass(frozen=True)
class Readings:
    """Readings of faces of known emotion: probabilities (n, 8) and labels (n,)."""

    shares: Floats
    labels: Integers

    @property
    def places(self) -> Floats:
        """The expected places, (n, 2)."""
        places: Floats = self.shares @ PLACES
        return places

    @property
    def spreads(self) -> Floats:
        """`FaceMood.spread` of each, (n,)."""
        squares = (self.shares * (PLACES**2).sum(1)).sum(1) - (self.places**2).sum(1)
        spreads: Floats = np.sqrt(np.maximum(squares, 0))
        return spreads

    @property
    def right(self) -> Chosen:
        """True where the most probable emotion is the label, (n,)."""
        right: Chosen = self.shares.argmax(axis=1) == self.labels
        return right

    def by_emotion(self, threshold: float) -> Chosen:
        """True where the confidence reaches a threshold, (n,)."""
        sure: Chosen = self.shares.max(axis=1) >= threshold
        return sure

    def kept(self, limits: Limits) -> Chosen:
        """True where a reading is kept at all, (n,)."""
        return self.by_emotion(limits.least) | (self.spreads <= limits.spread)

    @property
    def wrong_sign(self) -> Chosen:
        """True where valence is expected on the other side than it is, (n,)."""
        valence = self.places[:, 0]
        sad, glad = NEGATIVE[self.labels], POSITIVE[self.labels]
        wrong: Chosen = (sad & (valence >= 0)) | (glad & (valence < 0))
        return wrong

    def alarms(self, limits: Limits) -> Chosen:
        """True where a reading is kept as negative, by its emotion or by its place, (n,)."""
        sure = self.by_emotion(limits.least)
        named = NEGATIVE[self.shares.argmax(axis=1)]
        placed = self.places[:, 0] <= -NEAR
        return self.kept(limits) & np.where(sure, named, placed)

    def calm(self, limits: Limits) -> Chosen:
        """True where a reading is kept as not negative at all, (n,)."""
        return self.kept(limits) & (self.places[:, 0] > -NEAR)


def describe(readings: Readings, limits: Limits) -> dict[str, Any]:
    """All figures of the readings of one set, ready for JSON.

    Those of a kind of face that the set does not have are None.
    """
    labels, kept = readings.labels, readings.kept(limits)
    sure = readings.by_emotion(limits.threshold)
    errors = np.hypot(*(readings.places - PLACES[labels]).T)
    signed = labels != NEUTRAL
    return summarise(readings.shares, labels, EMOTIONS) | {
        "confidence": _mean(readings.shares.max(axis=1)),
        "coverage": _mean(kept),
        "coverage_by_emotion": _mean(sure),
        "kept_accuracy": _mean(readings.right[sure]),
        "affect_error": _mean(errors),
        "affect_error_kept": _mean(errors[kept]),
        "wrong_sign": _mean(readings.wrong_sign[signed]),
        "wrong_sign_kept": _mean(readings.wrong_sign[signed & kept]),
        "negative_below_0": _mean(readings.places[NEGATIVE[labels], 0] < 0),
        "neutral_alarms": _mean(readings.alarms(limits)[labels == NEUTRAL]),
        "sad_as_calm": _mean(readings.calm(limits)[labels == SADNESS]),
    }


def _mean(values: NDArray[Any]) -> float | None:
    return round(float(np.mean(values)), 4) if len(values) else None
