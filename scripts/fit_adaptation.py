"""Fit the adaptation to one person's face: python scripts/fit_adaptation.py [--data FOLDER].

Writes models/face_adaptation: weights, settings, manifest, `metrics.json`, `card.md` and
`learning.png`. Faces must be read by models that have not seen the person, and `--read-by` says
by which: those of the ten folds, those that have not seen the corpus (both as `train_face.py`
leaves them beside its checkpoints), or the shipped one where it has not seen KDEF, which is the
only corpus then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from safetensors.numpy import save_file
from training.face.adaptation.card import adaptation_section, draw_learning
from training.face.adaptation.evaluate import fit_folds, measure_folds, measure_strangers
from training.face.adaptation.faces import Read, read_by, read_by_folds, read_faces
from training.face.adaptation.fit import fit_population
from training.face.adaptation.simulate import measure_weeks
from training.face.data import read_kdef, read_pairs
from training.face.fit import without_schemes
from training.face.folds import kdef_folds, read_folds
from training.face.runs import Runs, read_start

from companion.face.adaptation import NAME, PROJECTIONS, Population
from companion.face.model import FaceModel, load_face_model
from companion.weights import MANIFEST, write_manifest

ROOT = Path(__file__).parent.parent
FILES = ["weights.safetensors", "config.json"]
TENSORS = ("means", "person", "habit", "noise")


class By(StrEnum):
    """Models that have not seen the people."""

    FOLDS = "folds"
    CORPORA = "corpora"
    SHIPPED = "shipped"


WORDS = {
    By.FOLDS: "each face is read by the model of ten that has not seen the person.",
    By.CORPORA: "each face is read by a model that has not seen its corpus.",
    By.SHIPPED: "each face is read by the shipped model, which has not seen KDEF.",
}


def people_of(data: Path) -> dict[str, list[str]]:
    """Return the people of each corpus."""
    return {
        "kdef": sorted(set(read_kdef(data / "kdef").stills.subjects)),
        "ckplus": sorted({pair.subject for pair in read_pairs(data / "ckplus")}),
    }


def reader(by: By, runs: Runs, shipped: FaceModel) -> Read:
    """Return a reader of faces whose models have not seen the people."""
    if by is By.SHIPPED:
        return read_by(shipped)
    if by is By.FOLDS:
        found = runs.every_fold(runs.seed)
        models = [(away, variables) for away, variables in found]
    else:
        who = people_of(runs.data)
        models = [(frozenset(who[name]), runs.without_corpus(name)) for name in who]
    return read_by_folds(
        [(replace(shipped, variables=without_schemes(given)), away) for away, given in models]
    )


def write_population(population: Population, folder: Path) -> None:
    """Weights, settings and manifest, under the next version."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: getattr(population, name) for name in TENSORS} | {
        f"projection_{name}": getattr(population.projections, name) for name in PROJECTIONS
    }
    save_file(
        {name: np.ascontiguousarray(value, np.float64) for name, value in tensors.items()},
        folder / "weights.safetensors",
    )
    config = {
        "face_model": population.face_model,
        "same_person": round(population.same_person, 4),
        "weighing": {name: round(n, 4) for name, n in asdict(population.weighing).items()},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    write_manifest(folder, population.label.partition("/")[2], FILES)


def next_version(folder: Path) -> str:
    """One more than that of the manifest."""
    manifest = folder / MANIFEST
    known = json.loads(manifest.read_text("utf-8"))["version"] if manifest.exists() else "0"
    return str(int(known) + 1)


def folds_of(names: Sequence[str], data: Path) -> list[list[str]]:
    """The people of the corpora in the ten folds of the face model."""
    kdef = kdef_folds(people_of(data)["kdef"])
    ckplus = read_folds(data / "ckplus") if "ckplus" in names else [()] * len(kdef)
    return [[*ours, *theirs] for ours, theirs in zip(kdef, ckplus, strict=True)]


def main(
    data: Annotated[Path, typer.Option(help="The folder with all data sets.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Those of train_face.py.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the models' folders are.")] = ROOT / "models",
    start: Annotated[Path | None, typer.Option(help="As for train_face.py.")] = None,
    by: Annotated[By, typer.Option("--read-by", help="Which models read the faces.")] = By.FOLDS,
) -> None:
    """Fit the adaptation, measure it on people left out, write models/face_adaptation."""
    shipped, folder = load_face_model(models), models / NAME
    runs = Runs(data, checkpoints, read_start(start) if start else None)
    names = ["kdef"] if by is By.SHIPPED else ["kdef", "ckplus"]
    read = reader(by, runs, shipped)
    faces = read_faces(data, names, read)
    fitted = fit_folds(faces, folds_of(names, data), shipped.label)
    metrics: dict[str, Any] = {
        "face_model": shipped.label,
        "read_by": WORDS[by],
        "left_out": measure_folds(faces, fitted),
        "strangers": measure_strangers(faces, shipped.label),
        "weeks": measure_weeks(faces, read, fitted),
    }
    population = fit_population(faces, shipped.label, f"{NAME}/{next_version(folder)}")
    write_population(population, folder)
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", "utf-8")
    (folder / "card.md").write_text(write_card(metrics, population), "utf-8")
    draw_learning(metrics, folder / "learning.png")
    print(f"wrote {population.label} to {folder}")


ABOUT = (
    "People's faces in general, as a linear mixed model (`companion/face/adaptation.py`): from a "
    "user's resting face, and from examples of moods where there are any, follows what the user's "
    "face is like in every mood. Fitted on posed faces of KDEF and CK+ (research use; no image is "
    "in the project): few people, most of them young, before one camera each. People of other "
    "faces, ages or cameras may gain less."
)


def write_card(metrics: dict[str, Any], population: Population) -> str:
    """The card of the model."""
    return "\n".join(
        [
            f"# {population.label}",
            "",
            ABOUT,
            "",
            adaptation_section(metrics),
        ]
    )


if __name__ == "__main__":
    typer.run(main)
