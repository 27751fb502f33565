"""Describe a look in a few numbers: what the face shows, and whose it is.

Both come from the shape in the crop: histograms of oriented gradients (N. Dalal and B. Triggs,
"Histograms of oriented gradients for human detection", CVPR 2005) over cells of 8x8 pixels,
projected by linear discriminant analysis (P. Belhumeur et al., "Eigenfaces vs. Fisherfaces",
IEEE TPAMI 19(7), 1997) on the directions that tell emotions apart, and on those that tell
people apart. They do not depend on the face network, so they show what it has not learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELL = 8  # pixels of a cell's side
DIRECTIONS = 8  # bins of half a turn
NEARLY_NOTHING = 1e-9

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Projections:
    """From the histograms of a look to its numbers.

    Attributes:
        mean: (288,), of the training's faces.
        shape: (288, 6). The numbers vary by about 1 between looks of one emotion.
        identity: (288, 16). The same between looks of one person.
    """

    mean: Floats
    shape: Floats
    identity: Floats


def gradient_histograms(crops: NDArray[np.uint8]) -> Floats:
    """Grey crops (n, 48, 48) to (n, 288): the square roots of shares that sum to 1.

    Neither the crop's brightness nor its contrast changes them.
    """
    images = crops.astype(np.float64)
    down, across = np.gradient(images, axis=1), np.gradient(images, axis=2)
    strength = np.hypot(across, down)
    angle = (np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS
    rows, columns = crops.shape[1] // CELL, crops.shape[2] // CELL
    bins = []
    for direction in range(DIRECTIONS):
        apart = np.abs(angle - direction)
        near = np.maximum(0, 1 - np.minimum(apart, DIRECTIONS - apart))
        cells = (near * strength).reshape(len(crops), rows, CELL, columns, CELL)
        bins.append(cells.sum(axis=(2, 4)))
    found = np.stack(bins, axis=-1).reshape(len(crops), -1)
    shares: Floats = np.sqrt(found / (found.sum(axis=1, keepdims=True) + NEARLY_NOTHING))
    return shares


def project_shape(histograms: Floats, by: Projections) -> Floats:
    """Histograms (..., 288) to what the face shows, (..., 6)."""
    shape: Floats = (histograms - by.mean) @ by.shape
    return shape


def project_identity(histograms: Floats, by: Projections) -> Floats:
    """Histograms (..., 288) to whose face it is, (..., 16), each of length 1."""
    return to_unit((histograms - by.mean) @ by.identity)


def to_unit(vectors: Floats) -> Floats:
    """The same directions (..., d) with length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Floats = vectors / np.maximum(lengths, NEARLY_NOTHING)
    return unit
