from __future__ import annotations

import numpy as np
import pytest
from training.face.data import EMOTIONS
from training.face.posed import Posed, RealSequence, read_posed

from tests.training.face.sets import write_ckplus


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


def numbered(mask: np.ndarray) -> RealSequence:
    """Each crop is as grey as its place."""
    crops = np.repeat(np.arange(len(mask), dtype=np.uint8), 48 * 48).reshape(-1, 48, 48)
    return RealSequence(crops, mask, 1, "S001", whole=True)


@pytest.mark.parametrize(("rising", "drawn"), [(False, {0, 1, 2}), (True, {15, 16, 17, 18, 19})])
def test_draws_faces_at_rest_and_at_the_apex(rising: bool, drawn: set[int]) -> None:
    sequence, random = numbered(np.ones(20, bool)), np.random.default_rng(0)
    assert {int(sequence.draw_frame(random, rising=rising).max()) for _ in range(100)} == drawn


def test_draws_only_frames_with_a_face() -> None:
    mask = np.isin(np.arange(20), [4, 11])
    sequence, random = numbered(mask), np.random.default_rng(0)
    assert {int(sequence.draw_frame(random, rising=False).max()) for _ in range(50)} == {4, 11}
    assert sequence.draw_frame(random, rising=True).max() == 11
    with pytest.raises(ValueError, match="empty"):
        numbered(np.zeros(20, bool)).draw_frame(random, rising=True)
