"""The share of picks of the mood that they were picked for, by what people said of the clip."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

from companion.affect import EMOTION_AFFECT, QUADRANT_AFFECT, Affect, Emotion, Quadrant
from companion.choose import score
from companion.choose.mood import PresentMood
from companion.choose.strategy import WIDE, Target, match
from evaluation.choosers import CHOOSERS, NOW, Chooser, companion
from evaluation.draws import seeded
from evaluation.library import Clip

PICKS = 250  # a quadrant
TUNED = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
STRENGTHS = (1.0, 0.7)  # of an emotion: a face that is read unsurely lies nearer to the middle
TUNING_PICKS = 60


def measure_given_mood(library: Sequence[Clip]) -> dict[str, Any]:
    """Each quadrant as the target; by chooser, the share of right picks, and by quadrant."""
    return {name: _by_quadrant(library, chooser) for name, chooser in CHOOSERS.items()}


def _by_quadrant(library: Sequence[Clip], chooser: Chooser) -> dict[str, Any]:
    shares = {}
    for seed, quadrant in enumerate(Quadrant):
        target = Target(QUADRANT_AFFECT[quadrant], WIDE, "match")
        picks = chooser(library, target, quadrant, PICKS, seeded(seed))
        shares[quadrant.value] = share_right(picks, quadrant)
    return {"right": statistics.fmean(shares.values()), **shares}


def measure_given_emotion(library: Sequence[Clip]) -> dict[str, float]:
    """Every emotion, strong and weak, under `match`; the share of right picks by chooser."""
    return {
        name: statistics.fmean(_emotions(library, chooser)) for name, chooser in CHOOSERS.items()
    }


def share_right(picks: Sequence[Clip], quadrant: Quadrant) -> float:
    """The share of the picks that people put in the quadrant."""
    return sum(clip.label is quadrant for clip in picks) / len(picks)


def meant_by(emotion: Emotion) -> Quadrant:
    """The quadrant that `match` aims at for an emotion that is read for sure."""
    return target_of(EMOTION_AFFECT[emotion]).affect.quadrant


def target_of(affect: Affect) -> Target:
    """Return the target of `match` for a mood."""
    return match(PresentMood(affect, 1, NOW), ())


def tune_sureness(library: Sequence[Clip]) -> dict[str, float]:
    """The share of right picks for every emotion, strong and weak, by the exponent."""
    return {f"{value:g}": _with_sureness(library, value) for value in TUNED}


def measure_places(
    library: Sequence[Clip], others: Sequence[Clip], sureness: float
) -> dict[str, float]:
    """Right picks by one way of placing the tracks.

    Args:
        library: as this way places it.
        others: those of it whose artists had no part in choosing the exponent.
        sureness: the exponent that was chosen for this way.
    """
    with mock.patch.object(score, "SURENESS", sureness):
        return {
            "sureness": sureness,
            "given_mood": _by_quadrant(library, companion)["right"],
            "given_mood_other_artists": _by_quadrant(others, companion)["right"],
            "given_emotion_other_artists": statistics.fmean(_emotions(others, companion)),
        }


def _with_sureness(library: Sequence[Clip], value: float) -> float:
    with mock.patch.object(score, "SURENESS", value):
        return statistics.fmean(_emotions(library, companion))


def _emotions(library: Sequence[Clip], chooser: Chooser) -> Iterator[float]:
    for emotion in Emotion:
        for strength in STRENGTHS:
            place = EMOTION_AFFECT[emotion]
            weaker = Affect(strength * place.valence, strength * place.arousal)
            quadrant = meant_by(emotion)
            picks = chooser(library, target_of(weaker), quadrant, TUNING_PICKS, seeded(1))
            yield share_right(picks, quadrant)
