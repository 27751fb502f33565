"""Train the face network: python scripts/train_face.py [--data FOLDER].

Four stages, see `training.face.stages`: the trunk on FER+, the ConvLSTM on sequences of
FER+, then the top of the trunk and the ConvLSTM on CK+ (all of it, by the recipe whose worth
`evaluate_face.py` measures in folds by subject). Then temperature and threshold on the validation
split of FER+, and the usual neutral face on the models of the folds. A second model, without
the people of the real CK+ sequences, stays beside the checkpoints. Interrupted, it goes
on from the last whole epoch when it is started again. It uses a GPU where JAX finds one;
on two idle cores it takes about two hours and a half.
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
from training.face.ckplus import fold_models
from training.face.cross import Cross
from training.face.data import EMOTIONS, Stills, sequence_subjects
from training.face.fit import Variables
from training.face.infer import clip_logits, mirrored_logits, still_logits
from training.face.neutral import fit_reference, read_sessions_apart
from training.face.sequences import make_clips
from training.face.setup import Setup
from training.face.stages import CHECKED, LENGTHS, Recipe
from training.face.tries import Try, measure_try, record
from training.metrics import fit_temperature, softmax, threshold_at_coverage

from companion.face.detect import NAME as DETECTOR
from companion.face.model import NAME
from companion.weights import flatten_tree, write_manifest

ROOT = Path(__file__).parent.parent
VERSION = "3"
UNSEEN = "unseen"  # a folder of models, for what is tried on the real CK+ sequences
COVERAGE = 0.8  # the share of validation faces whose confidence is enough


def calibrate(variables: Variables, valid: Stills) -> dict[str, float]:
    """Temperature and threshold, on validation stills both single and as sequences."""
    single = still_logits(variables, valid.images)
    clips = clip_logits(variables, make_clips(valid, CHECKED, LENGTHS[-1]))
    targets = np.eye(len(EMOTIONS))[valid.labels]
    temperature = fit_temperature(
        np.concatenate([single, clips]), np.concatenate([targets, targets[:CHECKED]])
    )
    threshold = threshold_at_coverage(softmax(single, temperature), COVERAGE)
    return {"temperature": round(temperature, 4), "threshold": round(threshold, 4)}


def usual_neutral(cross: Cross, valid: Stills, seed: int) -> dict[str, Any]:
    """What neutral faces of people not seen in training read as, and how far to trust it."""
    sessions = read_sessions_apart(fold_models(cross, valid, seed), cross.posed.pairs)
    found = fit_reference(sessions, np.ones(len(sessions.labels), bool))
    return {"usual": [round(log, 4) for log in found.usual], "strength": found.strength}


def write_model(variables: Variables, config: dict[str, Any], folder: Path) -> None:
    """Weights, settings and manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(flatten_tree(jax.tree.map(np.asarray, variables)), folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    write_manifest(folder, VERSION, ["weights.safetensors", "config.json"])


def tries(setup: Setup, final: Variables) -> list[Try]:
    """What each stage reached, written for the card."""
    recipe, stages = setup.recipe, setup.before_ckplus()
    cases = [
        (
            (
                f"Muon at {recipe.trunk_rate}, {recipe.trunk_epochs} epochs on a cosine, half of "
                "the views rough, with compression, glasses and hands; FER+ alone, trunk alone"
            ),
            mirrored_logits,
            stages["trunk"],
        ),
        (
            (
                f"that trunk, the ConvLSTM on {recipe.sequence_epochs} x {recipe.sequence_steps} "
                "batches of FER+ sequences with bad frames and changes"
            ),
            still_logits,
            stages["sequence"],
        ),
        (
            (
                f"{recipe.posed_share} of the way to that with the top of its trunk trained on "
                f"{recipe.posed_faces_steps} batches of CK+ and FER+ faces, then the ConvLSTM on "
                f"{recipe.posed_sequences_steps} of sequences of both: the shipped weights"
            ),
            still_logits,
            final,
        ),
    ]
    valid, test = setup.stills("valid"), setup.stills("test")
    return [measure_try(what, logits, variables, valid, test) for what, logits, variables in cases]


def write_unseen(cross: Cross, valid: Stills, models: Path, seed: int) -> None:
    """The same recipe without the people of the real sequences, beside a face detector."""
    variables = cross.without(sequence_subjects(cross.folder), UNSEEN, seed)
    config = calibrate(variables, valid) | {"baseline": usual_neutral(cross, valid, seed)}
    write_model(variables, config, cross.checkpoints / UNSEEN / NAME)
    detector = cross.checkpoints / UNSEEN / DETECTOR
    shutil.copytree(models / DETECTOR, detector, dirs_exist_ok=True)


def main(
    data: Annotated[Path, typer.Option(help="The folder with ferplus and ckplus.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Where an interrupted run goes on.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder goes.")] = ROOT / "models",
    seed: int = 0,
) -> None:
    """Train the face network and write models/face_mood."""
    setup = Setup(data, checkpoints, Recipe(), seed)
    cross, valid = setup.cross(), setup.stills("valid")
    variables = cross.fit(cross.posed, "ckplus", seed)
    config = calibrate(variables, valid) | {"baseline": usual_neutral(cross, valid, seed)}
    write_model(variables, config, models / NAME)
    record(models / NAME, tries(setup, variables))
    write_unseen(cross, valid, models, seed)


if __name__ == "__main__":
    typer.run(main)
