"""Ensembles fitted to a part of the clips, and what they say of the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from safetensors.numpy import load_file, save_file

from companion.music.features.extract import GROUPS
from companion.music.model import ensemble, network, patterns, standard
from companion.music.model.ensemble import Ensemble, Prediction
from companion.music.model.patterns import Encoder
from companion.music.model.standard import Standard
from companion.weights import flatten_tree, unflatten_tree
from training.music import filters
from training.music import fit as fitting
from training.music.data import CHECKPOINTS, CLUSTERS, FOLDS, QUADRANTS, Clips, split_by_artist
from training.music.features import COPIES, DEFINED_IN, Inputs, source_hash
from training.music.filters import learn_encoder
from training.music.fit import Recipe, fit, make_examples

MEMBERS = 5
LEARNED_BY = (patterns, filters)
FITTED_BY = (*LEARNED_BY, ensemble, network, standard, fitting)
SIGNS = 2

Tensors = dict[str, np.ndarray]


CODES = "codes"
EVERYTHING = (CODES, *GROUPS)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that a fit follows from.

    Attributes:
        clips, inputs: the labelled clips.
        recipe: how a network is trained.
        groups: what the network sees: the image's codes, and groups of statistics.
        members: networks to an ensemble.
        cache: where what was learned is kept.
    """

    clips: Clips
    inputs: Inputs
    recipe: Recipe = dataclasses.field(default_factory=Recipe)
    groups: tuple[str, ...] = EVERYTHING
    members: int = MEMBERS
    cache: Path = CHECKPOINTS


def fit_ensemble(bench: Bench, chosen: np.ndarray) -> Ensemble:
    """Fit to the chosen clips; what is fitted already is taken from the cache."""
    facts = [dataclasses.asdict(bench.recipe), bench.groups, bench.members]
    facts.append(source_hash(FITTED_BY))
    tensors = _cached(bench, chosen, facts, lambda: _fit(bench, chosen).tensors())
    return Ensemble.from_tensors(bench.recipe.shape, tensors)


def learn_codes(bench: Bench, chosen: np.ndarray) -> tuple[Encoder, np.ndarray]:
    """Filters of the chosen clips' images, and the codes of all (copies, clips, codes)."""
    image, recipe = bench.inputs.image, bench.recipe.filters

    def learn() -> dict[str, np.ndarray]:
        encoder = learn_encoder(image[0, chosen], recipe, seed=0)
        codes = np.stack([encoder.encode(copy) for copy in image])
        return {"codes": codes, **flatten_tree(encoder.tree())}

    facts = [dataclasses.asdict(recipe), source_hash(LEARNED_BY)]
    tensors = _cached(bench, chosen, facts, learn)
    codes = tensors.pop("codes")
    return Encoder.from_tree(unflatten_tree(tensors)), codes


def see(bench: Bench, chosen: np.ndarray) -> tuple[Encoder, np.ndarray, tuple[int, ...]]:
    """The encoder, the inputs (copies, clips, inputs) of the bench's groups, and their sizes."""
    encoder, codes = learn_codes(bench, chosen)
    sizes = {CODES: codes.shape[2], **GROUPS}
    columns = np.repeat(list(sizes), list(sizes.values()))
    inputs = np.concatenate([codes, bench.inputs.statistics], axis=2)
    kept = tuple(sizes[group] for group in sizes if group in bench.groups)
    return encoder, inputs[:, :, np.isin(columns, bench.groups)], kept


def predict_out_of_fold(bench: Bench, split: int, copy: int = 0) -> tuple[Prediction, np.ndarray]:
    """What is said of each clip by the ensemble that saw none of its artist's.

    Args:
        bench: the clips and the recipe.
        split: the seed of the split into folds.
        copy: which copy of each clip is read; the first is the clip itself.

    Returns:
        The prediction, one row a clip, and the fold (clips,) that each stood in.
    """
    rows = (len(QUADRANTS), SIGNS, len(CLUSTERS))
    whole = Prediction(*(np.zeros((len(bench.clips), width), np.float32) for width in rows))
    fold_of = np.zeros(len(bench.clips), int)
    folds = enumerate(split_by_artist(bench.clips, split))
    for fold, (train, test) in track(folds, description=f"split {split}", total=FOLDS):
        _, inputs, _ = see(bench, train)
        said = fit_ensemble(bench, train).judge(inputs[copy, test])
        for part in dataclasses.fields(Prediction):
            getattr(whole, part.name)[test] = getattr(said, part.name)
        fold_of[test] = fold
    return whole, fold_of


def _fit(bench: Bench, chosen: np.ndarray) -> Ensemble:
    encoder, inputs, sizes = see(bench, chosen)
    standard = Standard.measure(inputs[0, chosen], sizes)
    examples = make_examples(bench.clips, standard.apply(inputs))
    members = fit(examples, chosen, bench.recipe, range(bench.members))
    return Ensemble(bench.recipe.shape, encoder, standard, members)


def _cached(
    bench: Bench, chosen: np.ndarray, facts: list[Any], make: Callable[[], Tensors]
) -> Tensors:
    """What `make` gives, kept under a hash of all that it follows from."""
    names = [bench.clips.names[i] for i in chosen]
    key = hashlib.sha256(
        json.dumps([facts, source_hash(DEFINED_IN), COPIES, names]).encode()
    ).hexdigest()[:20]
    file = bench.cache / "fits" / f"{key}.safetensors"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        half_done = file.with_suffix(".part")
        save_file({name: np.ascontiguousarray(part) for name, part in make().items()}, half_done)
        half_done.replace(file)
    tensors: Tensors = load_file(file)
    return tensors
