"""The map of `companion library`: every tagged track on the affect plane."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from companion.affect import Affect, Quadrant
from companion.plots import QUADRANT_COLOURS, draw_plane, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DOTS = 2_000  # beyond, dots hide each other, and the map counts in cells
CELLS = 60  # along each axis
FEW_TO_MANY = ("#cfe1f2", "#08306b")


def draw_map(places: Sequence[Affect], file: Path) -> None:
    """Draw where the tracks lie: dots, or where there are many, cells that count them.

    Raises:
        UsageError: the file cannot be written.
    """
    with open_plot(file, size=(7.5, 7)) as [axes]:
        draw_plane(axes)
        if len(places) > MOST_DOTS:
            _draw_cells(axes, places)
        else:
            _draw_dots(axes, places)
        axes.set_title(f"{len(places):,} tracks, as they sound")


def _draw_dots(axes: Axes, places: Sequence[Affect]) -> None:
    for quadrant in Quadrant:
        own = [place for place in places if place.quadrant is quadrant]
        axes.scatter(
            [place.valence for place in own],
            [place.arousal for place in own],
            s=16,
            color=QUADRANT_COLOURS[quadrant],
            alpha=0.5,
            linewidths=0,
            zorder=3,
        )


def _draw_cells(axes: Axes, places: Sequence[Affect]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    cells = axes.hexbin(
        [place.valence for place in places],
        [place.arousal for place in places],
        gridsize=CELLS,
        extent=(-1, 1, -1, 1),
        bins="log",  # so that a cell with one track is seen beside one with hundreds
        mincnt=1,
        cmap=LinearSegmentedColormap.from_list("tracks", FEW_TO_MANY),
        linewidths=0.1,
        zorder=3,
    )
    axes.figure.colorbar(cells, ax=axes, label="tracks in a cell", shrink=0.6)
