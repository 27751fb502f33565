from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.affect import Affect, Quadrant
from companion.cli.library.map_plot import MOST_DOTS, draw_map


def places(count: int) -> list[Affect]:
    rng = np.random.default_rng(1)
    return [Affect.clipped(*pair) for pair in rng.normal(0, 0.5, (count, 2))]


def draw(file: Path, count: int) -> str:
    draw_map(places(count), file)
    return file.read_text("utf-8")


@pytest.mark.parametrize("count", [0, 1, 100, MOST_DOTS + 1])
def test_it_names_the_quadrants_and_the_axes(count: int, tmp_path: Path) -> None:
    text = draw(tmp_path / "map.svg", count)
    assert f">{count:,} tracks, as they sound<" in text
    for quadrant in Quadrant:
        assert f">{quadrant.value} {quadrant.words}<" in text
    assert ">valence: unpleasant to pleasant<" in text


@pytest.mark.parametrize("count", [1, 50, MOST_DOTS])
def test_a_dot_for_each_track(count: int, tmp_path: Path) -> None:
    assert draw(tmp_path / "map.svg", count).count('style="fill') >= count


def test_many_tracks_are_counted_in_cells(tmp_path: Path) -> None:
    text = draw(tmp_path / "map.svg", 20_000)
    assert ">tracks in a cell<" in text
    assert len(text) < 2_000_000
