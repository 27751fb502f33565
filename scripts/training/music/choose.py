"""Choose what the heads see, how they are mixed and calibrated, by the training clips alone.

Every choice is made by folds of artists within the clips that are learned from, so that a clip
that is tested has no part in it. The released model's choices are made in the same way, within
all clips.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.progress import track
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold

from companion.music.model.ensemble import LEAST, Prediction
from training.metrics import fit_temperature
from training.music.data import NO_LABEL, QUADRANTS, Clips, split_by_artist, stratum
from training.music.features import source_hash
from training.music.folds import (
    CODES,
    EVERYTHING,
    MSD,
    MTT,
    STATISTICS,
    TAGS,
    CrossValidation,
    Fold,
    key_of,
    predict_out_of_fold,
)
from training.music.linear import STRENGTHS, predict_each

INNER_FOLDS = 3
INPUT_SETS = (
    EVERYTHING,
    (CODES, STATISTICS, MSD, MTT),
    (CODES, STATISTICS, MSD, TAGS),
    (CODES, STATISTICS),
)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the logistic regression in the mean


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings of an ensemble that are not learned by descent.

    Attributes:
        inputs: one of INPUT_SETS.
        strength: of the logistic regression, one of STRENGTHS.
        share: what the logistic regression counts in the mean with the networks.
        temperature: by which the logits of the mean are divided.
    """

    inputs: tuple[str, ...]
    strength: float
    share: float
    temperature: float

    def apply(self, said: Prediction) -> np.ndarray:
        """(clips, 4) calibrated probabilities."""
        return said.mix(self.share, self.temperature)


@dataclass(frozen=True, slots=True)
class Nested:
    """All clips of a split, each predicted by an ensemble whose choices it had no part in.

    Attributes:
        prediction: the parts, before they are mixed; one row a clip.
        calibrated: (clips, 4) probabilities.
        fold: (clips,) which fold each stood in.
        choices: what was chosen for each fold.
    """

    prediction: Prediction
    calibrated: np.ndarray
    fold: np.ndarray
    choices: tuple[Choice, ...]

    def take(self, chosen: np.ndarray) -> Nested:
        """Only the clips where the mask is true."""
        names = [part.name for part in dataclasses.fields(Prediction)]
        prediction = Prediction(*(getattr(self.prediction, name)[chosen] for name in names))
        return Nested(prediction, self.calibrated[chosen], self.fold[chosen], self.choices)

    def counts(self, name: str) -> Counter[str]:
        """Count the folds that chose each value of an attribute of `Choice`."""
        return Counter(_written(getattr(choice, name)) for choice in self.choices)


def predict_nested(
    validation: CrossValidation, split: int, read: np.ndarray | None = None
) -> Nested:
    """Predict each clip by an ensemble that was chosen and trained on none of its artist's.

    Args:
        validation: the clips and the recipe.
        split: the seed of the split into folds.
        read: (clips, inputs) that are read in place of what was learned from.
    """
    folds = split_by_artist(validation.clips, split)
    calibrated = np.zeros((len(validation.clips), len(QUADRANTS)))
    fold_of, said, choices = np.zeros(len(calibrated), int), [], []
    for number, (train, test) in enumerate(track(folds, description=f"split {split}")):
        choice = choose(validation, train)
        inputs, strength = choice.inputs, choice.strength
        said.append(predict_out_of_fold(validation, [(train, test)], inputs, strength, read))
        calibrated[test] = choice.apply(said[-1])[test]
        fold_of[test] = number
        choices.append(choice)
    names = [part.name for part in dataclasses.fields(Prediction)]
    whole = Prediction(*(sum(getattr(each, name) for each in said) for name in names))
    return Nested(whole, calibrated, fold_of, tuple(choices))


def choose(validation: CrossValidation, chosen: np.ndarray) -> Choice:
    """The choice for an ensemble that is fitted to the chosen clips; kept in the cache.

    Args:
        validation: the clips and the recipe.
        chosen: the indices of the clips that are learned from.
    """
    artists = validation.clips.artists[chosen].tolist()
    facts = [*validation.learned_from(chosen), artists, source_hash([sys.modules[__name__]])]
    file = validation.cache / "choices" / f"{key_of(facts)}.json"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        half_done = file.with_suffix(".part")
        half_done.write_text(json.dumps(dataclasses.asdict(_choose(validation, chosen))), "utf-8")
        half_done.replace(file)
    kept = json.loads(file.read_text("utf-8"))
    return Choice(tuple(kept.pop("inputs")), **kept)


def _choose(validation: CrossValidation, chosen: np.ndarray) -> Choice:
    folds = inner_folds(validation.clips, chosen)
    inputs, strength = choose_inputs(validation, folds)
    said = predict_out_of_fold(validation, folds, inputs, strength)
    quadrant = np.full(len(validation.clips), NO_LABEL)
    quadrant[chosen] = validation.clips.judged().quadrant[chosen]
    share, temperature = choose_mix(quadrant, said)
    return Choice(inputs, strength, share, temperature)


def inner_folds(clips: Clips, chosen: np.ndarray) -> list[Fold]:
    """Pairs of indices (train, test) within the chosen clips, by artist group."""
    label, artists = stratum(clips)[chosen], clips.artists[chosen]
    folds = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=0)
    return [(chosen[train], chosen[test]) for train, test in folds.split(label, label, artists)]


def choose_inputs(
    validation: CrossValidation, folds: Sequence[Fold]
) -> tuple[tuple[str, ...], float]:
    """The inputs and strength with which a logistic regression has the least log loss.

    The networks are given the same inputs: to try them on each set would take days.
    """
    losses = {}
    quadrant = validation.clips.judged().quadrant
    for inputs in INPUT_SETS:
        said, labels = [], []
        for train, test in folds:
            seen = validation.standard(train, inputs).apply(validation.matrix)
            learned, asked = (part[quadrant[part] >= 0] for part in (train, test))
            said.append(predict_each(seen[learned], quadrant[learned], seen[asked]))
            labels.append(quadrant[asked])
        joined = np.concatenate(said, axis=1)
        for strength, probabilities in zip(STRENGTHS, joined, strict=True):
            losses[inputs, strength] = log_loss(np.concatenate(labels), probabilities)
    return min(losses, key=lambda key: losses[key])


def choose_mix(quadrant: np.ndarray, said: Prediction) -> tuple[float, float]:
    """The share and the temperature of least log loss.

    Args:
        quadrant: (clips,) labels, some of them NO_LABEL.
        said: of the same clips.
    """
    known = quadrant >= 0
    pairs = [(share, find_temperature(quadrant, said, share)) for share in SHARES]

    def loss(pair: tuple[float, float]) -> float:
        told = said.mix(*pair)[known, quadrant[known]]
        return float(-np.log(told).mean())

    return min(pairs, key=loss)


def find_temperature(quadrant: np.ndarray, said: Prediction, share: float) -> float:
    """The one that calibrates networks and regression where they are mixed by that share."""
    known = quadrant >= 0
    targets = np.eye(len(QUADRANTS))[quadrant[known]]
    mixed = share * said.linear[known] + (1 - share) * said.quadrant[known]
    return fit_temperature(np.log(np.maximum(mixed, LEAST)), targets)


def _written(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
