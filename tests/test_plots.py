from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from companion.affect import Emotion, Quadrant
from companion.errors import UsageError
from companion.plots import DARK, LIGHT, Palette, check_file, draw_plane, open_plot

FIRST_BYTES = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize(("suffix", "begins"), FIRST_BYTES.items())
def test_each_kind_of_file(suffix: str, begins: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"plot{suffix}"
    with open_plot(file) as [axes]:
        axes.plot([0, 1], [0, 1])
    assert file.read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["plot", "plot.txt", "plot.png.exe", ".png"])
def test_a_name_that_says_no_kind(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written as") as raised:
        check_file(tmp_path / name)
    assert raised.value.remedy == "End its name in .png, .svg, .pdf."


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        check_file(tmp_path / "none" / "plot.png")


def test_a_name_in_capitals_in_this_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    check_file(Path("PLOT.PNG"))


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "plot.png").mkdir()
    with (
        pytest.raises(UsageError, match="cannot be written: Is a directory"),
        open_plot(tmp_path / "plot.png"),
    ):
        pass


def test_nothing_is_written_where_drawing_fails(tmp_path: Path) -> None:
    file = tmp_path / "plot.png"
    with pytest.raises(KeyError), open_plot(file):
        raise KeyError
    assert not file.exists()


def test_the_style_ends_with_the_plot(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    with open_plot(tmp_path / "plot.png") as [axes]:
        assert not axes.spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 1), (2, 2)])
def test_the_axes_come_row_by_row(rows: int, columns: int, tmp_path: Path) -> None:
    with open_plot(tmp_path / "plot.png", (rows, columns)) as axes:
        figure = axes[0].figure
        assert axes == figure.axes
    assert len(axes) == rows * columns


def test_the_plane_names_its_quadrants(tmp_path: Path) -> None:
    with open_plot(tmp_path / "plot.png") as [axes]:
        draw_plane(axes)
    words = {text.get_text() for text in axes.texts}
    assert {f"{quadrant.value} {quadrant.words}" for quadrant in Quadrant} <= words
    assert axes.get_xlim() == axes.get_ylim()


def test_no_name_of_a_quadrant_lies_where_a_mark_can(tmp_path: Path) -> None:
    with open_plot(tmp_path / "plot.png") as [axes]:
        draw_plane(axes)
        axes.figure.canvas.draw()  # gives the texts their size
        back = axes.transData.inverted()
        for text in axes.texts:
            box = text.get_window_extent().transformed(back)
            assert box.ymin > 1 or box.ymax < -1
            assert axes.get_ylim()[0] <= box.ymin <= box.ymax <= axes.get_ylim()[1]


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_stands_out_from_the_paper(palette: Palette) -> None:
    assert contrast(palette.ink, palette.paper) >= 7
    marks = [palette.target, palette.faint, *palette.emotions.values()]
    for colour in (*marks, *palette.quadrants.values()):
        assert contrast(colour, palette.paper) >= 3, colour


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_no_colour_means_two_things(palette: Palette) -> None:
    assert len(set(palette.emotions.values())) == len(Emotion) == len(palette.emotions)
    assert len(set(palette.quadrants.values())) == len(Quadrant) == len(palette.quadrants)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_plot_has_the_palettes_paper_and_ink(palette: Palette, tmp_path: Path) -> None:
    with open_plot(tmp_path / "plot.svg", palette=palette) as [axes]:
        draw_plane(axes, palette)
    text = (tmp_path / "plot.svg").read_text("utf-8")
    assert f"fill: {palette.paper}" in text
    assert {one.get_color() for one in axes.texts} == {palette.ink}


def test_matplotlib_is_loaded_by_a_plot_only() -> None:
    code = "import sys, companion.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
