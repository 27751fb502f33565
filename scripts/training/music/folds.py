"""Ensembles fitted to a part of the clips, and what they say of the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from safetensors.numpy import load_file, save_file

from companion.music.features.extract import GROUPS
from companion.music.model import ensemble, network, patterns, standard
from companion.music.model.ensemble import Ensemble, Prediction
from companion.music.model.musicnn import EMBEDDING
from companion.music.model.patterns import Encoder
from companion.music.model.standard import Block, Standard
from companion.music.model.tags import MSD_TAGS, MTT_TAGS, logits
from companion.weights import flatten_tree, unflatten_tree
from training.music import filters, linear
from training.music import fit as fitting
from training.music.data import CHECKPOINTS, CLUSTERS, FOLDS, QUADRANTS, Clips, split_by_artist
from training.music.features import Inputs, source_hash
from training.music.filters import learn_encoder
from training.music.fit import Recipe, fit, make_examples
from training.music.linear import fit_linear

MEMBERS = 3
LEARNED_BY = (patterns, filters)
FITTED_BY = (*LEARNED_BY, ensemble, network, standard, fitting, linear)
SIGNS = 2
AT_ONCE = 100  # images whose codes are computed together

CODES, STATISTICS, MSD, MTT, TAGS = "codes", "statistics", "msd", "mtt", "tags"
SHARES = {CODES: 0.4, STATISTICS: 0.8, MSD: 1.0, MTT: 1.0, TAGS: 0.7}
EVERYTHING = tuple(SHARES)

Tensors = dict[str, np.ndarray]


@dataclass(frozen=True)
class CrossValidation:
    """The cross-validation of the music model: all that a fit follows from.

    Attributes:
        clips, inputs: the labelled clips.
        recipe: how a network is trained.
        blocks: what the network sees, of EVERYTHING and in that order.
        members: networks to an ensemble.
        cache: where what was learned is kept.
    """

    clips: Clips
    inputs: Inputs
    recipe: Recipe = dataclasses.field(default_factory=Recipe)
    blocks: tuple[str, ...] = EVERYTHING
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
        """(clips, inputs): what the network sees of each clip, not yet standardised."""
        return assemble(self.inputs, self.encoder, self.blocks)

    def fit(self, chosen: np.ndarray) -> Ensemble:
        """Fit to the chosen clips; what is fitted already is taken from the cache."""
        labels = [self.clips.quadrant[chosen].tolist(), self.clips.cluster[chosen].tolist()]
        facts = [
            *(dataclasses.asdict(self.recipe), self.blocks, self.members, labels),
            self.clips.artists[chosen].tolist(),
            *(source_hash(FITTED_BY), _digest(self.matrix[chosen])),
        ]
        tensors = self._cached(facts, lambda: self._fit(chosen).tensors())
        return Ensemble.from_tensors(self.recipe.shape, tensors)

    def _fit(self, chosen: np.ndarray) -> Ensemble:
        measured = Standard.measure(self.matrix[chosen], _blocks(self.encoder, self.blocks))
        examples = make_examples(self.clips, measured.apply(self.matrix))
        members = fit(examples, chosen, self.recipe, range(self.members))
        known = chosen[self.clips.quadrant[chosen] >= 0]
        line = fit_linear(
            examples.inputs[known], self.clips.quadrant[known], self.clips.artists[known]
        )
        return Ensemble(self.recipe.shape, self.encoder, measured, members, line)

    def _cached(self, facts: list[Any], make: Callable[[], Tensors]) -> Tensors:
        """Return what `make` gives, cached under a hash of all its inputs."""
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        file = self.cache / "fits" / f"{key}.safetensors"
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            half_done = file.with_suffix(".part")
            save_file(
                {name: np.ascontiguousarray(part) for name, part in make().items()}, half_done
            )
            half_done.replace(file)
        tensors: Tensors = load_file(file)
        return tensors


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
    validation: CrossValidation, split: int, read: np.ndarray | None = None
) -> tuple[Prediction, np.ndarray]:
    """Predict each clip by the ensemble that was trained on none of its artist's.

    Args:
        validation: the clips and the recipe.
        split: the seed of the split into folds.
        read: (clips, inputs) that are read in place of what was learned from.

    Returns:
        The prediction, one row a clip, and the fold (clips,) that each stood in.
    """
    read = validation.matrix if read is None else read
    rows = (len(QUADRANTS), SIGNS, len(CLUSTERS), len(QUADRANTS))
    whole = Prediction(*(np.zeros((len(validation.clips), width), np.float32) for width in rows))
    fold_of = np.zeros(len(validation.clips), int)
    folds = enumerate(split_by_artist(validation.clips, split))
    for fold, (train, test) in track(folds, description=f"split {split}", total=FOLDS):
        said = validation.fit(train).predict(read[test])
        for part in dataclasses.fields(Prediction):
            getattr(whole, part.name)[test] = getattr(said, part.name)
        fold_of[test] = fold
    return whole, fold_of


def _blocks(encoder: Encoder, names: tuple[str, ...]) -> list[Block]:
    codes = sum(2 * each.centres.shape[1] for each in encoder.filters)
    groups = {
        CODES: (codes,),
        STATISTICS: tuple(GROUPS.values()),
        MSD: (EMBEDDING,),
        MTT: (EMBEDDING,),
        TAGS: (len(MSD_TAGS), len(MTT_TAGS)),
    }
    return [Block(groups[name], SHARES[name]) for name in names]


def _digest(numbers: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest()
