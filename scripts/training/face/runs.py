"""The runs of the training: the shipped model, and those that have not seen a corpus or a fold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import jax
from safetensors.numpy import load_file

from companion.weights import unflatten_tree
from training.face.corpora import WILD, Corpus, read_wild
from training.face.data import sequence_subjects
from training.face.fit import (
    NARROW,
    Step,
    Terms,
    Variables,
    add_schemes,
    first_variables,
    make_step,
    renew,
    run,
)
from training.face.folds import Folds, kdef_folds, read_folds
from training.face.posed import Posed, read_posed
from training.face.stages import (
    FROM_SCRATCH,
    SEQUENCE_PARTS,
    TOP_PARTS,
    Recipe,
    posed_stage,
    sequence_stage,
    wild_stage,
)

UNSEEN = "unseen"
POSED = ("ckplus", "kdef")
CORPORA = (*WILD, *POSED)


@dataclass(frozen=True)
class Runs:
    """All that the runs share.

    Attributes:
        data: the folder with all data sets.
        checkpoints: where an interrupted run goes on.
        start: weights to start from; None to start from random ones. Those of the third model,
            which have seen FER+ and, in the upper part of the trunk and in the ConvLSTM, CK+.
        seed: of all that is drawn before the posed faces.
    """

    data: Path
    checkpoints: Path
    start: Variables | None = None
    seed: int = 0

    @property
    def recipe(self) -> Recipe:
        """That of the shipped model."""
        return Recipe() if self.start else FROM_SCRATCH

    @cached_property
    def wild(self) -> dict[str, Corpus]:
        """The corpora of faces from the web, by name."""
        return {corpus.name: corpus for corpus in read_wild(WILD, self.data)}

    @cached_property
    def posed(self) -> Posed:
        """All posed faces."""
        return read_posed(self.data, POSED)

    @cached_property
    def folds(self) -> Folds:
        """The people of each fold, of CK+ and of KDEF."""
        people = next(one for one in self.posed.corpora if one.name == "kdef").stills.subjects
        pairs = zip(read_folds(self.data / "ckplus"), kdef_folds(people), strict=True)
        return tuple(ours + theirs for ours, theirs in pairs)

    def shipped(self) -> Variables:
        """The model that has seen everything."""
        return self._fit(self._base(""), self.posed, "all", self.seed)

    def without_posed(self, name: str) -> Variables:
        """The same after the first stage, which sees no posed face."""
        return self._base(name)

    def without_corpus(
        self, name: str, terms: Terms | None = None, share: float | None = None
    ) -> Variables:
        """The model that has seen nothing of one corpus; its readings of single frames count.

        Args:
            name: one of `CORPORA`.
            terms: of the loss on posed faces, where not those of the recipe.
            share: of the way to the weights that posed faces lead to, likewise.

        Raises:
            ValueError: there is no such corpus.
        """
        if name not in CORPORA:
            raise ValueError(f"no such corpus: {name}")
        recipe = self.recipe
        recipe = replace(
            recipe, terms=terms or recipe.terms, posed_share=share or recipe.posed_share
        )
        posed = read_posed(self.data, [one for one in POSED if one != name])
        stage = posed_stage(recipe, self._known(name), posed, f"without-{name}")
        tuned = run(stage, base := self._base(name), self.checkpoints, self.seed)
        return between(base, tuned, recipe.posed_share)

    @cached_property
    def away(self) -> frozenset[str]:
        """The people of the real sequences of CK+."""
        return frozenset(sequence_subjects(self.data / "ckplus"))

    def unseen(self) -> Variables:
        """The model that has seen nobody of the real sequences, for the whole way from a camera."""
        return self.without_people(self.away, UNSEEN, self.seed)

    def without_people(self, away: Collection[str], name: str, seed: int) -> Variables:
        """The model that has seen nobody of these people, whatever it starts from."""
        return self._fit(self._base("ckplus"), self.posed.without(away), name, seed)

    def every_fold(
        self, seed: int, count: int | None = None
    ) -> Iterator[tuple[frozenset[str], Variables]]:
        """The people of the first `count` folds, or of all, with a model that saw none of them."""
        for index, names in enumerate(self.folds[:count]):
            yield frozenset(names), self.without_people(names, f"fold-{index}", seed)

    def _known(self, away: str) -> list[Corpus]:
        return [corpus for name, corpus in self.wild.items() if name != away]

    def _base(self, away: str) -> Variables:
        """The trunk on faces from the web but for one corpus."""
        recipe = first_recipe(self.recipe, away) if self.start else self.recipe
        first = first_weights(self.start, away, self.seed)
        stage = wild_stage(recipe, self._known(away))
        found = run(stage, first, self.checkpoints, self.seed)
        # What follows the trunk in the weights to start from has seen CK+.
        clean = self.start is None or away != "ckplus"
        return found if clean else renew(found, SEQUENCE_PARTS, self.seed)

    def _fit(self, base: Variables, posed: Posed, name: str, seed: int) -> Variables:
        """From a base on: the ConvLSTM, posed faces, the ConvLSTM again.

        It goes part of the way to the weights that posed faces lead to: that keeps more of the
        faces from the web than it costs of the posed ones (M. Wortsman et al., "Robust
        fine-tuning of zero-shot models", CVPR 2022, section 3).
        """
        wild, (first, faces, again) = list(self.wild.values()), self._steps
        stage = sequence_stage(self.recipe, wild, None, "wild")
        base = run(stage, base, self.checkpoints, self.seed, first)
        stage = posed_stage(self.recipe, wild, posed, name)
        mixed = between(
            base, run(stage, base, self.checkpoints, seed, faces), self.recipe.posed_share
        )
        stage = sequence_stage(self.recipe, wild, posed, name)
        return run(stage, mixed, self.checkpoints, seed, again)

    @cached_property
    def _steps(self) -> Sequence[Step]:
        """Those of the last three stages, compiled once for all folds."""
        wild = list(self.wild.values())
        return [
            make_step(sequence_stage(self.recipe, wild, None, "")),
            make_step(posed_stage(self.recipe, wild, self.posed, "")),
            make_step(sequence_stage(self.recipe, wild, self.posed, "")),
        ]


def first_weights(start: Variables | None, away: str, seed: int) -> Variables:
    """The weights that a run without one corpus starts from: none that have seen the corpus."""
    if start is None:
        return first_variables(seed)
    if away == "ferplus":
        return first_variables(seed, NARROW)
    return renew(start, TOP_PARTS, seed) if away == "ckplus" else start


def first_recipe(recipe: Recipe, away: str) -> Recipe:
    """The recipe of the first stage from there; that of the shipped model for the others."""
    match away:
        case "ckplus":
            return replace(recipe, wild_steps=200, wild_rate=0.02, wild_parts=TOP_PARTS)
        case "ferplus":
            return replace(recipe, wild_steps=200, wild_rate=0.02)
        case "affectnet":
            return replace(recipe, wild_epochs=3, wild_stop=3)
    return recipe


def read_start(file: Path) -> Variables:
    """Weights to start from, of the same network.

    Args:
        file: `weights.safetensors` of a model.
    """
    return add_schemes(unflatten_tree(load_file(file)))


def between(one: Variables, other: Variables, share: float) -> Variables:
    """The weights at that share of the way from one to the other."""
    mixed: Variables = jax.tree.map(lambda a, b: (1 - share) * a + share * b, one, other)
    return mixed
