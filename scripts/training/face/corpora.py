"""The corpora as they are trained on: each with its own label scheme, drawn class by class."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.face.augment import show_stills
from training.face.data import (
    EMOTIONS,
    Images,
    Stills,
    Targets,
    read_affectnet,
    read_ferplus,
    read_first_labels,
)

SCHEMES = ("ferplus", "fer2013", "affectnet", "kdef", "ckplus")
WILD = ("ferplus", "affectnet")
FIRST = SCHEMES.index("fer2013")  # of the second labels of the faces of FER+
BARRED = -1e4  # the logit of what a corpus has no label for
LEAST = 1e-3  # the least prior of a class that a corpus has

Random = np.random.Generator


class Batch(NamedTuple):
    """Single faces of several corpora.

    Attributes:
        frames: (n, 48, 48); targets: (n, 8).
        schemes: (n,), the place of each face's corpus in `SCHEMES`.
        priors: (n, 8), log of how often each class is drawn there; `BARRED` where never.
        first: (n, 8), the first label of a face of FER+, else zeros.
        first_priors: (n, 8), as `priors`, of the first labels.
    """

    frames: Images
    targets: Targets
    schemes: NDArray[np.int32]
    priors: NDArray[np.float32]
    first: Targets
    first_priors: NDArray[np.float32]


@dataclass(frozen=True)
class Corpus:
    """One data set and how it is drawn.

    Attributes:
        name: of its label scheme.
        stills: its faces.
        share: how many of a batch are its faces, in proportion to those of the others.
        balance: the power of a class's frequency by which it is drawn less often: at 0 faces
            are drawn as they are, at 1 classes evenly.
        first: (n, 8), second labels; none where it is None.
    """

    name: str
    stills: Stills
    share: float
    balance: float
    first: Targets | None = None

    @cached_property
    def chances(self) -> NDArray[np.float64]:
        """The probability of each face to be drawn, (n,)."""
        labels = self.stills.labels
        counts = np.bincount(labels, minlength=len(EMOTIONS)).astype(float)
        chances: NDArray[np.float64] = np.maximum(counts, 1)[labels] ** -self.balance
        chances /= chances.sum()
        return chances

    @cached_property
    def prior(self) -> NDArray[np.float32]:
        """The log of how often each class is drawn, (8,)."""
        return log_prior(self.chances @ self.stills.targets)

    @cached_property
    def first_prior(self) -> NDArray[np.float32]:
        """The same of the second labels."""
        if self.first is None:
            return np.zeros(len(EMOTIONS), np.float32)
        return log_prior(self.chances @ self.first)

    @cached_property
    def digest(self) -> str:
        """A hash of all that is drawn from."""
        found = hashlib.blake2b(digest_size=8)
        for part in (self.stills.images, self.stills.targets, self.first):
            if part is not None:
                found.update(np.ascontiguousarray(part).tobytes())
        return f"{self.name}:{self.share}:{self.balance}:{found.hexdigest()}"

    def draw(self, random: Random, size: int) -> Batch:
        """Random faces in random views."""
        chosen = random.choice(len(self.stills), size, p=self.chances)
        first = np.zeros((size, len(EMOTIONS)), np.float32)
        return Batch(
            frames=show_stills(self.stills.images[chosen], random),
            targets=self.stills.targets[chosen],
            schemes=np.full(size, SCHEMES.index(self.name), np.int32),
            priors=np.repeat(self.prior[None], size, axis=0),
            first=first if self.first is None else self.first[chosen],
            first_priors=np.repeat(self.first_prior[None], size, axis=0),
        )

    def without(self, subjects: frozenset[str]) -> Corpus:
        """The same without the faces of some people."""
        if not subjects.intersection(self.stills.subjects):
            return self
        return replace(self, stills=self.stills.without(subjects))


def log_prior(shares: NDArray[Any]) -> NDArray[np.float32]:
    """The log of each class's share of the sum, `BARRED` where it has none."""
    scaled = np.asarray(shares, float) / max(float(np.sum(shares)), LEAST)
    logs = np.where(scaled > 0, np.log(np.maximum(scaled, LEAST)), BARRED)
    return logs.astype(np.float32)


def draw_mixture(corpora: Sequence[Corpus], random: Random, size: int) -> Batch:
    """A batch of all corpora, each with its share."""
    shares = np.array([corpus.share for corpus in corpora])
    ends = np.round(np.cumsum(shares) / shares.sum() * size).astype(int)
    sizes = np.diff(ends, prepend=0)
    parts = [corpus.draw(random, count) for corpus, count in zip(corpora, sizes, strict=True)]
    return Batch(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def read_wild(names: Sequence[str], data: Path) -> list[Corpus]:
    """The corpora of faces from the web: some of `WILD`; `data` is the folder with all of them."""
    found = []
    if "ferplus" in names:
        folder = data / "ferplus"
        stills, first = read_ferplus(folder, "train"), read_first_labels(folder, "train")
        found.append(Corpus("ferplus", stills, 1.0, 0.5, first))
    if "affectnet" in names:
        found.append(Corpus("affectnet", read_affectnet(data / "affectnet", "train"), 1.0, 1.0))
    return found
