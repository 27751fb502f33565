"""The look of every plot that a command writes, and the affect plane that several draw on.

A command calls `check_file(file)` before its work, then draws on the axes that
`with open_plot(file) as axes:` gives; the file is written when the block ends. Colours mean
the same in all plots: take them from a `Palette`, `LIGHT` or `DARK`. Text is drawn in `ink`
only (contrast with the paper above 7), marks in colours of a contrast of 3 or more (WCAG 2.2,
1.4.3 and 1.4.11). matplotlib is loaded by `open_plot` only. Nothing of a camera's frame is
ever drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.affect import Emotion, Quadrant
from companion.errors import UsageError
from companion.paths import is_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 144
EDGE = 1.17  # of the drawn plane: beyond 1 there is room for names, where no mark can lie
NAME_AT = 1.06  # of the names of the quadrants
_TICKS = (-1, -0.5, 0, 0.5, 1)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a plot.

    Attributes:
        paper, ink, faint: of the background, of text, of what only guides the eye.
        target: of where the music should be.
        few, many: the ends of the scale by which tracks are counted.
        emotions: after M. Okabe and K. Ito, "Color universal design", 2008, told
            apart by colour-blind people too; darkened or lightened to stand out from the paper.
            Neutral is grey, and brown stands for their yellow.
    """

    paper: str
    ink: str
    faint: str
    target: str
    few: str
    many: str
    emotions: Mapping[Emotion, str]

    @property
    def quadrants(self) -> dict[Quadrant, str]:
        """The colours of quadrants: each that of an emotion, told apart from the others."""
        return {quadrant: self.emotions[emotion] for quadrant, emotion in _MAIN_EMOTIONS.items()}

    @property
    def style(self) -> Any:
        """The parameters of matplotlib."""
        paper = dict.fromkeys(("figure.facecolor", "axes.facecolor"), self.paper)
        ink = ("axes.labelcolor", "text.color", "xtick.color", "ytick.color")
        return {**_STYLE, **paper, **dict.fromkeys(ink, self.ink), "axes.edgecolor": self.faint}


_MAIN_EMOTIONS = {
    Quadrant.Q1: Emotion.HAPPINESS,
    Quadrant.Q2: Emotion.ANGER,
    Quadrant.Q3: Emotion.SADNESS,
    Quadrant.Q4: Emotion.DISGUST,
}
LIGHT = Palette(
    paper="#ffffff",
    ink="#2b2b2b",
    faint="#808080",
    target="#7a5193",
    few="#cfe1f2",
    many="#08306b",
    emotions={
        Emotion.NEUTRAL: "#8c8c8c",
        Emotion.HAPPINESS: "#bf8000",
        Emotion.SURPRISE: "#2f94cf",
        Emotion.SADNESS: "#0072b2",
        Emotion.ANGER: "#d55e00",
        Emotion.DISGUST: "#009e73",
        Emotion.FEAR: "#cc79a7",
        Emotion.CONTEMPT: "#7a5c3e",
    },
)
DARK = Palette(
    paper="#1b1b1f",
    ink="#e8e8e8",
    faint="#8c8c8c",
    target="#b28ae0",
    few="#27405c",
    many="#dcebfa",
    emotions={
        Emotion.NEUTRAL: "#a8a8a8",
        Emotion.HAPPINESS: "#e69f00",
        Emotion.SURPRISE: "#56b4e9",
        Emotion.SADNESS: "#2f8fce",
        Emotion.ANGER: "#ff7f2a",
        Emotion.DISGUST: "#1fb58a",
        Emotion.FEAR: "#d48fb8",
        Emotion.CONTEMPT: "#b08a63",
    },
)
_STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.fonttype": "none",
}


def check_file(file: Path) -> None:
    """Find out before the work that a plot cannot be written there.

    Raises:
        UsageError: its ending is of no kind that can be drawn, or its folder is missing.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"A plot cannot be written as {file.name}.", f"End its name in {', '.join(SUFFIXES)}."
        )
    if not is_folder(file.absolute().parent):
        raise UsageError(f"There is no folder {file.parent}.", "Make it first.")


@contextlib.contextmanager
def open_plot(
    file: Path,
    grid: tuple[int, int] = (1, 1),
    size: tuple[float, float] = (8.0, 5.0),
    palette: Palette = LIGHT,
    **options: Any,
) -> Iterator[list[Axes]]:
    """Axes to draw on, row by row, in the common style; the file is written at the end.

    The grid is of rows and columns, the size in inches; the options are those of
    `matplotlib.figure.Figure.subplots`, such as sharex and height_ratios.

    Raises:
        UsageError: the file cannot be written.
    """
    check_file(file)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(palette.style):
        figure = Figure(figsize=size, layout="constrained", dpi=DOTS_PER_INCH)
        yield list(figure.subplots(*grid, squeeze=False, **options).ravel())
        try:
            figure.savefig(file)
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}.") from error


def draw_plane(axes: Axes, palette: Palette = LIGHT) -> None:
    """Make the axes the affect plane: valence to the right, arousal up, quadrants named."""
    axes.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
    axes.set(xticks=_TICKS, yticks=_TICKS)
    axes.set(xlabel="valence: unpleasant to pleasant", ylabel="arousal: sleepy to excited")
    axes.axhline(0, color=palette.faint, linewidth=0.8, zorder=4)
    axes.axvline(0, color=palette.faint, linewidth=0.8, zorder=4)
    for quadrant, (x, y) in _CORNERS.items():
        axes.text(
            x,
            NAME_AT * y,
            f"{quadrant.value} {quadrant.words}",
            ha="right" if x > 0 else "left",
            va="bottom" if y > 0 else "top",
            bbox={"fc": palette.paper, "ec": palette.quadrants[quadrant], "pad": 2},
        )


_CORNERS = {Quadrant.Q1: (1, 1), Quadrant.Q2: (-1, 1), Quadrant.Q3: (-1, -1), Quadrant.Q4: (1, -1)}
