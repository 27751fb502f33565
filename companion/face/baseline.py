"""Take a baseline of the user's face: the resting face, and examples of moods, from short looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from companion.affect import (
    Abstention,
    Emotion,
    FaceReading,
    LookDescription,
    MoodExample,
    RestingFace,
)
from companion.errors import NotResting
from companion.face.adaptation import (
    EMOTIONS,
    MOST_LOOKS,
    NEUTRAL,
    ORDINARY,
    Population,
    coordinates,
)
from companion.face.describe import to_unit

LEAST_LOOKS = 6  # with a face
LEAST_SHARE = 2 / 3  # of the looks that must show one face in enough light
STIRRED = 0.3  # mean distance of a look to the mean of all, in [0, 1]: the face moves
WORTH = MOST_LOOKS * ORDINARY  # looks that a resting face taken on purpose counts as
STRONGEST = 1 / 3  # of an example's looks count: a mood that is shown on purpose comes and goes
SHOWN = 1.0  # standard deviations from the resting face, below which nothing is shown

# Emotions that a face at rest is never taken for. It may look sad, stern or scornful; one that
# smiles or starts does something.
NEVER_AT_REST = {
    Emotion.HAPPINESS: "smiling",
    Emotion.SURPRISE: "surprised",
    Emotion.DISGUST: "making a face",
    Emotion.FEAR: "afraid",
}
EXPRESSIVE = 0.6  # their mean probability

_IN_THE_WAY = {
    Abstention.NO_FACE: "No face is visible",
    Abstention.SEVERAL_FACES: "More than one face is visible",
    Abstention.TOO_DARK: "It is too dark",
}

Floats = NDArray[np.floating]


def take_resting(readings: Sequence[FaceReading], day: int) -> RestingFace:
    """The resting face that some readings show.

    Args:
        readings: not adapted, of short looks one after the other.
        day: of the looks, as `datetime.date.toordinal`.

    Raises:
        NotResting: they are of no face, of a dark one, of one that moves or shows an emotion.
    """
    looks = _check_seen(readings)
    shares = np.array(
        [[one.mood.probabilities[emotion] for emotion in Emotion] for one in readings if one.mood]
    )
    _check_calm(shares)
    identity = to_unit(np.mean([look.identity for look in looks], axis=0))
    return RestingFace(
        model=looks[0].model,
        features=_mean([look.features for look in looks]),
        identity=tuple(identity.tolist()),
        looks=WORTH,
        seen=len(looks),
        day=day,
        day_looks=0.0,
        calibrated=True,
    )


def take_example(
    readings: Sequence[FaceReading], emotion: Emotion, resting: RestingFace, population: Population
) -> MoodExample:
    """Take what the face shows of a mood in some readings: the mean of those furthest from rest.

    Args:
        readings: not adapted, of short looks one after the other.
        emotion: the mood that the user shows; not neutral.
        resting: the same face at rest.
        population: what is known of people's faces.

    Raises:
        NotResting: they are of no face or of a dark one, or show the resting face.
    """
    looks = _check_seen(readings)
    apart = np.array([coordinates(look.features) for look in looks])
    apart -= coordinates(resting.features)
    noise = 2 * population.noise[NEUTRAL]
    distances = np.sqrt(np.einsum("ni,ni->n", apart, np.linalg.solve(noise, apart.T).T))
    distances /= np.sqrt(apart.shape[1])
    strongest = np.argsort(-distances)[: max(1, round(STRONGEST * len(looks)))]
    if distances[strongest].mean() < SHOWN:
        raise NotResting(f"Your face shows no {emotion}: it reads as your resting face.")
    return MoodExample(emotion, _mean([looks[k].features for k in strongest]))


def _mean(features: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(np.mean(features, axis=0).tolist())


def _check_seen(readings: Sequence[FaceReading]) -> list[LookDescription]:
    looks = [reading.look for reading in readings if reading.mood and reading.look]
    if len(looks) >= max(LEAST_LOOKS, LEAST_SHARE * len(readings)):
        return looks
    reasons = [reading.abstention for reading in readings if reading.mood is None]
    if not reasons:
        raise NotResting(f"That was too short: {len(looks)} looks, {LEAST_LOOKS} are needed.")
    usual = max(set(reasons), key=reasons.count)
    why = _IN_THE_WAY.get(usual, "The face is not clear") if usual else "The face is not clear"
    raise NotResting(f"{why} in {len(readings) - len(looks)} of {len(readings)} looks.")


def _check_calm(shares: Floats) -> None:
    mean = shares.mean(axis=0)
    for emotion, share in zip(EMOTIONS, mean, strict=True):
        if emotion in NEVER_AT_REST and share >= EXPRESSIVE:
            raise NotResting(f"You look {NEVER_AT_REST[emotion]}: {emotion} with {share:.0%}.")
    if np.abs(shares - mean).sum(axis=1).mean() / 2 > STIRRED:
        raise NotResting("Your face is not at rest: what it shows changes from look to look.")
