"""Ensembles fitted to a part of the clips, and what they say of the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track
from safetensors.numpy import load_file, save_file

from companion.music import ensemble, network
from companion.music.ensemble import Ensemble, Prediction, Standard
from companion.weights import flatten_tree, unflatten_tree
from training import music_fit
from training.music_data import CHECKPOINTS, CLUSTERS, FOLDS, QUADRANTS, Clips, split_by_artist
from training.music_features import DEFINED_IN, Inputs, source_hash
from training.music_fit import Params, Recipe, fit, make_examples

MEMBERS = 5
FITTED_BY = (ensemble, network, music_fit)
SIGNS = 2


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a fit follows from.

    Attributes:
        clips, inputs: the labelled clips.
        recipe: how a network is trained.
        members: networks to an ensemble.
        cache: where fitted networks are kept.
    """

    clips: Clips
    inputs: Inputs
    recipe: Recipe = dataclasses.field(default_factory=Recipe)
    members: int = MEMBERS
    cache: Path = CHECKPOINTS


def fit_ensemble(bench: Bench, chosen: np.ndarray) -> Ensemble:
    """Fit to the chosen clips; a network that is fitted already is taken from the cache."""
    inputs = bench.inputs
    standard = Standard.measure(inputs.image[chosen], inputs.statistics[chosen])
    members = [_fit_member(bench, chosen, standard, seed) for seed in range(bench.members)]
    return Ensemble.join(bench.recipe.shape, standard, members)


def predict_out_of_fold(bench: Bench, split: int) -> tuple[Prediction, np.ndarray]:
    """What is said of each clip by the ensemble that saw none of its artist's.

    Args:
        bench: the clips and the recipe.
        split: the seed of the split into folds.

    Returns:
        The prediction, one row a clip, and the fold (clips,) that each stood in.
    """
    clips, inputs = bench.clips, bench.inputs
    rows = (len(QUADRANTS), SIGNS, len(CLUSTERS))
    whole = Prediction(*(np.zeros((len(clips), width), np.float32) for width in rows))
    fold_of = np.zeros(len(clips), int)
    folds = enumerate(split_by_artist(clips, split))
    for fold, (train, test) in track(folds, description=f"split {split}", total=FOLDS):
        said = fit_ensemble(bench, train).predict(inputs.image[test], inputs.statistics[test])
        for part in dataclasses.fields(Prediction):
            getattr(whole, part.name)[test] = getattr(said, part.name)
        fold_of[test] = fold
    return whole, fold_of


def _fit_member(bench: Bench, chosen: np.ndarray, standard: Standard, seed: int) -> Params:
    file = bench.cache / "fits" / f"{_key(bench, chosen, seed)}.safetensors"
    if not file.is_file():
        examples = make_examples(bench.clips, bench.inputs, chosen, standard)
        file.parent.mkdir(parents=True, exist_ok=True)
        half_done = file.with_suffix(".part")
        save_file(flatten_tree(fit(examples, bench.recipe, seed)), half_done)
        half_done.replace(file)
    return unflatten_tree(load_file(file))


def _key(bench: Bench, chosen: np.ndarray, seed: int) -> str:
    """A hash of what a fitted network follows from."""
    names = [bench.clips.names[i] for i in chosen]
    source = source_hash(DEFINED_IN + FITTED_BY)
    facts = [dataclasses.asdict(bench.recipe), source, names, seed]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
