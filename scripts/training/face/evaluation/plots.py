"""The face model's plots, from its metrics: where it errs, and whether it knows when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from training.face.data import EMOTIONS
from training.face.evaluation.ckplus import NAMES
from training.face.evaluation.tables import CORPUS_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DARK = 0.5  # the share above which a cell's figures are white


def write_plots(metrics: Mapping[str, Any], folder: Path) -> None:
    """confusion.png and reliability.png."""
    strangers = metrics["strangers"]["corpora"]
    sets = {
        "FER+ test": (metrics["ferplus_test"]["own_prior"]["all"], EMOTIONS),
        "AffectNet, left out": (strangers["affectnet"]["even"], EMOTIONS),
        "KDEF, left out": (strangers["kdef"]["even"], EMOTIONS),
        "CK+48, people not seen": (metrics["ckplus48"], NAMES),
    }
    figure = Figure(figsize=(12, 10.8), layout="constrained")
    for axes, (title, (found, names)) in zip(figure.subplots(2, 2).flat, sets.items(), strict=True):
        draw_confusion(axes, found["confusion"], names)
        axes.set_title(title)
    figure.savefig(folder / "confusion.png", dpi=90)

    figure = Figure(figsize=(12, 4), layout="constrained")
    for axes, (name, found) in zip(figure.subplots(1, 4), strangers.items(), strict=True):
        draw_reliability(axes, found["own"]["reliability"])
        axes.set_title(f"{CORPUS_NAMES[name]} left out, ECE {found['own']['ece']:.3f}")
    figure.savefig(folder / "reliability.png", dpi=90)


def draw_confusion(axes: Axes, confusion: Sequence[Sequence[int]], names: Sequence[str]) -> None:
    """A confusion matrix in per cent of the faces of each emotion."""
    counts = np.asarray(confusion, float)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        if counts[row, column]:
            colour = "white" if share > DARK else "black"
            axes.text(column, row, f"{share:.0%}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("read as")
    axes.set_ylabel("label")


def draw_reliability(axes: Axes, bins: Sequence[Mapping[str, float]]) -> None:
    """Accuracy over confidence; the area of a dot is the share of the faces in its bin."""
    counts = np.array([one["count"] for one in bins])
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="as it should be")
    axes.scatter(
        [one["confidence"] for one in bins],
        [one["accuracy"] for one in bins],
        s=20 + 600 * counts / counts.sum(),
        alpha=0.7,
        label="faces of one bin",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="accuracy", aspect="equal")
    axes.legend(loc="upper left", markerscale=0.5)
