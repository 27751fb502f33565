"""The map of `companion library`: every tagged track on the affect plane."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from companion.affect import Affect, Quadrant
from companion.plots import LIGHT, Palette, draw_plane, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DOTS = 2_000  # beyond, dots hide each other, and the map counts in cells
CELLS = 60  # along each axis


def draw_map(places: Sequence[Affect], file: Path, palette: Palette = LIGHT) -> None:
    """Draw where the tracks lie: dots, or where there are many, cells that count them.

    Raises:
        UsageError: the file cannot be written.
    """
    with open_plot(file, size=(7.5, 7), palette=palette) as [axes]:
        draw_plane(axes, palette)
        if len(places) > MOST_DOTS:
            _draw_cells(axes, places, palette)
        else:
            _draw_dots(axes, places, palette)
        axes.set_title(f"{len(places):,} tracks, as they sound")


def _draw_dots(axes: Axes, places: Sequence[Affect], palette: Palette) -> None:
    for quadrant in Quadrant:
        own = [place for place in places if place.quadrant is quadrant]
        axes.scatter(
            [place.valence for place in own],
            [place.arousal for place in own],
            s=16,
            color=palette.quadrants[quadrant],
            alpha=0.5,
            linewidths=0,
            zorder=3,
        )


def _draw_cells(axes: Axes, places: Sequence[Affect], palette: Palette) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    cells = axes.hexbin(
        [place.valence for place in places],
        [place.arousal for place in places],
        gridsize=CELLS,
        extent=(-1, 1, -1, 1),
        bins="log",  # so that a cell with one track is seen beside one with hundreds
        mincnt=1,
        cmap=LinearSegmentedColormap.from_list("tracks", (palette.few, palette.many)),
        linewidths=0.1,
        zorder=3,
    )
    axes.figure.colorbar(cells, ax=axes, label="tracks in a cell", shrink=0.6)
