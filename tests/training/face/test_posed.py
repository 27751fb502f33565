from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.face.data import EMOTIONS
from training.face.posed import Posed, RealSequence, read_posed

from companion.affect import Emotion
from tests.training.face.sets import write_ckplus, write_kdef

NEUTRAL = EMOTIONS.index(Emotion.NEUTRAL)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("face")
    write_ckplus(folder / "ckplus")
    write_kdef(folder / "kdef", [("F01", "A", "neutral"), ("F01", "A", "fear")])
    return folder


@pytest.fixture(scope="module")
def posed(data: Path) -> Posed:
    return read_posed(data)


def test_reads_all_parts(posed: Posed) -> None:
    assert [one.subject for one in posed.pairs] == ["S001", "S002", "F01"]
    assert [one.subject for one in posed.triples] == ["S001", "S002"]
    assert [one.subject for one in posed.sequences] == ["S002"]
    assert [corpus.name for corpus in posed.corpora] == ["ckplus", "ckplus", "kdef"]


@pytest.mark.parametrize(("name", "other"), [("ckplus", "kdef"), ("kdef", "ckplus")])
def test_reads_one_set_alone(data: Path, name: str, other: str) -> None:
    posed = read_posed(data, [name])
    assert {corpus.name for corpus in posed.corpora} == {name}
    assert bool(posed.triples) == (name == "ckplus")
    assert other not in {corpus.name for corpus in posed.corpora}


def test_a_frame_without_a_face_is_black_and_hidden(posed: Posed) -> None:
    (sequence,) = posed.sequences
    assert EMOTIONS[sequence.label] == "happiness"
    assert sequence.crops.shape == (1, 48, 48)
    assert not sequence.mask.any()
    assert not np.any(sequence.crops)


@pytest.mark.parametrize(
    ("away", "left"), [((), 6), (("S001",), 4), (("S001", "S002"), 1), (("F01",), 5)]
)
def test_without_some_people(posed: Posed, away: tuple[str, ...], left: int) -> None:
    others = posed.without(away)
    parts = others.pairs, others.triples, others.sequences
    names = [one.subject for part in parts for one in part]
    assert len(names) == left
    shown = {name for corpus in others.corpora for name in corpus.stills.subjects}
    assert not {*names, *shown} & set(away)
    assert all(len(corpus.stills) for corpus in others.corpora)


def numbered(mask: np.ndarray) -> RealSequence:
    """Each crop is as grey as its place."""
    crops = np.repeat(np.arange(len(mask), dtype=np.uint8), 48 * 48).reshape(-1, 48, 48)
    return RealSequence(crops, mask, 1, "S001", whole=True)


def greys(images: np.ndarray) -> list[int]:
    return [int(image.max()) for image in images]


def test_the_ends_are_faces_at_rest_and_at_the_apex() -> None:
    rest, apex = numbered(np.ones(20, bool)).ends
    assert greys(rest) == [0, 1, 2]
    assert greys(apex) == [15, 16, 17, 18, 19]


def test_the_ends_have_a_face() -> None:
    rest, apex = numbered(np.isin(np.arange(20), [4, 11])).ends
    assert greys(rest) == [4, 11]
    assert greys(apex) == [11]
    assert all(not len(end) for end in numbered(np.zeros(20, bool)).ends)
