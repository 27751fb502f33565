from __future__ import annotations

import numpy as np
import pytest
from training.music.report.piano import choose_pieces, summarise

NAMES = [
    f"Q{quadrant}_song{quadrant}{song}_{part}.mid"
    for quadrant in range(1, 5)
    for song in range(5)
    for part in range(3)
]


@pytest.mark.parametrize(("wanted", "each"), [(0, 0), (1, 1), (5, 5), (99, 5)])
def test_one_piece_of_each_recording(wanted: int, each: int) -> None:
    chosen = choose_pieces([*NAMES, "split/train.csv"], wanted)
    assert len(chosen) == 4 * each
    assert len({name.rsplit("_", 1)[0] for name in chosen}) == len(chosen)
    assert all(sum(name.startswith(f"Q{n}") for name in chosen) == each for n in range(1, 5))


def test_who_takes_all_for_calm_is_right_in_a_quarter() -> None:
    said = np.tile([0.02, 0.02, 0.06, 0.9], (8, 1))
    figures = summarise(said, np.arange(8) % 4)
    assert figures["accuracy"] == 0.25
    assert figures["taken for Q4"] == 8
    assert figures["share of its mistakes that it is sure of"] == 1
    assert figures["sign of arousal right"] == 0.5


def test_no_mistake_is_no_sure_mistake() -> None:
    figures = summarise(np.eye(4), np.arange(4))
    assert figures["accuracy"] == 1
    assert figures["share of its mistakes that it is sure of"] == 0
