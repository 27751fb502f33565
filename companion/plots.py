"""The look of every plot that a command writes, and the affect plane that several draw on.

A command calls `check_file(file)` before its work, then draws on the axes that
`with open_plot(file) as axes:` gives; the file is written when the block ends. Colours say
the same in all plots: take them from `EMOTION_COLOURS`, `QUADRANT_COLOURS`, `INK` and
`FAINT`. matplotlib is loaded by `open_plot` only. Nothing of a camera's frame is ever drawn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.affect import EMOTION_AFFECT, Emotion, Quadrant
from companion.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SUFFIXES = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 144
INK, FAINT, PAPER = "#2b2b2b", "#9a9a9a", "#ffffff"

# M. Okabe and K. Ito, "Color universal design", 2008: told apart by colour-blind people too.
# Neutral is grey, and brown stands for their yellow, which is faint on white.
EMOTION_COLOURS: Mapping[Emotion, str] = {
    Emotion.NEUTRAL: "#8c8c8c",
    Emotion.HAPPINESS: "#e69f00",
    Emotion.SURPRISE: "#56b4e9",
    Emotion.SADNESS: "#0072b2",
    Emotion.ANGER: "#d55e00",
    Emotion.DISGUST: "#009e73",
    Emotion.FEAR: "#cc79a7",
    Emotion.CONTEMPT: "#7a5c3e",
}
QUADRANT_COLOURS: Mapping[Quadrant, str] = {
    Quadrant.Q1: "#e69f00",
    Quadrant.Q2: "#d55e00",
    Quadrant.Q3: "#0072b2",
    Quadrant.Q4: "#009e73",
}
_STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
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
    if not file.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {file.parent}.", "Make it first.")


@contextlib.contextmanager
def open_plot(
    file: Path,
    grid: tuple[int, int] = (1, 1),
    size: tuple[float, float] = (8.0, 5.0),
    **options: Any,
) -> Iterator[list[Axes]]:
    """Axes to draw on, row by row, in the common style; the file is written at the end.

    Args:
        file: PNG, SVG or PDF, as its name ends.
        grid: rows and columns of axes.
        size: width and height in inches.
        options: of `matplotlib.figure.Figure.subplots`, such as sharex and height_ratios.

    Raises:
        UsageError: the file cannot be written.
    """
    check_file(file)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained", dpi=DOTS_PER_INCH)
        yield list(figure.subplots(*grid, squeeze=False, **options).ravel())
        try:
            figure.savefig(file)
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}.") from error


def draw_plane(axes: Axes, *, emotions: bool = False) -> None:
    """Make the axes the affect plane: valence to the right, arousal up, quadrants named.

    Args:
        axes: to draw on; they become square.
        emotions: whether to mark where the eight emotions lie.
    """
    axes.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    axes.set(xlabel="valence: unpleasant to pleasant", ylabel="arousal: sleepy to excited")
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=4)
    axes.axvline(0, color=FAINT, linewidth=0.8, zorder=4)
    for quadrant, (x, y) in _CORNERS.items():
        axes.text(
            0.97 * x,
            0.97 * y,
            f"{quadrant.value} {quadrant.words}",
            color=QUADRANT_COLOURS[quadrant],
            ha="right" if x > 0 else "left",
            va="top" if y > 0 else "bottom",
            zorder=5,  # over whatever is drawn on the plane
            bbox={"facecolor": PAPER, "alpha": 0.8, "edgecolor": "none", "pad": 1},
        )
    if emotions:
        _mark_emotions(axes)


_CORNERS = {
    Quadrant.Q1: (1, 1),
    Quadrant.Q2: (-1, 1),
    Quadrant.Q3: (-1, -1),
    Quadrant.Q4: (1, -1),
}


def _mark_emotions(axes: Axes) -> None:
    for emotion, place in EMOTION_AFFECT.items():
        at = (place.valence, place.arousal)
        axes.plot(*at, "+", color=EMOTION_COLOURS[emotion], markersize=5, zorder=2)
        axes.annotate(
            emotion.value,
            at,
            (4, 3),
            textcoords="offset points",
            color=EMOTION_COLOURS[emotion],
            fontsize=7,
            zorder=2,
        )
