"""Train the face network: python scripts/train_face.py [--data FOLDER].

First the trunk, on FER+ stills with the raters' votes as soft targets and on CK+ crops.
Then the ConvLSTM over the trunk as it is, on sequences: stills moved and lit as a webcam
would, and CK+ faces changing between neutral and apex. Last the temperature and the
threshold, on the validation split, and the usual neutral face. The people of the real CK+
sequences are left out, so that `evaluate_face.py` can ask about them; the usual neutral,
which no figure depends on, is theirs. Interrupted, it goes on from the last whole
epoch when it is started again. On two cores it takes about 45 minutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import jax
import numpy as np
import typer
from safetensors.numpy import save_file
from training.face_augment import show_stills
from training.face_data import (
    CROP_FILES,
    Stills,
    join,
    read_ckplus,
    read_ferplus,
    read_pairs,
    sequence_subjects,
)
from training.face_fit import (
    SEQUENCE_PARTS,
    TRUNK_PARTS,
    Batch,
    Stage,
    Variables,
    batches,
    first_variables,
    frame_loss,
    run,
    sequence_loss,
)
from training.face_infer import clip_logits, frame_logits, make_clips, still_logits
from training.face_neutral import usual_neutral
from training.face_sequences import LENGTH, Pool, stack
from training.metrics import Floats, fit_temperature, softmax, threshold_at_coverage

from companion.face.model import NAME
from companion.weights import flatten_tree, write_manifest

ROOT = Path(__file__).parent.parent
VERSION = "1"
BATCH = 128  # frames
CLIP_BATCH = 32  # sequences
SEQUENCE_STEPS = 320  # batches that count as an epoch: a third of FER+ and some of CK+
CKPLUS_SHARE = 0.25  # of the sequences
PAIR_SHARE = 0.6  # of those of CK+
CHECK_CLIPS = 1024  # validation sequences
COVERAGE = 0.8  # the share of validation faces whose confidence is enough


def read_crops(data: Path) -> Stills:
    """All CK+ crops, without the subjects kept for the evaluation."""
    crops = join(*(read_ckplus(data / "ckplus", file) for file in CROP_FILES))
    return crops.without(sequence_subjects(data / "ckplus"))


def trunk_stage(ferplus: Stills, valid: Stills, crops: Stills, epochs: int) -> Stage:
    """The trunk with its frame head, on single crops."""
    stills = join(ferplus, crops)

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for chosen in batches(len(stills), BATCH, random):
            yield show_stills(stills.images[chosen], random), stills.targets[chosen]

    return Stage(
        name="trunk",
        parts=TRUNK_PARTS,
        epochs=epochs,
        steps=len(stills) // BATCH,
        rate=3e-3,
        draw=draw,
        loss=frame_loss,
        check=lambda variables: accuracy(frame_logits(variables, valid.images), valid),
    )


def sequence_stage(pool: Pool, ferplus: int, valid: Stills, epochs: int) -> Stage:
    """The ConvLSTM with its head. The pool's first `ferplus` stills are those of FER+."""
    stills = len(pool.stills)
    shares = [
        (ferplus, 1 - CKPLUS_SHARE),
        (stills - ferplus, CKPLUS_SHARE * (1 - PAIR_SHARE)),
        (len(pool.pairs), CKPLUS_SHARE * PAIR_SHARE),
    ]
    clips = make_clips(valid, CHECK_CLIPS, LENGTH)
    chances = np.concatenate([np.full(count, share / count) for count, share in shares])

    def draw(random: np.random.Generator) -> Iterator[Batch]:
        for _ in range(SEQUENCE_STEPS):
            chosen = random.choice(len(pool), CLIP_BATCH, p=chances)
            yield stack([pool.make(index, random) for index in chosen])

    return Stage(
        name="sequence",
        parts=SEQUENCE_PARTS,
        epochs=epochs,
        steps=SEQUENCE_STEPS,
        rate=2e-3,
        draw=draw,
        loss=sequence_loss,
        check=lambda variables: accuracy(clip_logits(variables, clips), valid),
    )


def accuracy(logits: Floats, stills: Stills) -> float:
    """The share of right answers about the first stills."""
    return float(np.mean(logits.argmax(axis=1) == stills.labels[: len(logits)]))


def calibrate(variables: Variables, valid: Stills) -> dict[str, float]:
    """Temperature and threshold, on validation stills both single and as sequences."""
    single = still_logits(variables, valid.images)
    clips = clip_logits(variables, make_clips(valid, CHECK_CLIPS, LENGTH))
    targets = np.eye(valid.targets.shape[1])[valid.labels]
    temperature = fit_temperature(
        np.concatenate([single, clips]), np.concatenate([targets, targets[:CHECK_CLIPS]])
    )
    threshold = threshold_at_coverage(softmax(single, temperature), COVERAGE)
    return {"temperature": round(temperature, 4), "threshold": round(threshold, 4)}


def write_model(variables: Variables, config: dict[str, Any], folder: Path) -> None:
    """Weights, settings and manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(flatten_tree(jax.tree.map(np.asarray, variables)), folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    write_manifest(folder, VERSION, ["weights.safetensors", "config.json"])


def main(
    data: Annotated[Path, typer.Option(help="The folder with ferplus and ckplus.")] = ROOT
    / "../shared/data/face",
    checkpoints: Annotated[Path, typer.Option(help="Where an interrupted run goes on.")] = ROOT
    / "checkpoints/face",
    models: Annotated[Path, typer.Option(help="Where the model's folder goes.")] = ROOT / "models",
    seed: int = 0,
    trunk_epochs: int = 16,
    sequence_epochs: int = 4,
) -> None:
    """Train the face network and write models/face_mood."""
    ferplus = read_ferplus(data / "ferplus", "train")
    valid = read_ferplus(data / "ferplus", "valid")
    crops = read_crops(data)
    held_out = sequence_subjects(data / "ckplus")
    pairs = [pair for pair in read_pairs(data / "ckplus") if pair.subject not in held_out]
    stage = trunk_stage(ferplus, valid, crops, trunk_epochs)
    variables = run(stage, first_variables(seed), checkpoints, seed)
    stage = sequence_stage(Pool(join(ferplus, crops), pairs), len(ferplus), valid, sequence_epochs)
    variables = run(stage, variables, checkpoints, seed)
    unseen = [pair for pair in read_pairs(data / "ckplus") if pair.subject in held_out]
    config = calibrate(variables, valid)
    baseline = usual_neutral(variables, config["temperature"], unseen)
    write_model(variables, {**config, "baseline": baseline}, models / NAME)


if __name__ == "__main__":
    typer.run(main)
