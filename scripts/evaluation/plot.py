"""The plot of what was measured: right picks by chooser, and skips by listener."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.plots import LIGHT, open_plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS = "#0072b2"


def draw_metrics(metrics: Mapping[str, Any], file: Path) -> None:
    """Draw the measured picks.

    Raises:
        UsageError: the file cannot be written.
    """
    with open_plot(file, (1, 3), (12.0, 3.8), width_ratios=[1.2, 1, 1]) as [given, chain, learning]:
        shares = {name: found["right"] for name, found in metrics["given_mood"].items()}
        _draw_bars(given, shares, "right picks, given the mood")
        _draw_bars(chain, metrics["whole_chain"]["choosers"], "right picks, end to end")
        chain.set_yticklabels([])
        _draw_skips(learning, metrics["learning"])


def _draw_bars(axes: Axes, shares: Mapping[str, float], title: str) -> None:
    names = list(shares)
    colours = [OURS if name == "companion" else LIGHT.faint for name in names]
    bars = axes.barh(names, list(shares.values()), color=colours, height=0.6)
    axes.bar_label(bars, [f"{share:.3f}" for share in shares.values()], padding=3)
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.12), title=title)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])


def _draw_skips(axes: Axes, learning: Mapping[str, Any]) -> None:
    for seed in learning["by_seed"]:
        axes.plot(
            [0, 1], [seed["without"], seed["with"]], color=LIGHT.faint, linewidth=0.9, marker="."
        )
    means = [learning["skip_rate_without"], learning["skip_rate_with"]]
    axes.plot([0, 1], means, color=OURS, linewidth=2.5, marker="o")
    for x, (mean, side) in enumerate(zip(means, ("right", "left"), strict=True)):
        offset = -8 if side == "right" else 8
        axes.annotate(
            f"{mean:.1%}",
            (x, mean),
            (offset, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            color=LIGHT.ink,
        )
    axes.set_xticks([0, 1], ["without learning", "with learning"])
    axes.set(xlim=(-0.4, 1.4), ylim=(0, None), title="skipped, by simulated listener")
