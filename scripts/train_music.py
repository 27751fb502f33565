"""Train the music model: from the labelled clips to models/track_mood.

    python scripts/train_music.py [--data FOLDER] [--pieces N]

Stopped half-way, it goes on where it was: features and fitted networks are kept under
checkpoints/. The fold networks serve to calibrate the probabilities, and
evaluate_music.py reads them again; what ships is fitted to all clips.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from training.metrics import fit_temperature
from training.music.data import DEFAULT_DATA, QUADRANTS, Clips, read_clips
from training.music.features import load_inputs
from training.music.folds import CrossValidation, predict_out_of_fold
from training.music.instruments import PIECES, load_renderings
from training.music.words import Heard, find_words

from companion.music.features.extract import STATISTICS
from companion.music.model.ensemble import Ensemble, Prediction
from companion.music.model.tags import logits
from companion.music.model.words import Words
from companion.music.tag import MODEL, SETTINGS, calibrate
from companion.weights import models_folder, write_manifest

VERSION = "4"
WEIGHTS = "weights.safetensors"
MIDI = "midi/emopia.zip"  # piano music, in the data folder
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the logistic regression in the mean


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the labelled clips")
    parser.add_argument("--models", type=Path, default=models_folder(), help="where it goes")
    parser.add_argument(
        "--pieces",
        type=int,
        default=PIECES,
        help="rendered by each instrument, to find the words for it; 0 for no such words",
    )
    arguments = parser.parse_args()
    clips = read_clips(arguments.data)
    validation = CrossValidation(clips, load_inputs(clips, arguments.data))
    said, _ = predict_out_of_fold(validation, split=0)
    mix = find_mix(clips, said)
    print(f"{mix}; now fitting to all {len(clips)} clips")
    ensemble = validation.fit(np.arange(len(clips)))
    heard = Heard(clips, logits(validation.inputs.tags))
    if arguments.pieces:
        rendered = load_renderings(arguments.data / MIDI, pieces=arguments.pieces)
        heard = Heard(clips, heard.logits, rendered.instruments, rendered.logits)
    save(ensemble, settings(ensemble, mix, find_words(heard)), arguments.models / MODEL)


@dataclass(frozen=True, slots=True)
class Mix:
    """The settings that turn an ensemble's answer into calibrated probabilities.

    Attributes:
        share: what the logistic regression counts in the mean with the networks.
        temperature: by which the logits of the mean are divided.
    """

    share: float
    temperature: float

    def apply(self, said: Prediction) -> np.ndarray:
        """(clips, 4) calibrated probabilities."""
        return calibrate(said.mix(self.share), self.temperature)


def find_mix(clips: Clips, said: Prediction) -> Mix:
    """The one of least log loss on the clips with a quadrant."""
    known = clips.quadrant >= 0
    mixes = [Mix(share, find_temperature(clips, said.mix(share))) for share in SHARES]

    def loss(mix: Mix) -> float:
        told = mix.apply(said)[known, clips.quadrant[known]]
        return float(-np.log(told).mean())

    return min(mixes, key=loss)


def find_temperature(clips: Clips, probabilities: np.ndarray) -> float:
    """The one that calibrates the probabilities (clips, 4) on the clips with a quadrant."""
    known = clips.quadrant >= 0
    targets = np.eye(len(QUADRANTS))[clips.quadrant[known]]
    return fit_temperature(np.log(np.maximum(probabilities[known], 1e-6)), targets)


def settings(ensemble: Ensemble, mix: Mix, words: Words) -> dict[str, Any]:
    """All that the tagger needs beside the weights."""
    return {
        "shape": dataclasses.asdict(ensemble.shape),
        "share": mix.share,
        "temperature": round(mix.temperature, 4),
        "words": dataclasses.asdict(words),
        "statistics": STATISTICS,
    }


def save(ensemble: Ensemble, said: dict[str, Any], folder: Path) -> None:
    """Write the weights, the settings, and the hashes of both."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(ensemble.tensors(), folder / WEIGHTS)
    (folder / SETTINGS).write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    write_manifest(folder, VERSION, [WEIGHTS, SETTINGS])
    print(f"{folder}: {ensemble.parameters:,} parameters")


if __name__ == "__main__":
    main()
