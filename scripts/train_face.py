"""Train the face network: python scripts/train_face.py [--data FOLDER] [--start FILE].

The stages are those of `training.face.stages`: the trunk on FER+ and AffectNet, the ConvLSTM on
sequences of them, the top of the trunk on CK+ and KDEF as well, and the ConvLSTM again. Then
temperature, prior, threshold and spread, on each of the four corpora by a model that has not seen
it, which is trained here too. A last model, without the people of the real CK+ sequences, stays
beside the checkpoints.

`--start` names the weights of an earlier model to go on from, which takes about an hour and a half
of one core; without, all is trained from random weights, which takes a day of it. Interrupted,
it goes on from the last whole epoch when it is started again in the same way. It uses a GPU
where JAX finds one.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import jax
import numpy as np
import typer
from safetensors.numpy import save_file
from training.face.evaluation.calibrate import Calibration, calibrate_shipped
from training.face.evaluation.strangers import read_unseen
from training.face.fit import Variables, without_schemes
from training.face.runs import UNSEEN, Runs, read_start

from companion.affect import Emotion
from companion.face.adaptation import NAME as ADAPTATION
from companion.face.detect import NAME as DETECTOR
from companion.face.model import NAME
from companion.weights import flatten_tree, write_manifest

ROOT = Path(__file__).parent.parent
VERSION = "6"
FILES = ["weights.safetensors", "schemes.safetensors", "config.json"]


def settings(calibration: Calibration) -> dict[str, Any]:
    """All of config.json."""
    prior = zip(Emotion, calibration.prior.tolist(), strict=True)
    return {
        "temperature": round(calibration.temperature, 4),
        "prior": {emotion.value: round(log, 4) for emotion, log in prior},
        "threshold": calibration.limits.threshold,
        "spread": calibration.limits.spread,
        "least_confidence": calibration.limits.least,
    }


def write_model(variables: Variables, config: dict[str, Any], folder: Path) -> None:
    """Weights, the heads of the label schemes, settings and manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = jax.tree.map(np.asarray, variables)
    save_file(flatten_tree(without_schemes(tensors)), folder / "weights.safetensors")
    save_file(flatten_tree(tensors["params"]["schemes"]), folder / "schemes.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    write_manifest(folder, VERSION, FILES)


def write_unseen(runs: Runs, config: dict[str, Any], models: Path) -> None:
    """The same recipe without the people of the real sequences, beside what a reader needs too."""
    write_model(runs.unseen(), config, runs.checkpoints / UNSEEN / NAME)
    for name in (DETECTOR, ADAPTATION):
        shutil.copytree(models / name, runs.checkpoints / UNSEEN / name, dirs_exist_ok=True)


def main(
    data: Annotated[Path, typer.Option(help="The folder with all data sets.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Where an interrupted run goes on.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder goes.")] = ROOT / "models",
    start: Annotated[Path | None, typer.Option(help="Weights to go on from.")] = None,
    seed: int = 0,
) -> None:
    """Train the face network and write models/face_mood."""
    runs = Runs(data, checkpoints, read_start(start) if start else None, seed)
    variables = runs.shipped()
    calibration = calibrate_shipped(read_unseen(runs))
    config = settings(calibration)
    write_model(variables, config, models / NAME)
    write_unseen(runs, config, models)


if __name__ == "__main__":
    typer.run(main)
