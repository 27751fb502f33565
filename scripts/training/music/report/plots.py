"""The plots of the music model: confusion, reliability, picks."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from training.music.data import QUADRANTS
from training.music.metrics import pick_precision

SHARES = np.linspace(0.02, 1, 50)
BINS = 10
GREY = "0.6"
DARK = 0.5  # the share from which white stands out better


def draw_all(splits: list[np.ndarray], labels: np.ndarray, folder: Path) -> None:
    """Write confusion.png, reliability.png and picks.png.

    Args:
        splits: calibrated probabilities (N, 4), one array a split.
        labels: (N,).
        folder: where they go.
    """
    _save(draw_confusion(splits, labels), folder / "confusion.png")
    _save(draw_reliability(splits, labels), folder / "reliability.png")
    _save(draw_picks({"network": splits}, labels), folder / "picks.png")


def draw_confusion(splits: list[np.ndarray], labels: np.ndarray) -> Figure:
    """Shares of each label's clips (rows) by guess (columns)."""
    counts = np.zeros((len(QUADRANTS), len(QUADRANTS)))
    for probabilities in splits:
        np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure, axes = plt.subplots(figsize=(4, 4), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > DARK else "black"
        axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=colour)
    names = [quadrant.value for quadrant in QUADRANTS]
    axes.set(xticks=range(4), xticklabels=names, yticks=range(4), yticklabels=names)
    axes.set(xlabel="said", ylabel="label", title="Of each quadrant's clips")
    return figure


def draw_reliability(splits: list[np.ndarray], labels: np.ndarray) -> Figure:
    """Plot the accuracy of the quadrant against its confidence."""
    sure = np.concatenate([probabilities.max(axis=1) for probabilities in splits])
    right = np.concatenate([probabilities.argmax(axis=1) == labels for probabilities in splits])
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    present = [n for n in range(BINS) if np.any(place == n)]
    figure, axes = plt.subplots(figsize=(4.5, 4), layout="constrained")
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="as it should be")
    axes.plot(
        [sure[place == n].mean() for n in present],
        [right[place == n].mean() for n in present],
        marker="o",
        label="out of fold",
    )
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0.2, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    return figure


def draw_picks(models: dict[str, list[np.ndarray]], labels: np.ndarray) -> Figure:
    """Plot the precision of each quadrant's most confident clips against their share."""
    figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
    for name, splits in models.items():
        curve = [
            np.mean([pick_precision(each, labels, share) for each in splits]) for share in SHARES
        ]
        axes.plot(SHARES, curve, label=name)
    axes.axhline(1 / len(QUADRANTS), color=GREY, linestyle="--", label="chance")
    axes.set(xlabel="share of a quadrant's clips that is picked", ylabel="share that is right")
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(frameon=False)
    return figure


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, dpi=110, metadata={"Software": None})
    plt.close(figure)
