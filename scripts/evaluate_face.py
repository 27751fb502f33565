"""Measure the face model: python scripts/evaluate_face.py [--data FOLDER] [--start FILE].

Writes `metrics.json`, `card.md` and the plots into models/face_mood. Test faces of FER+ and
AffectNet are read by the shipped weights. Each corpus is read as a stranger by a model that has
seen only the others, and the people of CK+ and KDEF by the models of ten folds, each trained
by the same recipe without the people it is asked about; what `train_face.py` has not yet fitted
of them is fitted here first. `--start` must be that of the training. The tries are measured where
`tries.json` is missing: to measure them anew, delete it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from safetensors.numpy import load_file
from training.face.data import read_affectnet, read_ferplus, read_kdef
from training.face.evaluation.calibrate import Calibration, Unseen, calibrate_shipped
from training.face.evaluation.card import write_card
from training.face.evaluation.ckplus import (
    fold_models,
    measure_apexes,
    measure_kdef,
    read_apexes,
    unseen_model,
)
from training.face.evaluation.measure import (
    measure_affectnet,
    measure_corruptions,
    measure_ferplus,
    measure_recurrence,
)
from training.face.evaluation.plots import write_plots
from training.face.evaluation.real import measure_crops, measure_real
from training.face.evaluation.strangers import (
    measure_strangers,
    measure_strengths,
    read_unseen,
)
from training.face.evaluation.tries import measure_tries, read_tries, record
from training.face.fit import Variables
from training.face.folds import FOLDS
from training.face.posed import read_real
from training.face.runs import Runs, read_start

from companion.face.detect import Detector
from companion.face.model import NAME, FaceModel, load_face_model
from companion.weights import flatten_tree, unflatten_tree

ROOT = Path(__file__).parent.parent
SEEDS = 1  # of the folds


def measure_shipped(model: FaceModel, heads: Variables, data: Path) -> dict[str, Any]:
    """All that is asked of the shipped weights."""
    test = read_ferplus(data / "ferplus", "test")
    return {
        "ferplus_test": measure_ferplus(model, heads, test),
        "affectnet_test": measure_affectnet(
            model, heads, read_affectnet(data / "affectnet", "test")
        ),
        "corrupted": measure_corruptions(model, test),
        "recurrence": measure_recurrence(model, test),
    }


def measure_folds(
    runs: Runs, calibration: Calibration, detector: Detector, seeds: int, count: int
) -> dict[str, Any]:
    """All that is asked about people of CK+ and KDEF not seen in training, by so many folds."""
    every = [fold_models(runs, runs.seed + seed, calibration, count) for seed in range(seeds)]
    first, ckplus = every[0], runs.data / "ckplus"
    return {
        "folds": runs.folds[:count],
        "ckplus48": measure_apexes([read_apexes(models, runs.posed.triples) for models in every]),
        "kdef": measure_kdef(first, read_kdef(runs.data / "kdef")),
        "ckplus_sequences": measure_real(
            [unseen_model(runs, calibration)], read_real(ckplus, detector)
        ),
        "ckplus_crops": measure_crops(first, ckplus, detector),
    }


def describe_model(model: FaceModel, calibration: Calibration) -> dict[str, Any]:
    """The figures at the head of the card."""
    return {
        "model": model.label,
        "parameters": sum(leaf.size for leaf in flatten_tree(model.variables["params"]).values()),
        "temperature": model.temperature,
        "prior_strength": round(calibration.strength, 4),
        "prior": [round(log, 4) for log in model.prior],
        "threshold": model.threshold,
        "spread": model.spread,
        "least_confidence": model.least_confidence,
    }


def read_heads(model: FaceModel, folder: Path) -> Variables:
    """The model's variables with the heads of the label schemes that lie beside them."""
    heads = unflatten_tree(load_file(folder / "schemes.safetensors"))
    return model.variables | {"params": model.variables["params"] | {"schemes": heads}}


def main(
    data: Annotated[Path, typer.Option(help="The folder with all data sets.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Those of train_face.py.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder is.")] = ROOT / "models",
    start: Annotated[Path | None, typer.Option(help="As for train_face.py.")] = None,
    seeds: Annotated[int, typer.Option(help="Of the folds.")] = SEEDS,
    folds: Annotated[int, typer.Option(help="How many of the ten are measured.")] = FOLDS,
) -> None:
    """Measure the shipped face model; write metrics.json, card.md and the plots."""
    model, folder = load_face_model(models), models / NAME
    runs = Runs(data, checkpoints, read_start(start) if start else None)
    if runs.start and not read_tries(folder):
        record(folder, measure_tries(runs, runs.start))
    unseen: dict[str, Unseen] = read_unseen(runs)
    calibration = calibrate_shipped(unseen)
    with Detector(models) as detector:
        metrics = {
            **describe_model(model, calibration),
            "went_on_from": start is not None,
            "tries": read_tries(folder),
            "strangers": measure_strangers(unseen, calibration),
            "strengths": measure_strengths(unseen, calibration),
            **measure_shipped(model, read_heads(model, folder), data),
            **measure_folds(runs, calibration, detector, seeds, folds),
        }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    (folder / "card.md").write_text(write_card(metrics), "utf-8")
    write_plots(metrics, folder)
    print(f"wrote metrics.json, card.md and the plots to {folder}")


if __name__ == "__main__":
    typer.run(main)
