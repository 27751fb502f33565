from __future__ import annotations

import numpy as np
import pytest
from training.face_data import EMOTIONS
from training.face_posed import Posed, read_posed

from tests.training.face_sets import write_ckplus


@pytest.fixture(scope="module")
def posed(tmp_path_factory: pytest.TempPathFactory) -> Posed:
    return read_posed(write_ckplus(tmp_path_factory.mktemp("ckplus") / "set"))


def test_reads_all_three_parts(posed: Posed) -> None:
    assert [one.subject for one in posed.pairs] == ["S001", "S002"]
    assert [one.subject for one in posed.triples] == ["S001", "S002"]
    assert [one.subject for one in posed.sequences] == ["S002"]


def test_a_frame_without_a_face_is_black_and_hidden(posed: Posed) -> None:
    (sequence,) = posed.sequences
    assert EMOTIONS[sequence.label] == "happiness"
    assert sequence.crops.shape == (1, 48, 48)
    assert not sequence.mask.any()
    assert not np.any(sequence.crops)


@pytest.mark.parametrize(("away", "left"), [((), 5), (("S001",), 3), (("S001", "S002"), 0)])
def test_without_some_people(posed: Posed, away: tuple[str, ...], left: int) -> None:
    others = posed.without(away)
    parts = others.pairs, others.triples, others.sequences
    names = [one.subject for part in parts for one in part]
    assert len(names) == left
    assert not set(names) & set(away)
