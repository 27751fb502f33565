"""Measure the face model: python scripts/evaluate_face.py [--data FOLDER].

Writes `metrics.json`, `card.md` and the plots into models/face_mood. FER+ test faces are
read by the shipped weights. CK+ faces are read by the models of ten folds, each trained by
the same recipe without the people it is asked about; what `train_face.py` has not yet
fitted of them is fitted here first, which takes another hour.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from training.face.card import write_card
from training.face.ckplus import fold_models, measure_apexes, measure_leaky, read_apexes
from training.face.cross import Cross
from training.face.data import Stills
from training.face.measure import measure_corruptions, measure_recurrence, measure_stills
from training.face.neutral import measure_baseline, read_sessions_apart
from training.face.plots import write_plots
from training.face.posed import read_real
from training.face.setup import Setup
from training.face.stages import Recipe
from training.face.tries import read_tries
from training.face.unseen import measure_crops, measure_real

from companion.face.detect import Detector
from companion.face.model import NAME, FaceModel, load_face_model
from companion.weights import flatten_tree

ROOT = Path(__file__).parent.parent
SEEDS = (0, 1, 2)


def measure_ferplus(model: FaceModel, test: Stills) -> dict[str, Any]:
    """All that is asked about FER+ test faces."""
    return {
        "ferplus_test": measure_stills(model, test),
        "corrupted": measure_corruptions(model, test),
        "recurrence": measure_recurrence(model, test),
    }


def measure_ckplus(cross: Cross, valid: Stills, detector: Detector) -> dict[str, Any]:
    """All that is asked about CK+ people not seen in training."""
    first = fold_models(cross, valid, SEEDS[0])
    others = [fold_models(cross, valid, seed) for seed in SEEDS[1:]]
    return {
        "ckplus48": measure_apexes(
            [read_apexes(models, cross.posed.triples) for models in (first, *others)]
        ),
        "folds": cross.folds,
        "ckplus_sequences": measure_real(first, read_real(cross.folder, detector)),
        "ckplus_crops": measure_crops(first, cross.folder, detector),
        "baseline": measure_baseline(read_sessions_apart(first, cross.posed.pairs)),
        "leaky": measure_leaky(cross, SEEDS[:1]),
    }


def main(
    data: Annotated[Path, typer.Option(help="The folder with ferplus and ckplus.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Those of train_face.py.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder is.")] = ROOT / "models",
    seed: int = 0,
) -> None:
    """Measure the shipped face model; write metrics.json, card.md and the plots."""
    model = load_face_model(models)
    setup = Setup(data, checkpoints, Recipe(), seed)
    folder = models / NAME
    with Detector(models) as detector:
        metrics = {
            "model": model.label,
            "parameters": sum(
                leaf.size for leaf in flatten_tree(model.variables["params"]).values()
            ),
            "temperature": model.temperature,
            "threshold": model.threshold,
            "tries": read_tries(folder),
            **measure_ferplus(model, setup.stills("test")),
            **measure_ckplus(setup.cross(), setup.stills("valid"), detector),
        }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    (folder / "card.md").write_text(write_card(metrics), "utf-8")
    write_plots(metrics, folder)
    print(f"wrote metrics.json, card.md and the plots to {folder}")


if __name__ == "__main__":
    typer.run(main)
