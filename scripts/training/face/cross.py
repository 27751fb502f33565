"""Cross-validation on CK+: for each fold, the last two stages without that fold's subjects."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import jax
import numpy as np

from training.face.data import Stills, Triple
from training.face.fit import Step, Variables, make_step, run
from training.face.folds import Folds, read_folds
from training.face.posed import Posed, read_posed
from training.face.stages import Recipe, posed_faces_stage, posed_sequences_stage

LEAKY_SHARE = 0.1  # of the frames, for the test of the leaky split


@dataclass(frozen=True)
class Cross:
    """What all folds start from and share.

    Attributes:
        base: the variables after the first two stages, which have seen nothing of CK+.
        recipe: of the last two.
        train: the FER+ stills that stay in the mixture.
        folder: of CK+.
        checkpoints: where the models of the folds are kept.
    """

    base: Variables
    recipe: Recipe
    train: Stills
    folder: Path
    checkpoints: Path

    @cached_property
    def folds(self) -> Folds:
        """The subjects of each fold."""
        return read_folds(self.folder)

    @cached_property
    def posed(self) -> Posed:
        """All of CK+ that is trained on."""
        return read_posed(self.folder)

    @cached_property
    def _steps(self) -> tuple[Step, Step]:
        """Those of the two stages, compiled once for all folds."""
        given = self.recipe, self.train, self.posed, ""
        return make_step(posed_faces_stage(*given)), make_step(posed_sequences_stage(*given))

    def fit(self, posed: Posed, name: str, seed: int) -> Variables:
        """The last two stages on some of CK+.

        Between them the weights go part of the way back to where they were, which keeps more
        of FER+ than it costs of CK+ (M. Wortsman et al., "Robust fine-tuning of zero-shot
        models", CVPR 2022, section 3).
        """
        faces = posed_faces_stage(self.recipe, self.train, posed, f"{name}-faces")
        sequences = posed_sequences_stage(self.recipe, self.train, posed, name)
        tuned = run(faces, self.base, self.checkpoints, seed, self._steps[0])
        mixed = between(self.base, tuned, self.recipe.posed_share)
        return run(sequences, mixed, self.checkpoints, seed, self._steps[1])

    def without(self, away: Collection[str], name: str, seed: int) -> Variables:
        """The model that has seen nobody of these subjects."""
        return self.fit(self.posed.without(away), name, seed)

    def fold(self, index: int, seed: int) -> Variables:
        """The model that has seen nobody of one fold."""
        return self.without(self.folds[index], f"fold-{seed}-{index}", seed)

    def every(self, seed: int) -> Iterator[tuple[frozenset[str], Variables]]:
        """Each fold's subjects, with the model that has seen none of them."""
        for index, names in enumerate(self.folds):
            yield frozenset(names), self.fold(index, seed)

    def leaky(self, seed: int) -> tuple[list[Triple], Variables]:
        """A model trained on frames at random, and the frames left for its test.

        A demonstration of what not to do: the frames beside the test's are in training.
        """
        random = np.random.default_rng(seed)
        triples = self.posed.triples
        chosen = [random.random(len(triple.images)) < LEAKY_SHARE for triple in triples]
        cases = list(zip(triples, chosen, strict=True))
        test = [_only(triple, here) for triple, here in cases if here.any()]
        train = [_only(triple, ~here) for triple, here in cases if not here.all()]
        return test, self.fit(replace(self.posed, triples=train), f"leaky-{seed}", seed)


def between(one: Variables, other: Variables, share: float) -> Variables:
    """The weights at that share of the way from one to the other."""
    mixed: Variables = jax.tree.map(lambda a, b: (1 - share) * a + share * b, one, other)
    return mixed


def _only(triple: Triple, chosen: np.ndarray) -> Triple:
    return replace(triple, images=triple.images[chosen])
