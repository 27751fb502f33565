from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training.face.data import (
    EMOTIONS,
    join,
    kdef_pairs,
    one_hot,
    read_affectnet,
    read_ckplus,
    read_ferplus,
    read_first_labels,
    read_kdef,
    read_matched,
    read_pairs,
    sequence_subjects,
)

from companion.affect import Emotion
from tests.training.face.sets import (
    face,
    votes,
    write_affectnet,
    write_ckplus,
    write_ferplus,
    write_first_labels,
    write_kdef,
)


@pytest.fixture
def ckplus(tmp_path: Path) -> Path:
    return write_ckplus(tmp_path / "ckplus")


def test_reads_each_cell_of_its_split(tmp_path: Path) -> None:
    rows = [
        votes("train_00.webp", 0, "train", neutral=10),
        votes("train_00.webp", 41, "train", anger=10),
        votes("test_00.webp", 3, "test", fear=10),
    ]
    stills = read_ferplus(write_ferplus(tmp_path, rows), "train")
    np.testing.assert_array_equal(stills.images, [face(0), face(82)])
    assert [EMOTIONS[k] for k in stills.labels] == [Emotion.NEUTRAL, Emotion.ANGER]


@pytest.mark.parametrize(
    ("counts", "target"),
    [
        ({"neutral": 5, "sadness": 5}, {"neutral": 0.5, "sadness": 0.5}),
        ({"neutral": 8, "fear": 1, "unknown": 1}, {"neutral": 1.0}),
        ({"neutral": 1, "fear": 1, "unknown": 8}, {"neutral": 0.5, "fear": 0.5}),
        ({"happiness": 6, "surprise": 2, "not_a_face": 2}, {"happiness": 0.75, "surprise": 0.25}),
    ],
)
def test_votes_become_shares(
    tmp_path: Path, counts: dict[str, int], target: dict[str, float]
) -> None:
    rows = [votes("a.webp", 0, "train", **counts)]
    (shares,) = read_ferplus(write_ferplus(tmp_path, rows), "train").targets
    assert {name: share for name, share in zip(EMOTIONS, shares, strict=True) if share} == target


def test_a_face_without_a_vote_is_left_out(tmp_path: Path) -> None:
    rows = [votes("a.webp", 0, "train", unknown=10), votes("a.webp", 1, "train", fear=10)]
    assert len(read_ferplus(write_ferplus(tmp_path, rows), "train")) == 1


def test_crops_know_whose_they_are(ckplus: Path) -> None:
    crops = read_ckplus(ckplus, "onset_and_apex_48px")
    assert crops.subjects == ("S001",) * 3 + ("S002",) * 2
    np.testing.assert_array_equal(crops.images[4], face(40))
    assert EMOTIONS[crops.labels[1]] is Emotion.ANGER


def test_pairs_have_both_ends_of_one_session(ckplus: Path) -> None:
    first, second = read_pairs(ckplus)
    assert (first.subject, first.label) == ("S001", Emotion.ANGER)
    np.testing.assert_array_equal(first.onset, face(0))
    np.testing.assert_array_equal(first.apex, face(10))
    assert (second.subject, second.label) == ("S002", Emotion.HAPPINESS)


def test_the_people_of_the_sequences_can_be_left_out(ckplus: Path) -> None:
    held_out = sequence_subjects(ckplus)
    assert held_out == {"S002"}
    crops = read_ckplus(ckplus, "apex3_48px").without(held_out)
    assert set(crops.subjects) == {"S001"}
    assert len(crops.images) == len(crops.targets) == 1


def test_matched_crops_have_their_whole_frame(ckplus: Path) -> None:
    crops, files = read_matched(ckplus)
    assert [file.name for file in files] == ["00000002.jpg"] * 2
    assert crops.subjects == ("S002", "S002")
    np.testing.assert_array_equal(crops.images, [face(10), face(40)])


def test_join_keeps_the_order(ckplus: Path) -> None:
    one, two = read_ckplus(ckplus, "apex3_48px"), read_ckplus(ckplus, "onset_and_apex_48px")
    both = join(one, two)
    assert len(both) == len(one) + len(two)
    np.testing.assert_array_equal(both.images[len(one)], two.images[0])
    assert both.subjects == one.subjects + two.subjects


def test_one_hot() -> None:
    assert one_hot("neutral").tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    assert one_hot(Emotion.CONTEMPT).argmax() == 7


def test_first_labels_stand_beside_the_votes(tmp_path: Path) -> None:
    rows = [
        votes("a.webp", 0, "train", neutral=10),
        votes("a.webp", 1, "train", unknown=10),
        votes("a.webp", 2, "train", fear=10),
        votes("a.webp", 3, "test", fear=10),
    ]
    folder = write_ferplus(tmp_path, rows)
    write_first_labels(folder, {("a.webp", 0): "sadness", ("a.webp", 2): ""})
    first = read_first_labels(folder, "train")
    assert len(first) == len(read_ferplus(folder, "train")) == 2
    np.testing.assert_array_equal(first, [one_hot("sadness"), np.zeros(8)])


def test_affectnet_cells_are_wide_and_their_windows_are_crops(tmp_path: Path) -> None:
    folder = write_affectnet(tmp_path, [("train", "anger"), ("test", "fear"), ("train", "disgust")])
    stills = read_affectnet(folder, "train")
    assert stills.images.shape == (2, 64, 64)
    assert stills.windows.shape == (2, 48, 48)
    np.testing.assert_array_equal(stills.windows, stills.images[:, 8:56, 8:56])
    assert [EMOTIONS[k] for k in stills.labels] == [Emotion.ANGER, Emotion.DISGUST]
    assert stills.images[1].mean() == pytest.approx(60, abs=2)


def test_kdef_knows_people_and_sessions(tmp_path: Path) -> None:
    rows = [("F01", "A", "neutral"), ("F01", "A", "fear"), ("F01", "B", "fear")]
    faces = read_kdef(write_kdef(tmp_path, rows))
    assert faces.stills.images.shape == (3, 64, 64)
    assert faces.stills.subjects == ("F01",) * 3
    assert list(faces.sessions) == ["A", "A", "B"]
    assert faces.stills.images[2].mean() == pytest.approx(60, abs=2)


def test_kdef_pairs_stay_within_a_session(tmp_path: Path) -> None:
    rows = [("F01", "A", "neutral"), ("F01", "A", "fear"), ("F01", "B", "fear")]
    (pair,) = kdef_pairs(read_kdef(write_kdef(tmp_path, rows)))
    assert (pair.subject, pair.label) == ("F01", Emotion.FEAR)
    assert pair.onset.mean() < pair.apex.mean()
