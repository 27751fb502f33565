"""Train the music model: from the labelled clips to models/track_mood.

    python scripts/train_music.py [--data FOLDER] [--pieces N]

Stopped half-way, it goes on where it was: features and fitted networks are kept under
checkpoints/. Inputs, mix and calibration are chosen by folds of artists within all clips; what
ships is fitted to all of them. evaluate_music.py measures the same procedure on unseen artists.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from training.music.choose import Choice, choose
from training.music.data import DEFAULT_DATA
from training.music.features import load_inputs
from training.music.folds import CrossValidation
from training.music.rendered.instruments import PIECES, load_renderings
from training.music.rendered.piano import ARCHIVE, read_all_clips
from training.music.words import Heard, find_words

from companion.music.features.extract import STATISTICS
from companion.music.model.ensemble import Ensemble
from companion.music.model.tags import logits
from companion.music.model.words import Words
from companion.music.tag import MODEL, SETTINGS
from companion.weights import models_folder, write_manifest

VERSION = "5"
WEIGHTS = "weights.safetensors"


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
    clips = read_all_clips(arguments.data)
    validation = CrossValidation(clips, load_inputs(clips, arguments.data))
    every = np.arange(len(clips))
    choice = choose(validation, every)
    print(f"{choice}; now fitting to all {len(clips)} clips")
    ensemble = validation.fit(every, choice.inputs, choice.strength)
    recorded = ~clips.rendered
    heard = Heard(clips.take(recorded), logits(validation.inputs.tags[recorded]))
    if arguments.pieces:
        rendered = load_renderings(arguments.data / ARCHIVE, pieces=arguments.pieces)
        heard = dataclasses.replace(
            heard, instruments=rendered.instruments, rendered=rendered.logits
        )
    save(ensemble, settings(ensemble, choice, find_words(heard)), arguments.models / MODEL)


def settings(ensemble: Ensemble, choice: Choice, words: Words) -> dict[str, Any]:
    """All that the tagger needs beside the weights."""
    return {
        "shape": dataclasses.asdict(ensemble.shape),
        "share": choice.share,
        "temperature": round(choice.temperature, 4),
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
