from __future__ import annotations

from training.music.folds import EVERYTHING
from training.music.report import tries
from training.music.report.tries import GROUPS, MFCC

PARTS = ("PITCH", "RHYTHM", "SPECTRUM", "SHAPE", "HARMONY")


def test_the_parts_are_all_and_no_two_share_a_group() -> None:
    parts = [MFCC, *(getattr(tries, name) for name in PARTS)]
    assert all(parts)
    together = [group for part in parts for group in part]
    assert sorted(together) == sorted(EVERYTHING)


def test_every_variant_sees_something_that_exists() -> None:
    assert all(groups and set(groups) <= set(EVERYTHING) for groups in GROUPS.values())
    assert len({frozenset(groups) for groups in GROUPS.values()}) == len(GROUPS)
