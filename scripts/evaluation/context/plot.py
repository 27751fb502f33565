"""The plot of the choosers on simulated listeners."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion.plots import LIGHT, open_plot

COLOURS = {
    "random": LIGHT.faint,
    "last own track": "#cc79a7",
    "present program": "#e69f00",
    "face alone": "#d55e00",
    "listening alone": "#009e73",
    "both": "#0072b2",
}
"""From the palette of M. Okabe and K. Ito, which colour-blind people can tell apart."""


def draw(found: Mapping[str, Any], file: Path) -> None:
    """Draw the share of picks left early, by kind of listener and chooser."""
    with open_plot(file, size=(9.0, 4.8)) as [axes]:
        kinds = found["kinds"]
        for name, row in found["choosers"].items():
            told = row["skip_share"]["by_kind"]
            places = [index for index, kind in enumerate(kinds) if kind in told]
            shares = [told[kinds[index]] for index in places]
            axes.plot(places, shares, "o-", color=COLOURS[name], label=name)
        axes.set_xticks(range(len(kinds)), kinds)
        axes.set(ylim=(0, 1), title="share of picks left early, by kind of simulated listener")
        axes.legend(ncols=3, loc="upper center", frameon=False)
