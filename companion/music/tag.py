"""The music model as the rest of the program sees it: a clip in, a track's mood out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from companion.affect import QUADRANT_AFFECT, Quadrant, TrackMood, expected_affect
from companion.errors import ModelError
from companion.music.decode import Floats, decode
from companion.music.features.extract import STATISTICS, Features, extract
from companion.music.model.ensemble import Ensemble
from companion.music.model.network import Shape
from companion.weights import Model, open_model

MODEL = "track_mood"
SETTINGS = "network.json"
LEAST = 1e-6  # the least probability, so that its logarithm exists


class Tagger:
    """Reads moods from clips.

    Args:
        model: the weights; the ones that come with the program where it is left out.

    Raises:
        ModelError: the weights are missing, damaged or of another program version.
    """

    def __init__(self, model: Model | None = None) -> None:
        model = model or open_model(MODEL)
        self._label = model.label
        try:
            settings = model.read_json(SETTINGS)
            shape = Shape(**settings["shape"])
            self._temperature = float(settings["temperature"])
            self._ensemble = Ensemble.from_tensors(shape, model.read_tensors())
            if tuple(settings["statistics"]) != STATISTICS:
                raise ValueError("it was trained on other statistics")
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise ModelError(
                f"The model {model.name} does not fit this program: {error}."
            ) from error

    def tag(self, audio: bytes | Path) -> TrackMood:
        """The mood of a clip.

        Args:
            audio: an encoded file, or the path of one, as `decode` takes it.

        Raises:
            ClipDamaged: it cannot be decoded, is silent, too short or too long.
        """
        return self.read(extract(decode(audio)))

    def read(self, features: Features) -> TrackMood:
        """The mood that the features speak of."""
        said = self._ensemble.predict(features.image[None], features.statistics[None])
        calibrated = calibrate(said.quadrant, self._temperature)[0]
        probabilities = dict(zip(Quadrant, map(float, calibrated), strict=True))
        return TrackMood(
            probabilities,
            expected_affect(probabilities, QUADRANT_AFFECT),
            max(probabilities.values()),
            features.tempo,
            features.pitch,
            self._label,
        )


def calibrate(probabilities: Floats, temperature: float) -> Floats:
    """(batch, 4) probabilities, their logits divided by the temperature.

    C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.
    """
    powers = np.maximum(probabilities.astype(np.float64), LEAST) ** (1 / temperature)
    calibrated: Floats = powers / powers.sum(axis=1, keepdims=True)
    return calibrated
