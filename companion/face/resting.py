"""Whether ten seconds of a face are a resting face, and what it reads as."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from companion.affect import Abstention, Baseline, Emotion, FaceReading
from companion.errors import NotResting
from companion.face.baseline import Floats, mean_log

LEAST_LOOKS = 6  # with a face
LEAST_SHARE = 2 / 3  # of the looks that must show one face in enough light
STIRRED = 0.3  # mean distance of a look to the mean of all, in [0, 1]: the face moves

# What a face at rest is never taken for. A resting face may look sad, stern or scornful;
# one that smiles or starts does something.
NEVER_AT_REST = {
    Emotion.HAPPINESS: "smiling",
    Emotion.SURPRISE: "surprised",
    Emotion.DISGUST: "making a face",
    Emotion.FEAR: "afraid",
}
EXPRESSIVE = 0.6  # their mean probability

_IN_THE_WAY = {
    Abstention.NO_FACE: "No face is to be seen",
    Abstention.SEVERAL_FACES: "More than one face is to be seen",
    Abstention.TOO_DARK: "It is too dark",
}


def take_baseline(readings: Sequence[FaceReading], model: str) -> Baseline:
    """The baseline that some readings of a resting face make.

    Args:
        readings: uncorrected, of short looks one after the other.
        model: the label of the weights.

    Raises:
        NotResting: they are of no face, of a dark one, of one that moves or shows an emotion.
    """
    shares = np.array(
        [[one.mood.probabilities[emotion] for emotion in Emotion] for one in readings if one.mood]
    )
    _check_seen(readings, len(shares))
    _check_calm(shares)
    return Baseline(model, mean_log(shares), len(shares))


def _check_seen(readings: Sequence[FaceReading], seen: int) -> None:
    if seen >= max(LEAST_LOOKS, LEAST_SHARE * len(readings)):
        return
    reasons = [reading.abstention for reading in readings if reading.mood is None]
    if not reasons:
        raise NotResting(f"That was too short: {seen} looks, {LEAST_LOOKS} are needed.")
    usual = max(set(reasons), key=reasons.count)
    why = _IN_THE_WAY.get(usual, "The face is not clear") if usual else "The face is not clear"
    raise NotResting(f"{why} in {len(readings) - seen} of {len(readings)} looks.")


def _check_calm(shares: Floats) -> None:
    mean = shares.mean(axis=0)
    for emotion, share in zip(Emotion, mean, strict=True):
        if emotion in NEVER_AT_REST and share >= EXPRESSIVE:
            raise NotResting(f"You look {NEVER_AT_REST[emotion]}: {emotion} with {share:.0%}.")
    if np.abs(shares - mean).sum(axis=1).mean() / 2 > STIRRED:
        raise NotResting("Your face does not rest: what it shows changes from look to look.")
