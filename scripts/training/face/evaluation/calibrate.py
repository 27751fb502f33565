"""Temperature, prior, threshold and spread, chosen on corpora that a model has not seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from companion.affect import Emotion
from training.face.corpora import BARRED, log_prior
from training.face.data import EMOTIONS
from training.face.evaluation.readings import NEGATIVE, NEUTRAL, Limits, Readings
from training.metrics import Floats, Integers, softmax

# How often a person at a desk shows what: an assumption. Faces are at rest most of the time, and
# of the rest smiles are the most frequent; disgust is seldom.
DESK = {
    Emotion.NEUTRAL: 0.60,
    Emotion.HAPPINESS: 0.14,
    Emotion.SURPRISE: 0.05,
    Emotion.SADNESS: 0.09,
    Emotion.ANGER: 0.05,
    Emotion.DISGUST: 0.02,
    Emotion.FEAR: 0.03,
    Emotion.CONTEMPT: 0.02,
}
# The corpora that settings are chosen on. The model that has not seen FER+ is narrower and starts
# from nothing: what it says of its confidence says little of the shipped one's.
COUNTING = ("affectnet", "kdef", "ckplus")
STRENGTHS = np.linspace(0, 1, 21)
THRESHOLDS = np.linspace(0.3, 0.98, 69)
SPREADS = np.linspace(0.05, 0.6, 56)
KEPT = 0.80  # the least accuracy of the emotions that are named, each corpus as it is
KEPT_AT_DESK = 0.85  # that of the readings that are kept, emotions as frequent as at a desk
TEMPERATURES = np.linspace(1, 5, 401)  # below 1, posed faces would make strangers surer
ALARMS = 0.10  # the largest share of neutral faces that are read, or kept, as negative
WRONG = 0.15  # the largest share of wrong signs of valence among what is kept by its place


@dataclass(frozen=True)
class Unseen:
    """A model's logits for a corpus that it has not seen.

    Attributes:
        logits: (n, 8), without any prior; labels: (n,).
        prior: (8,), the log of how often the corpus has each emotion, `BARRED` where never.
    """

    logits: Floats
    labels: Integers
    prior: Floats

    def own(self, temperature: float) -> Readings:
        """The readings with the corpus's own prior."""
        return Readings(softmax(self.logits / temperature + self.prior), self.labels)

    @property
    def weights(self) -> Floats:
        """The weight of each face where emotions are as frequent as at a desk: (n,), sum 1."""
        counts = np.maximum(np.bincount(self.labels, minlength=len(EMOTIONS)), 1)
        weights = (
            np.array([DESK[emotion] for emotion in EMOTIONS])[self.labels] / counts[self.labels]
        )
        return np.asarray(weights / weights.sum())

    def at_desk(self, temperature: float, prior: Floats) -> Readings:
        """The readings as the program has them."""
        return Readings(softmax(self.logits / temperature + prior), self.labels)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The settings that turn logits into readings.

    Attributes:
        temperature: what the logits are divided by.
        strength: the power to which the frequencies at a desk are taken, in [0, 1].
        limits: when a reading is kept.
    """

    temperature: float
    strength: float
    limits: Limits

    @property
    def prior(self) -> Floats:
        """The log-prior that is added to the calibrated logits, (8,), its mean 0."""
        return desk_prior(self.strength)


def desk_prior(strength: float) -> Floats:
    """The log of the frequencies at a desk to that power, (8,), its mean 0."""
    logs = strength * np.log([DESK[emotion] for emotion in EMOTIONS])
    prior: Floats = logs - logs.mean()
    return prior


def own_prior(labels: Integers) -> Floats:
    """The log of how often each emotion stands among labels, (8,)."""
    return log_prior(np.bincount(labels, minlength=len(EMOTIONS)))


def even_prior(labels: Integers) -> Floats:
    """The same for emotions alike often: only which there are."""
    present = np.bincount(labels, minlength=len(EMOTIONS)) > 0
    return np.where(present, 0.0, BARRED)


def calibrate(corpora: Sequence[Unseen]) -> Calibration:
    """The calibration that holds on every one of some corpora.

    The temperature is that of `fit_common_temperature`. The prior of a desk is as weak as the
    neutral faces that are read as negative let it be: it costs recall of all other emotions. A
    reading is kept from the least confidence at which enough are right with emotions as frequent
    as at a desk, and its emotion is named from the least at which enough are right in each corpus
    as it is; the spread is the largest at which few signs of valence are wrong and few neutral
    faces are kept as negative.
    """
    temperature = fit_common_temperature(corpora)
    strength = next(
        (s for s in STRENGTHS if all(_misread(one, temperature, s) <= ALARMS for one in corpora)),
        STRENGTHS[-1],
    )
    prior = desk_prior(float(strength))
    every = [(one.at_desk(temperature, prior), one.weights) for one in corpora]
    least = _first(lambda t: all(_kept_accuracy(*one, t) >= KEPT_AT_DESK for one in every))
    named = _first(lambda t: t >= least and all(_named_right(one, t) >= KEPT for one, _ in every))
    spreads = [s for s in SPREADS if all(_holds(one, Limits(named, s, least)) for one, _ in every)]
    limits = Limits(named, round(float(max(spreads, default=0.0)), 4), least)
    return Calibration(temperature, float(strength), limits)


def _first(holds: Callable[[float], bool]) -> float:
    """The least threshold at which something holds; the last where it never does."""
    found = next((t for t in THRESHOLDS if holds(float(t))), THRESHOLDS[-1])
    return round(float(found), 4)


def _misread(one: Unseen, temperature: float, strength: float) -> float:
    """The share of neutral faces whose most probable emotion is negative."""
    said = one.at_desk(temperature, desk_prior(strength))
    negative = NEGATIVE[said.shares.argmax(axis=1)]
    return float(negative[one.labels == NEUTRAL].mean()) if NEUTRAL in one.labels else 0.0


def fit_common_temperature(corpora: Sequence[Unseen]) -> float:
    """The temperature at which mean confidence and accuracy are nearest where they are furthest.

    Each corpus is read with its own prior. The least mean log loss would follow the corpora that
    are easy, on which a reading is surer than a stranger's should be.
    """

    def gap(temperature: float) -> float:
        every = [one.own(temperature) for one in corpora]
        return max(abs(float(one.shares.max(1).mean() - one.right.mean())) for one in every)

    return float(min(TEMPERATURES, key=gap))


def _named_right(readings: Readings, threshold: float) -> float:
    """The accuracy of what is named, each face counting alike."""
    return _kept_accuracy(readings, np.ones(len(readings.labels)), threshold)


def _kept_accuracy(readings: Readings, weights: Floats, threshold: float) -> float:
    kept = readings.by_emotion(threshold)
    if not kept.any():
        return 1.0
    return float((weights * readings.right)[kept].sum() / weights[kept].sum())


def _holds(readings: Readings, limits: Limits) -> bool:
    """True where few of the places kept are wrong."""
    resting = readings.labels == NEUTRAL
    kept = (readings.spreads <= limits.spread) & ~resting
    wrong = readings.wrong_sign[kept].mean() if kept.any() else 0.0
    alarms = readings.alarms(limits)[resting].mean() if resting.any() else 0.0
    return bool(wrong <= WRONG and alarms <= ALARMS)


def calibrate_shipped(corpora: Mapping[str, Unseen]) -> Calibration:
    """The calibration of the shipped model, on all corpora that count."""
    return calibrate([one for name, one in corpora.items() if name in COUNTING])


def calibrate_apart(corpora: Mapping[str, Unseen]) -> dict[str, Calibration]:
    """For each corpus, the calibration that the others that count lead to."""
    return {
        name: calibrate_shipped({other: one for other, one in corpora.items() if other != name})
        for name in corpora
    }
