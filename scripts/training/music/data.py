"""The clips with mood labels: where they lie, what they say, and how they are split."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from companion.affect import Quadrant

PROJECT = Path(__file__).parents[3]
DEFAULT_DATA = PROJECT.parent / "shared" / "data" / "music"
CHECKPOINTS = PROJECT / "checkpoints" / "music"
CLUSTERS = ("1", "2", "3", "4", "5")
QUADRANTS = tuple(Quadrant)
FOLDS = 10
NO_LABEL = -1
SEEN_TENTHS = 6
RENDERED = ".mid"  # how the name of a clip ends that is rendered from a score
RECORDED_WEIGHT = 0.3
"""What a recording counts beside a piano piece where solo piano is learned."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Labelled clips, one entry a clip.

    Attributes:
        names: where each lies under the data folder.
        artists: its artist group; clips of one group never stand on two sides of a split.
        quadrant: the index in QUADRANTS, or NO_LABEL.
        cluster: the index in CLUSTERS, or NO_LABEL.
    """

    names: tuple[str, ...]
    artists: np.ndarray
    quadrant: np.ndarray
    cluster: np.ndarray

    def __len__(self) -> int:
        return len(self.names)

    @property
    def rendered(self) -> np.ndarray:
        """(clips,) which are rendered from a score, and no recordings."""
        return np.array([name.endswith(RENDERED) for name in self.names])

    @property
    def piano_weight(self) -> np.ndarray:
        """(clips,) what each counts where solo piano is learned."""
        return np.where(self.rendered, 1.0, RECORDED_WEIGHT)

    def take(self, chosen: np.ndarray) -> Clips:
        """Return those at the indices, or where the mask is true."""
        names = tuple(np.array(self.names)[chosen])
        parts = (self.artists, self.quadrant, self.cluster)
        return Clips(names, *(part[chosen] for part in parts))

    def judged(self) -> Clips:
        """The same, but quadrants are told of recordings alone, as the figures are theirs."""
        return dataclasses.replace(self, quadrant=np.where(self.rendered, NO_LABEL, self.quadrant))


def read_clips(folder: Path) -> Clips:
    """The table clips.csv of the folder.

    Raises:
        SystemExit: the folder has none.
    """
    table = folder / "clips.csv"
    if not table.is_file():
        raise SystemExit(f"No {table}: name the folder of the labelled clips with --data.")
    with table.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return Clips(
        tuple(row["clip"] for row in rows),
        np.array([row["artist_group"] for row in rows]),
        np.array([_place(row["quadrant"], [q.value for q in QUADRANTS]) for row in rows]),
        np.array([_place(row["mirex_cluster"], CLUSTERS) for row in rows]),
    )


def split_by_artist(clips: Clips, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """FOLDS pairs of indices (train, test) over both sets together.

    No artist group stands on both sides; the labels are spread evenly over the folds.
    """
    label = stratum(clips)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    return list(folds.split(label, label, clips.artists))


def stratum(clips: Clips) -> np.ndarray:
    """(clips,) the label that is spread evenly over folds: the quadrant, else the cluster."""
    label = np.where(clips.quadrant >= 0, clips.quadrant, len(QUADRANTS) + clips.cluster)
    spread: np.ndarray = label + clips.rendered * (len(QUADRANTS) + len(CLUSTERS))
    return spread


def seen_in_development(artist: str) -> bool:
    """Tell whether choices were made by the figures on this artist group: six tenths are."""
    return int(hashlib.sha256(artist.encode()).hexdigest(), 16) % 10 < SEEN_TENTHS


def _place(word: str, words: tuple[str, ...] | list[str]) -> int:
    return words.index(word) if word else NO_LABEL
