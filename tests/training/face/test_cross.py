from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.face import cross
from training.face.cross import Cross, between
from training.face.data import Pair, Stills, Triple, one_hot
from training.face.fit import Stage
from training.face.posed import Posed, RealSequence
from training.face.stages import Recipe

from companion.affect import Emotion
from tests.training.face.sets import face

PEOPLE = tuple(f"S{k}" for k in range(6))


@pytest.fixture
def cross(tmp_path: Path) -> Cross:
    stills = Stills(face(10)[None], one_hot("fear")[None], ("",))
    made = Cross({}, Recipe(), stills, tmp_path, tmp_path)
    vars(made)["folds"] = (PEOPLE[:3], PEOPLE[3:])
    images = np.stack([face(3), face(4), face(5)])
    seen = np.ones(3, bool)
    vars(made)["posed"] = Posed(
        [Pair(face(1), face(2), Emotion.ANGER, name) for name in PEOPLE],
        [Triple(images, Emotion.ANGER, name) for name in PEOPLE],
        [RealSequence(images, seen, 4, name, whole=True) for name in PEOPLE],
    )
    vars(made)["_steps"] = None, None
    return made


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int, int]]:
    """What was trained: the stage's name, its pairs and crops of CK+48, the seed."""
    calls: list[tuple[str, int, int, int]] = []
    sizes: dict[str, tuple[int, int]] = {}

    def stage(_: Any, __: Any, posed: Posed, name: str) -> str:
        sizes[name] = len(posed.pairs), sum(len(triple.images) for triple in posed.triples)
        parts = posed.pairs, posed.triples, posed.sequences
        assert len({frozenset(one.subject for one in part) for part in parts}) == 1
        return name

    def run(stage: Stage | str, base: Any, folder: Path, seed: int, step: Any) -> Any:
        calls.append((str(stage), *sizes[str(stage)], seed))
        return base

    monkeypatch.setattr(face_cross, "posed_faces_stage", stage)
    monkeypatch.setattr(face_cross, "posed_sequences_stage", stage)
    monkeypatch.setattr(face_cross, "run", run)
    return calls


def test_each_fold_is_trained_without_its_people(
    cross: Cross, trained: list[tuple[str, int, int, int]]
) -> None:
    found = list(cross.every(7))
    assert [away for away, _ in found] == [frozenset(PEOPLE[:3]), frozenset(PEOPLE[3:])]
    names = ["fold-7-0-faces", "fold-7-0", "fold-7-1-faces", "fold-7-1"]
    assert trained == [(name, 3, 9, 7) for name in names]


def test_the_leaky_split_keeps_the_people_and_parts_the_frames(
    cross: Cross, trained: list[tuple[str, int, int, int]]
) -> None:
    test, _ = cross.leaky(1)
    apart = sum(len(triple.images) for triple in test)
    name, _, kept, _ = trained[0]
    assert name == "leaky-1-faces"
    assert 0 < apart < 9
    assert apart + kept == 18


@pytest.mark.parametrize(("share", "wanted"), [(0, 2), (0.25, 3), (1, 6)])
def test_weights_part_of_the_way(share: float, wanted: float) -> None:
    one, other = ({"layer": {"kernel": np.full(3, value)}} for value in (2.0, 6.0))
    np.testing.assert_allclose(between(one, other, share)["layer"]["kernel"], wanted)
