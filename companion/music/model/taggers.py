"""Both musicnn networks as one: which seconds of a clip each hears, and what they say of it."""

from __future__ import annotations

import numpy as np

from companion.errors import ModelError
from companion.music.decode import Floats
from companion.music.model.musicnn import MODEL, Heard, Musicnn
from companion.weights import Model, open_model

WINDOWS = {"msd": 8, "mtt": 4}
"""The most patches of a clip that each network hears: that of the Million Song Dataset, and
that of MagnaTagATune, which costs twice as much."""


class Taggers:
    """Both networks with their weights.

    Args:
        model: the weights; the ones that come with the program where it is left out.

    Raises:
        ModelError: the weights are missing or damaged.
    """

    def __init__(self, model: Model | None = None) -> None:
        model = model or open_model(MODEL)
        try:
            self.networks = {
                name: Musicnn(model.read_tensors(f"{name}.safetensors")) for name in WINDOWS
            }
        except (KeyError, ValueError, OSError) as error:
            raise ModelError(
                f"The model {model.name} does not fit this program: {error}."
            ) from error

    def hear(self, patches: Floats) -> Heard:
        """Give what both say of a clip, side by side, as means over the patches they hear.

        Args:
            patches: (patches, frames, mels) of `log_mel_patches`.

        Returns:
            The embedding (len(WINDOWS) * EMBEDDING,), and the tags as probabilities.
        """
        said = [
            network.hear(patches[windows(len(patches), WINDOWS[name])])
            for name, network in self.networks.items()
        ]
        return Heard(
            np.concatenate([each.embedding.mean(axis=0) for each in said]),
            np.concatenate([each.tags.mean(axis=0) for each in said]),
        )


def windows(count: int, most: int) -> np.ndarray:
    """The indices of the patches that are heard: `most` of `count`, evenly spread, or all."""
    return np.unique(np.linspace(0, count - 1, most).round().astype(int))
