"""The people of CK+ and of KDEF in ten folds: all files of one person stand in one fold."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

from sklearn.model_selection import StratifiedGroupKFold

from companion.affect import Emotion
from training.face.data import CROP_FILES

FOLDS = 10
SEED = 0  # of the folds

Folds = tuple[tuple[str, ...], ...]


def read_folds(folder: Path, count: int = FOLDS) -> Folds:
    """The subjects of each fold, sorted; folds have about as many sequences of each emotion.

    Args:
        folder: of CK+. Only its tables are read.
        count: how many folds.
    """
    sessions: dict[tuple[str, str], str] = {}
    subjects: set[str] = set()
    for file in CROP_FILES:
        with (folder / f"{file}.csv").open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                subjects.add(row["subject"])
                if row["label"] != Emotion.NEUTRAL:
                    sessions[row["subject"], row["session"]] = row["label"]
    keys = sorted(sessions)
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    split = splitter.split(keys, [sessions[key] for key in keys], [name for name, _ in keys])
    folds = [{keys[index][0] for index in test} for _, test in split]
    # Who shows no emotion has no class to balance: spread by name.
    for index, name in enumerate(sorted(subjects - set().union(*folds))):
        folds[index % count].add(name)
    return tuple(tuple(sorted(names)) for names in folds)


def kdef_folds(subjects: Collection[str], count: int = FOLDS) -> Folds:
    """The people of KDEF by turns: each of them shows every emotion."""
    names = sorted(set(subjects))
    return tuple(tuple(names[index::count]) for index in range(count))


def fold_of(folds: Folds) -> dict[str, int]:
    """The fold of each subject."""
    return {name: index for index, names in enumerate(folds) for name in names}
