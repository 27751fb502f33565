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

from companion.affect import Emotion
from companion.errors import ModelError
from companion.face.network import FEW, SIDE, FaceNetwork
from companion.weights import Model, open_model, unflatten_tree

NAME = "face_mood"
NUMBERS = ("temperature", "threshold", "spread", "least_confidence")  # of its settings
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
        threshold: the confidence below which the emotion of a reading is not named without doubt.
        prior: the log of how often each emotion is expected at a desk, added to the calibrated
            logits (M. Saerens et al., "Adjusting the outputs of a classifier to new a priori
            probabilities: a simple procedure", Neural Computation 14(1), 2002). The weights
            themselves know no frequencies.
        spread: the `FaceMood.spread` up to which a reading is gone by, as to its side of the affect
            plane, however unsure the emotion is.
        least_confidence: the confidence from which it is gone by, whatever its spread.
    """

    label: str
    variables: dict[str, Any]
    temperature: float
    threshold: float
    prior: tuple[float, ...] = (0.0,) * len(Emotion)
    spread: float = 0.0
    least_confidence: float = 1.0

    def probabilities(self, crops: Crops, mask: Mask) -> Floats:
        """The calibrated reading after each frame, as of a person at a desk.

        Args and returns: as `logits`.
        """
        return np.asarray(
            jax.nn.softmax(self.logits(crops, mask) + np.asarray(self.prior, np.float32))
        )

    def logits(self, crops: Crops, mask: Mask) -> Floats:
        """The calibrated logits after each frame, as if all emotions were as frequent.

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
        return np.asarray(logits, np.float32) / np.float32(self.temperature)


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
    return FaceModel(label=model.label, variables=variables, **config)


def _read_config(model: Model) -> dict[str, Any]:
    try:
        config = model.read_json("config.json")
        prior = tuple(float(config["prior"][emotion]) for emotion in Emotion)
        numbers = {key: float(config[key]) for key in NUMBERS}
        return numbers | {"prior": prior}
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
