from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.face import runs as module
from training.face.corpora import Corpus
from training.face.data import Pair, Stills, Triple, one_hot
from training.face.fit import Variables, first_variables, renew
from training.face.posed import Posed
from training.face.runs import Runs, between, first_recipe, first_weights
from training.face.stages import FROM_SCRATCH, SEQUENCE_PARTS, TOP_PARTS, Recipe

from companion.affect import Emotion
from companion.weights import flatten_tree
from tests.training.face.sets import face

PEOPLE = tuple(f"S{k}" for k in range(6))
START: Variables = {"params": {"start": np.zeros(1)}}


def corpus(name: str, people: tuple[str, ...]) -> Corpus:
    images = np.stack([face(10 * k) for k in range(len(people))])
    targets = np.stack([one_hot("fear")] * len(people))
    return Corpus(name, Stills(images, targets, people), 1.0, 1.0)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    made = Runs(tmp_path, tmp_path, START)
    images = np.stack([face(3), face(4), face(5)])
    vars(made)["wild"] = {name: corpus(name, ("", "")) for name in ("ferplus", "affectnet")}
    vars(made)["folds"] = (PEOPLE[:3], PEOPLE[3:])
    vars(made)["posed"] = Posed(
        [Pair(face(1), face(2), Emotion.ANGER, name) for name in PEOPLE],
        [Triple(images, Emotion.ANGER, name) for name in PEOPLE],
        [],
        [corpus("kdef", PEOPLE)],
    )
    vars(made)["_steps"] = None, None, None
    return made


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...], int]]:
    """The stages that were trained, the corpora or people they saw, the seed."""
    calls: list[tuple[str, tuple[str, ...], int]] = []

    def wild(_: Recipe, corpora: list[Corpus]) -> Any:
        return "wild", tuple(one.name for one in corpora)

    def posed(_: Recipe, corpora: list[Corpus], faces: Posed, name: str) -> Any:
        seen = {name for one in faces.corpora for name in one.stills.subjects}
        assert {one.subject for one in faces.pairs} <= seen
        assert {one.subject for one in faces.triples} <= seen
        return f"{name}-posed", (*(one.name for one in corpora), *sorted(seen))

    def sequence(_: Recipe, corpora: list[Corpus], faces: Posed | None, name: str) -> Any:
        people = {one.subject for one in faces.pairs} if faces else set()
        return f"{name}-sequence", (*(one.name for one in corpora), *sorted(people))

    def run(stage: Any, first: Any, _: Path, seed: int, __: Any = None) -> Any:
        calls.append((*stage, seed))
        return first

    monkeypatch.setattr(module, "wild_stage", wild)
    monkeypatch.setattr(module, "posed_stage", posed)
    monkeypatch.setattr(module, "sequence_stage", sequence)
    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "renew", lambda variables, _, __: variables)
    monkeypatch.setattr(module, "first_variables", lambda *_: START)
    monkeypatch.setattr(module, "read_posed", lambda _, names: _one(names))
    return calls


def _one(names: list[str]) -> Posed:
    return Posed([], [], [], [corpus(name, (f"of {name}",)) for name in names])


def test_each_fold_is_trained_without_its_people(
    runs: Runs, trained: list[tuple[str, tuple[str, ...], int]]
) -> None:
    found = list(runs.every_fold(7))
    assert [away for away, _ in found] == [frozenset(PEOPLE[:3]), frozenset(PEOPLE[3:])]
    posed = {name: seen for name, seen, _ in trained if "fold" in name}
    for index, away in enumerate((PEOPLE[:3], PEOPLE[3:])):
        for stage in ("posed", "sequence"):
            assert not set(posed[f"fold-{index}-{stage}"]) & set(away)
    assert {seed for name, _, seed in trained if "fold" in name} == {7}
    assert {seed for name, _, seed in trained if "fold" not in name} == {0}


@pytest.mark.parametrize("name", ["ferplus", "affectnet", "kdef", "ckplus"])
def test_a_left_out_corpus_is_never_seen(
    runs: Runs, trained: list[tuple[str, tuple[str, ...], int]], name: str
) -> None:
    runs.without_corpus(name)
    assert len(trained) == 2
    for _, seen, _ in trained:
        assert not {name, f"of {name}"} & set(seen)


def test_the_shipped_model_sees_everybody(
    runs: Runs, trained: list[tuple[str, tuple[str, ...], int]]
) -> None:
    runs.shipped()
    names = [name for name, _, _ in trained]
    assert names == ["wild", "wild-sequence", "all-posed", "all-sequence"]
    assert set(PEOPLE) <= set(trained[-1][1])


def test_no_such_corpus(runs: Runs) -> None:
    with pytest.raises(ValueError, match="no such corpus: jaffe"):
        runs.without_corpus("jaffe")


def noting(
    renewed: list[tuple[str, ...]],
) -> Callable[[Variables, tuple[str, ...], int], Variables]:
    """A `renew` that notes the parts and changes nothing."""

    def renew(variables: Variables, parts: tuple[str, ...], _: int) -> Variables:
        renewed.append(parts)
        return variables

    return renew


def test_nothing_that_has_seen_ckplus_is_left_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    renewed: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "renew", noting(renewed))
    monkeypatch.setattr(module, "first_variables", lambda *_: {"params": "fresh"})
    assert first_weights(START, "affectnet", 0) is START
    assert first_weights(START, "ckplus", 0) is START
    assert renewed == [TOP_PARTS]
    assert first_weights(START, "ferplus", 0) == {"params": "fresh"}
    assert first_weights(None, "", 0) == {"params": "fresh"}
    assert first_recipe(Recipe(), "ckplus").wild_parts == TOP_PARTS


def test_the_convlstm_of_the_start_is_renewed_too(
    runs: Runs,
    trained: list[tuple[str, tuple[str, ...], int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renewed: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "renew", noting(renewed))
    runs.without_people(PEOPLE[:1], "some", 0)
    assert renewed == [TOP_PARTS, SEQUENCE_PARTS]


def test_from_random_weights_it_takes_the_longer_recipe(tmp_path: Path) -> None:
    assert Runs(tmp_path, tmp_path).recipe == FROM_SCRATCH
    assert Runs(tmp_path, tmp_path, START).recipe == Recipe()


@pytest.mark.parametrize(("share", "wanted"), [(0, 2), (0.25, 3), (1, 6)])
def test_weights_part_of_the_way(share: float, wanted: float) -> None:
    one, other = ({"layer": {"kernel": np.full(3, value)}} for value in (2.0, 6.0))
    np.testing.assert_allclose(between(one, other, share)["layer"]["kernel"], wanted)


@pytest.mark.slow
def test_renewed_parts_are_fresh_and_the_others_stay() -> None:
    before = first_variables(0)
    after = flatten_tree(renew(before, ("trunk/Block_5/", "frame_head/"), 1))
    for name, value in flatten_tree(before).items():
        same = np.array_equal(value, after[name])
        fresh = "trunk/Block_5/Conv" in name or name == "params/frame_head/kernel"
        assert same != fresh, name
