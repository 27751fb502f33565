"""Measure the inflation of figures when segments of one clip are in both training and test set.

The same network reads the five MIREX clusters of three-second segments, once split at
random, once by clip, once by artist: only the split differs.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from rich.progress import track
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold, KFold

from companion.music import decode
from companion.music.features import extract
from companion.music.features.extract import GROUPS
from companion.music.model.ensemble import Ensemble
from companion.music.model.patterns import Encoder
from companion.music.model.standard import Block, Standard
from training.music.data import CHECKPOINTS, NO_LABEL, Clips
from training.music.features import DEFINED_IN, source_hash
from training.music.fit import Recipe, fit, make_examples
from training.music.linear import fit_linear

SECONDS = 3.0
STEPS = 16  # of the image in a segment
FOLDS = 3
STEPS_OF_FIT = 500
MEMBERS = 1
SPLITS = ("segments at random", "by clip", "by artist")


def compare_splits(
    clips: Clips, folder: Path, recipe: Recipe, encoder: Encoder
) -> dict[str, float]:
    """The accuracy on segments of the clips with a cluster, for each of SPLITS.

    Args:
        clips: the labelled clips.
        folder: where they lie.
        recipe: the network's, for all three.
        encoder: of the image, learned without labels.
    """
    chosen = np.flatnonzero(clips.cluster >= 0)
    codes, statistics, clip_of = _load(clips, chosen, folder, encoder)
    segments = _segments(clips, clip_of)
    artist_of = np.unique(segments.artists, return_inverse=True)[1]
    inputs = np.concatenate([codes, statistics], axis=1)
    blocks = [Block((codes.shape[1],), 0.5), Block(tuple(GROUPS.values()))]
    random = KFold(FOLDS, shuffle=True, random_state=0)
    grouped = GroupKFold(FOLDS, shuffle=True, random_state=0)
    folds = (
        random.split(inputs),
        grouped.split(inputs, groups=clip_of),
        grouped.split(inputs, groups=artist_of),
    )
    return {
        name: _accuracy(segments, inputs, blocks, list(pairs), recipe)
        for name, pairs in zip(SPLITS, folds, strict=True)
    }


def _accuracy(
    segments: Clips,
    inputs: np.ndarray,
    blocks: list[Block],
    folds: list[tuple[np.ndarray, np.ndarray]],
    recipe: Recipe,
) -> float:
    recipe = dataclasses.replace(recipe, cluster_weight=1.0, steps=STEPS_OF_FIT)
    guesses = np.zeros(len(segments), int)
    nothing = Encoder(np.zeros(1), np.ones(1), ())
    for train, test in track(folds, description="segments"):
        standard = Standard.measure(inputs[train], blocks)
        examples = make_examples(segments, standard.apply(inputs))
        members = fit(examples, train, recipe, range(MEMBERS))
        silent = fit_linear(inputs[:0], segments.cluster[:0], segments.artists[:0])
        ensemble = Ensemble(recipe.shape, nothing, standard, members, silent)
        guesses[test] = ensemble.predict(inputs[test]).cluster.argmax(axis=1)
    return round(float(accuracy_score(segments.cluster, guesses)), 4)


def _segments(clips: Clips, clip_of: np.ndarray) -> Clips:
    names = tuple(f"{clips.names[clip]} {n}" for n, clip in enumerate(clip_of))
    nowhere = np.full(len(clip_of), NO_LABEL)
    return Clips(names, clips.artists[clip_of], nowhere, clips.cluster[clip_of])


def _load(
    clips: Clips, chosen: np.ndarray, folder: Path, encoder: Encoder
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes and statistics of the segments, one row each, and the clip of each."""
    kept = CHECKPOINTS / f"segments-{source_hash(DEFINED_IN)}"
    kept.mkdir(parents=True, exist_ok=True)
    codes, statistics, clip_of = [], [], []
    for clip in track(chosen, description="cutting"):
        image, numbers = _cut(kept / f"{clip}.npz", folder / clips.names[clip])
        codes.append(encoder.encode(image))
        statistics.append(numbers)
        clip_of.append(np.full(len(numbers), clip))
    return np.concatenate(codes), np.concatenate(statistics), np.concatenate(clip_of)


def _cut(file: Path, clip: Path) -> tuple[np.ndarray, np.ndarray]:
    if not file.is_file():
        length = int(SECONDS * decode.SAMPLE_RATE)
        wave = decode.decode(clip)
        firsts = range(0, len(wave) - length + 1, length)
        loud = [part for first in firsts if (part := wave[first : first + length]).any()]
        seen = [extract.extract(part) for part in loud]
        image = np.stack([each.image[:STEPS] for each in seen])
        half_done = file.with_suffix(".part.npz")
        np.savez(half_done, image=image, statistics=np.stack([each.statistics for each in seen]))
        half_done.replace(file)
    with np.load(file) as arrays:
        return arrays["image"], arrays["statistics"]
