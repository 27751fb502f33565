"""Posed faces of known people on several occasions, read by models that have not seen them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.face.adaptation import NEUTRAL
from companion.face.describe import gradient_histograms
from companion.face.model import FaceModel
from training.face.data import EMOTIONS, Images, read_kdef, read_pairs
from training.face.infer import still_logits
from training.metrics import Floats, Integers

LIGHT = 0.5  # by how much light from the side brightens one edge of a crop and darkens the other

Names = NDArray[np.str_]
Read = Callable[[Images, Names], Floats]
"""Crops (n, 48, 48) and whose they are, (n,), to logits (n, 8), calibrated and without a prior, by
models that have not seen the person."""


@dataclass(frozen=True)
class Faces:
    """Single faces; all arrays are (n, ...).

    Attributes:
        crops: grey (48, 48).
        logits: (8,), see `Read`.
        labels: in the order of `Emotion`.
        people, occasions, corpora: whose face it is, when, and of which data set.
        histograms: (288,), the shape in the crop; lit: the same under light from the side.
    """

    crops: Images
    logits: Floats
    labels: Integers
    people: Names
    occasions: Names
    corpora: Names
    histograms: Floats
    lit: Floats

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, chosen: NDArray[Any]) -> Faces:
        """The faces at the given indices, or where a mask is True."""
        return Faces(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def of(self, people: Sequence[str]) -> Faces:
        """The faces of some people."""
        return self.select(np.isin(self.people, people))

    def without(self, people: Sequence[str]) -> Faces:
        """The faces of everybody else."""
        return self.select(~np.isin(self.people, people))


def read_faces(data: Path, names: Sequence[str], read: Read) -> Faces:
    """All faces of KDEF, and both ends of the sequences of CK+ that have both.

    Args:
        data: the folder with the data sets.
        names: "kdef", "ckplus" or both.
        read: what the network says of them.
    """
    parts = []
    if "kdef" in names:
        known = read_kdef(data / "kdef")
        people = np.array(known.stills.subjects)
        parts.append((known.stills.windows, known.stills.labels, people, known.sessions, "kdef"))
    if "ckplus" in names:
        pairs = read_pairs(data / "ckplus")
        crops = np.stack([crop for pair in pairs for crop in (pair.onset, pair.apex)])
        labels = [label for pair in pairs for label in (NEUTRAL, EMOTIONS.index(pair.label))]
        people = np.repeat([pair.subject for pair in pairs], 2)
        occasions = np.repeat([f"{k}" for k in range(len(pairs))], 2)
        parts.append((crops, np.array(labels), people, occasions, "ckplus"))
    columns = zip(*(_columns(part, read) for part in parts), strict=True)
    return Faces(*(np.concatenate(column) for column in columns))


def _columns(part: tuple[Images, Integers, Names, Names, str], read: Read) -> tuple[Any, ...]:
    crops, labels, people, occasions, corpus = part
    lit = light_sideways(crops, np.random.default_rng(0))
    return (
        crops,
        read(crops, people),
        labels,
        people,
        occasions,
        np.full(len(labels), corpus),
        gradient_histograms(crops),
        gradient_histograms(lit),
    )


def light_sideways(crops: Images, random: np.random.Generator) -> Images:
    """Each crop (n, 48, 48) with light that rises evenly in a random direction."""
    rows, columns = np.mgrid[-1 : 1 : crops.shape[1] * 1j, -1 : 1 : crops.shape[2] * 1j]
    slopes = random.uniform(-LIGHT, LIGHT, (2, len(crops), 1, 1))
    lit = crops * (1 + slopes[0] * columns + slopes[1] * rows)
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def read_by(model: FaceModel) -> Read:
    """By one model, for people whom it has not seen."""

    def read(crops: Images, people: Names) -> Floats:
        del people
        logits: Floats = still_logits(model.variables, crops) / model.temperature
        return logits

    return read


def read_by_folds(models: Sequence[tuple[FaceModel, frozenset[str]]]) -> Read:
    """Each person by the model that has not seen them: models with the people they do not know.

    Raises:
        ValueError (by the answer): every model has seen the person.
    """

    def read(crops: Images, people: Names) -> Floats:
        logits = np.full((len(crops), len(EMOTIONS)), np.nan)
        for model, away in models:
            here = np.isin(people, sorted(away)) & np.isnan(logits[:, 0])
            if here.any():
                logits[here] = still_logits(model.variables, crops[here]) / model.temperature
        if np.isnan(logits).any():
            known = sorted(set(people[np.isnan(logits[:, 0])]))
            raise ValueError(f"every model has seen {', '.join(known)}")
        return logits

    return read
