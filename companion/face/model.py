"""The trained face network: its weights, its calibration, its answer to a few crops."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from companion.errors import ModelError
from companion.face.network import FEW, SIDE, FaceNetwork
from companion.weights import Model, open_model, unflatten_tree

NAME = "face_mood"
LENGTHS = (1, FEW, 16, 64)  # sequences are padded to one of these: a compiled program for each

Crops = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FaceModel:
    """The network with its weights.

    Attributes:
        label: name and version.
        variables: of `FaceNetwork`.
        temperature: what the logits are divided by (C. Guo et al., "On calibration of
            modern neural networks", ICML 2017, section 4.2).
        threshold: the confidence below which a reading is not to be gone by.
    """

    label: str
    variables: dict[str, Any]
    temperature: float
    threshold: float

    def probabilities(self, crops: Crops, mask: Mask) -> Floats:
        """The calibrated reading after each frame.

        Args:
            crops: grey (time, 48, 48), time in 1..64.
            mask: (time,); False where there is no face.

        Returns:
            (time, 8) in the order of `Emotion`.
        """
        time = len(crops)
        padding = next(length for length in LENGTHS if length >= time) - time
        frames = np.concatenate([crops, np.zeros((padding, SIDE, SIDE), np.uint8)])
        seen = np.concatenate([mask, np.zeros(padding, bool)])
        logits = _program()(self.variables, frames[None], seen[None])[0, :time]
        return np.asarray(jax.nn.softmax(logits / self.temperature))


@cache
def _program() -> Any:
    """The network, compiled once for each length, however many models there are."""
    return jax.jit(FaceNetwork().apply)


def load_face_model(root: Path | None = None) -> FaceModel:
    """The model that comes with the program, or the one under `root`.

    Raises:
        ModelError: a file is missing, damaged or not of this network.
    """
    model = open_model(NAME, root)
    config = _read_config(model)
    variables = unflatten_tree(model.read_tensors())
    _check_shapes(model, variables)
    return FaceModel(model.label, variables, config["temperature"], config["threshold"])


def _read_config(model: Model) -> dict[str, float]:
    try:
        config = model.read_json("config.json")
        return {key: float(config[key]) for key in ("temperature", "threshold")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The settings of the model {model.name} cannot be read: {error}.") from (
            error
        )


def _check_shapes(model: Model, variables: dict[str, Any]) -> None:
    network = FaceNetwork()
    wanted = jax.eval_shape(
        lambda: network.init(
            jax.random.key(0),
            jnp.zeros((1, 1, SIDE, SIDE)),
            jnp.ones((1, 1), bool),
            method=FaceNetwork.both_logits,
        )
    )
    shapes = jax.tree.map(np.shape, variables), jax.tree.map(lambda leaf: leaf.shape, wanted)
    if shapes[0] != shapes[1]:
        raise ModelError(f"The weights of the model {model.name} are of another network.")
