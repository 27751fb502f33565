"""Learning the filters of the MFCC image: the patterns that clips hold, without labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from companion.music.features.extract import N_MFCC
from companion.music.model.patterns import Encoder, Filters


@dataclass(frozen=True, slots=True)
class FilterRecipe:
    """The recipe for learning filters.

    Attributes:
        lengths: in steps of the image, of which it has 5.4 a second.
        components: of a patch that are kept, for each length.
        maps: filters of each length.
        patches: that are drawn from each clip.
        least: the variance that is added to each component's, so that faint ones stay faint.
    """

    lengths: tuple[int, ...] = (8, 16)
    components: tuple[int, ...] = (64, 96)
    maps: int = 128
    patches: int = 30
    least: float = 0.05


def learn_encoder(image: np.ndarray, recipe: FilterRecipe, seed: int) -> Encoder:
    """From the images of clips: (clips, steps, rows)."""
    mean, deviation = _scale(image)
    standard = (image - mean) / deviation
    random = np.random.default_rng(seed)
    pairs = zip(recipe.lengths, recipe.components, strict=True)
    drawn = [(draw(standard, length, recipe.patches, random), kept) for length, kept in pairs]
    return Encoder(mean, deviation, tuple(_learn(*each, recipe) for each in drawn))


def draw(image: np.ndarray, length: int, count: int, random: np.random.Generator) -> np.ndarray:
    """(clips, steps, rows) to (clips * count, length, rows), at random times."""
    firsts = random.integers(0, image.shape[1] - length + 1, (len(image), count))
    steps = firsts[:, :, None] + np.arange(length)
    patches: np.ndarray = image[np.arange(len(image))[:, None, None], steps]
    flat: np.ndarray = patches.reshape(-1, length, image.shape[2])
    return flat


def _learn(patches: np.ndarray, components: int, recipe: FilterRecipe) -> Filters:
    flat = patches.reshape(len(patches), -1)
    mean = flat.mean(axis=0)
    variance, directions = np.linalg.eigh(np.cov((flat - mean).T))
    largest = slice(-1, -components - 1, -1)
    whitening = directions[:, largest] / np.sqrt(variance[largest] + recipe.least)
    machine = MiniBatchKMeans(
        recipe.maps, batch_size=2048, n_init=1, max_iter=15, random_state=0
    ).fit((flat - mean) @ whitening)
    return Filters(
        whitening.reshape(*patches.shape[1:], -1).astype(np.float32),
        (-mean @ whitening).astype(np.float32),
        machine.cluster_centers_.T.astype(np.float32),
    )


def _scale(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of each row, and one deviation for each kind of row.

    One for all coefficients, as their relative size is what tells timbres apart.
    """
    rows = image.reshape(-1, image.shape[-1])
    kinds = np.split(rows.std(axis=0), [N_MFCC])
    deviation = [np.full(kind.shape, kind.mean(), np.float32) for kind in kinds]
    return rows.mean(axis=0), np.concatenate(deviation)
