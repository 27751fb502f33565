from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from training.face.data import read_triples, sequence_subjects
from training.face.folds import FOLDS, fold_of, kdef_folds, read_folds

from tests.training.face.sets import write_rows


def write_sessions(folder: Path, people: int) -> Path:
    """Three sessions a person, and one person who is only ever neutral."""
    folder.mkdir()
    labels = ("anger", "happiness", "surprise")
    rows = [
        {"row": k, "subject": f"S{k // 3:03}", "session": k % 3, "frame": 9, "label": labels[k % 3]}
        for k in range(3 * people)
    ]
    neutral = {"row": 0, "subject": "S999", "session": 1, "frame": 1, "label": "neutral"}
    write_rows(folder / "apex3_48px.csv", [dict(row) for row in rows])
    write_rows(folder / "onset_and_apex_48px.csv", [dict(neutral), *(dict(row) for row in rows)])
    return folder


@pytest.mark.parametrize("count", [2, 5])
def test_each_subject_stands_in_one_fold(tmp_path: Path, count: int) -> None:
    folds = read_folds(write_sessions(tmp_path / "ck", 20), count)
    names = [name for fold in folds for name in fold]
    assert len(folds) == count
    assert sorted(names) == [f"S{k:03}" for k in range(20)] + ["S999"]
    assert all(len(fold) >= 20 // count for fold in folds)


def test_the_folds_are_always_the_same(tmp_path: Path) -> None:
    folder = write_sessions(tmp_path / "ck", 20)
    assert read_folds(folder) == read_folds(folder)


def test_fold_of() -> None:
    assert fold_of((("a", "b"), ("c",))) == {"a": 0, "b": 0, "c": 1}


@pytest.mark.data
def test_the_real_folds_have_every_emotion() -> None:
    folder = Path(__file__).parents[2].parent / "shared" / "data" / "face" / "ckplus"
    if not folder.is_dir():
        pytest.skip("the data sets are not beside the project")
    folds = read_folds(folder)
    where = fold_of(folds)
    counts = Counter((where[one.subject], one.label) for one in read_triples(folder))
    assert len(counts) == FOLDS * 7
    assert sequence_subjects(folder) <= where.keys()


def test_the_people_of_kdef_are_parted_by_turns() -> None:
    people = [f"{sex}{k:02}" for sex in "FM" for k in range(1, 11)]
    folds = kdef_folds(people * 2, 10)
    assert sorted(name for fold in folds for name in fold) == people
    assert {len(fold) for fold in folds} == {2}
    assert all({name[0] for name in fold} == {"F", "M"} for fold in folds)
