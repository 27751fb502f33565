"""Ensembles fitted to a part of the clips, and their predictions for the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from companion.music.features.extract import GROUPS
from companion.music.model import ensemble, network, patterns, standard
from companion.music.model.ensemble import Ensemble, Prediction
from companion.music.model.musicnn import EMBEDDING
from companion.music.model.patterns import Encoder
from companion.music.model.standard import Block, Standard
from companion.music.model.tags import MSD_TAGS, MTT_TAGS, logits
from companion.music.model.words import NAMES
from companion.weights import flatten_tree, unflatten_tree
from training.music import filters, linear
from training.music import fit as fitting
from training.music.data import CHECKPOINTS, CLUSTERS, QUADRANTS, Clips
from training.music.features import Inputs, source_hash
from training.music.filters import learn_encoder
from training.music.fit import Recipe, fit, make_examples
from training.music.linear import fit_gate, fit_linear

MEMBERS = 3
LEARNED_BY = (patterns, filters)
FITTED_BY = (*LEARNED_BY, ensemble, network, standard, fitting, linear)
SIGNS = 2
STRENGTH = 1e-3  # of the logistic regression where none was chosen
AT_ONCE = 100  # images whose codes are computed together

CODES, STATISTICS, MSD, MTT, TAGS = "codes", "statistics", "msd", "mtt", "tags"
SHARES = {CODES: 0.4, STATISTICS: 0.8, MSD: 1.0, MTT: 1.0, TAGS: 0.7}
EVERYTHING = tuple(SHARES)

Fold = tuple[np.ndarray, np.ndarray]
"""The indices of the clips that are learned from, and of those that are predicted."""
Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class CrossValidation:
    """The cross-validation of the music model: all that a fit follows from.

    Attributes:
        clips, inputs: the labelled clips.
        recipe: how a network is trained.
        members: networks to an ensemble.
        cache: where what was learned is kept.
    """

    clips: Clips
    inputs: Inputs
    recipe: Recipe = dataclasses.field(default_factory=Recipe)
    members: int = MEMBERS
    cache: Path = CHECKPOINTS

    @cached_property
    def encoder(self) -> Encoder:
        """The image's filters, learned without labels from the clips that have no quadrant.

        So no clip that a quadrant is told of later has been seen by them.
        """
        images = self.inputs.image[self.clips.quadrant < 0]
        recipe = self.recipe.filters
        facts = [dataclasses.asdict(recipe), source_hash(LEARNED_BY), _digest(images)]
        tensors = self._cached(facts, lambda: flatten_tree(learn_encoder(images, recipe, 0).tree()))
        return Encoder.from_tree(unflatten_tree(tensors))

    @cached_property
    def matrix(self) -> np.ndarray:
        """(clips, inputs): all that the heads could see of each clip, not yet standardised."""
        return assemble(self.inputs, self.encoder, EVERYTHING)

    def standard(self, chosen: np.ndarray, inputs: tuple[str, ...] = EVERYTHING) -> Standard:
        """Measure means and deviations over the recordings among the chosen clips.

        Inputs that are not named become 0.
        """
        blocks = _blocks(self.encoder, {name: SHARES[name] for name in inputs})
        return Standard.measure(self.matrix[chosen[~self.clips.rendered[chosen]]], blocks)

    def fit(
        self,
        chosen: np.ndarray,
        inputs: tuple[str, ...] = EVERYTHING,
        strength: float = STRENGTH,
    ) -> Ensemble:
        """Fit to the chosen clips; what is fitted already is taken from the cache.

        Args:
            chosen: their indices.
            inputs: what the heads see, of EVERYTHING.
            strength: of the logistic regression.
        """
        facts = [*self.learned_from(chosen), inputs, strength]
        tensors = self._cached(facts, lambda: self._fit(chosen, inputs, strength).tensors())
        return Ensemble.from_tensors(self.recipe.shape, tensors)

    def learned_from(self, chosen: np.ndarray) -> list[Any]:
        """All that any fit to the chosen clips follows from, ready for JSON."""
        clips = self.clips
        labels = [clips.quadrant[chosen].tolist(), clips.cluster[chosen].tolist()]
        return [
            *(dataclasses.asdict(self.recipe), self.members, labels),
            clips.rendered[chosen].tolist(),
            *(source_hash(FITTED_BY), _digest(self.matrix[chosen])),
        ]

    def _fit(self, chosen: np.ndarray, inputs: tuple[str, ...], strength: float) -> Ensemble:
        measured = self.standard(chosen, inputs)
        examples = make_examples(self.clips, measured.apply(self.matrix))
        recorded = chosen[~self.clips.rendered[chosen]]
        members = fit(examples, recorded, self.recipe, range(self.members))
        weights = np.ones(len(self.clips)), self.clips.piano_weight
        bands, piano = (
            self._line(examples.inputs, part, weight, strength)
            for part, weight in zip((recorded, chosen), weights, strict=True)
        )
        gate = fit_gate(self.matrix[chosen, -len(NAMES) :], self.clips.rendered[chosen])
        others = np.zeros((self.matrix.shape[1] - len(NAMES), 1), np.float32)
        gate["kernel"] = np.concatenate([others, gate["kernel"]])
        return Ensemble(self.recipe.shape, self.encoder, measured, members, bands, piano, gate)

    def _line(
        self, inputs: np.ndarray, chosen: np.ndarray, weight: np.ndarray, strength: float
    ) -> dict[str, np.ndarray]:
        known = chosen[self.clips.quadrant[chosen] >= 0]
        return fit_linear(inputs[known], self.clips.quadrant[known], weight[known], strength)

    def _cached(self, facts: list[Any], make: Callable[[], Tensors]) -> Tensors:
        """Return what `make` gives, cached under a hash of all its inputs."""
        file = self.cache / "fits" / f"{key_of(facts)}.safetensors"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            half_done = file.with_suffix(".part")
            save_file(
                {name: np.ascontiguousarray(part) for name, part in make().items()}, half_done
            )
            half_done.replace(file)
        tensors: Tensors = load_file(file)
        return tensors


def key_of(facts: list[Any]) -> str:
    """A short hash of what a result follows from."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]


def assemble(inputs: Inputs, encoder: Encoder, blocks: tuple[str, ...]) -> np.ndarray:
    """The blocks side by side: (clips, inputs)."""
    parts = {
        STATISTICS: inputs.statistics,
        MSD: inputs.embedding[:, :EMBEDDING],
        MTT: inputs.embedding[:, EMBEDDING:],
        TAGS: logits(inputs.tags),
    }
    if CODES in blocks:
        spans = [slice(n, n + AT_ONCE) for n in range(0, len(inputs.image), AT_ONCE)]
        parts[CODES] = np.concatenate([encoder.encode(inputs.image[span]) for span in spans])
    return np.concatenate([parts[name] for name in blocks], axis=1)


def predict_out_of_fold(
    validation: CrossValidation,
    folds: Sequence[Fold],
    inputs: tuple[str, ...] = EVERYTHING,
    strength: float = STRENGTH,
    read: np.ndarray | None = None,
) -> Prediction:
    """Predict the clips of each fold by the ensemble that was fitted to the fold's others.

    Args:
        validation: the clips and the recipe.
        folds: what is learned from and what is predicted.
        inputs: as of `CrossValidation.fit`.
        strength: likewise.
        read: (clips, inputs) that are read in place of what was learned from.

    Returns:
        One row for each of all clips; 0 where it stands in no fold.
    """
    read = validation.matrix if read is None else read
    widths = (len(QUADRANTS), SIGNS, len(CLUSTERS), len(QUADRANTS), len(QUADRANTS), 1)
    whole = Prediction(*(np.zeros((len(read), width), np.float32) for width in widths))
    for train, test in folds:
        said = validation.fit(train, inputs, strength).predict(read[test])
        for part in dataclasses.fields(Prediction):
            getattr(whole, part.name)[test] = getattr(said, part.name)
    return whole


def _blocks(encoder: Encoder, shares: Mapping[str, float]) -> list[Block]:
    """All of EVERYTHING; those without a share count nothing."""
    codes = sum(2 * each.centres.shape[1] for each in encoder.filters)
    groups = {
        CODES: (codes,),
        STATISTICS: tuple(GROUPS.values()),
        MSD: (EMBEDDING,),
        MTT: (EMBEDDING,),
        TAGS: (len(MSD_TAGS), len(MTT_TAGS)),
    }
    return [Block(groups[name], shares.get(name, 0.0)) for name in EVERYTHING]


def _digest(numbers: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest()
