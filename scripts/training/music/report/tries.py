"""Other models, tried on one split into folds: python -m training.music.report.tries FOLDER.

Writes tries.json of models/track_mood, a row at a time; what stands there already is kept.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import log_loss

from companion.music.features.extract import GROUPS
from companion.music.model.ensemble import Prediction
from companion.music.model.musicnn import EMBEDDING
from companion.music.model.standard import Block
from companion.music.tag import MODEL
from companion.weights import models_folder
from training.music.data import read_clips, split_by_artist
from training.music.features import CHANGED, load_inputs, load_patches
from training.music.folds import (
    CODES,
    EVERYTHING,
    MSD,
    MTT,
    STATISTICS,
    TAGS,
    CrossValidation,
    assemble,
    predict_out_of_fold,
)
from training.music.metrics import macro_f1, measure
from training.music.patches import mean_of_heard, networks
from training.music.rendered.piano import read_all_clips
from training.music.report import heads

KEPT = ("macro_f1", "arousal_sign", "valence_sign", "picks_top_10", "picks_top_tenth", "ece")
MFCC = (CODES, STATISTICS)
JOINT = (STATISTICS, MSD, MTT)
LOGISTIC = heads.logistic(1e-3)
FINE_RATE = 2e-4
SHARE = 0.5  # of the logistic regression in an average

Try = Callable[[], np.ndarray]


class Tries:
    """All tries, by what they are; each gives probabilities (clips, 4).

    Args:
        validation: the shipped model's.
        folder: the labelled clips.
    """

    def __init__(self, validation: CrossValidation, folder: Path) -> None:
        self.validation = validation
        self._folder = folder
        self._folds = split_by_artist(validation.clips, heads.SPLIT)

    def all(self) -> dict[str, Try]:
        """In the order of the table."""
        return {
            "MFCC, pitch, tempo: SVM": partial(self._head, (STATISTICS,), heads.support_vectors),
            "musicnn MSD: logistic": partial(self._head, (MSD,), LOGISTIC),
            "musicnn MSD and MTT: logistic": partial(self._head, (MSD, MTT), LOGISTIC),
            "musicnn MSD and MTT: SVM": partial(self._head, (MSD, MTT), heads.support_vectors),
            "joint: logistic": partial(self._head, JOINT, LOGISTIC),
            "joint: SVM": partial(self._head, JOINT, heads.support_vectors),
            "joint, all: network": partial(self._network, EVERYTHING),
            "joint, all: logistic": lambda: self._joint().linear,
            "average of these two": self._average,
            "the same, with a regression for solo piano (as shipped)": self._with_piano,
            "joint and the pooled layer under the embedding: logistic": self._pooled,
            "joint, changed copies learned too: logistic": self._copies,
            "attention over the patches' embeddings": self._attention,
            "musicnn's last layers learned on": self._tuned,
            "embedding distilled into a convolution over the MFCC: logistic": self._distilled,
            "MFCC, pitch, tempo: network": partial(self._network, MFCC),
            "late average: MFCC network, musicnn logistic": self._late,
            "joint, MSD alone: network": partial(self._network, (*MFCC, MSD)),
        }

    def _network(self, blocks: tuple[str, ...]) -> np.ndarray:
        return predict_out_of_fold(self.validation, self._folds, blocks).quadrant

    def _head(self, blocks: tuple[str, ...], fit: heads.Fit) -> np.ndarray:
        inputs = assemble(self.validation.inputs, self.validation.encoder, blocks)
        return heads.out_of_fold(self.validation.clips, inputs, fit, blocks_of(blocks))

    def _joint(self) -> Prediction:
        return predict_out_of_fold(self.validation, self._folds)

    def _average(self) -> np.ndarray:
        return self._joint().mix(SHARE, 1.0)

    def _with_piano(self) -> np.ndarray:
        clips = read_all_clips(self._folder)
        validation = CrossValidation(clips, load_inputs(clips, self._folder))
        folds = split_by_artist(clips, heads.SPLIT)
        said: np.ndarray = predict_out_of_fold(validation, folds).mix(SHARE, 1.0)[~clips.rendered]
        return said

    def _pooled(self) -> np.ndarray:
        pooled = self._pooled_means()
        joint = assemble(self.validation.inputs, self.validation.encoder, JOINT)
        inputs = np.concatenate([joint, pooled], axis=1)
        blocks = [*blocks_of(JOINT), Block((pooled.shape[1],))]
        return heads.out_of_fold(self.validation.clips, inputs, LOGISTIC, blocks)

    def _pooled_means(self) -> np.ndarray:
        heard = load_patches(self.validation.clips, self._folder)
        first = pooled_of_first()
        return np.stack([mean_of_heard(each.pooled.astype(np.float32), first) for each in heard])

    def _copies(self) -> np.ndarray:
        clips, encoder = self.validation.clips, self.validation.encoder
        changed = load_inputs(clips, self._folder, CHANGED)
        both = [assemble(each, encoder, JOINT) for each in (self.validation.inputs, changed)]
        twice = clips.take(np.tile(np.arange(len(clips)), 2))
        said = heads.out_of_fold(twice, np.concatenate(both), LOGISTIC, blocks_of(JOINT))
        return said[: len(clips)]

    def _late(self) -> np.ndarray:
        both = self._network(MFCC), self._head((MSD, MTT), LOGISTIC)
        mixed = np.sqrt(both[0] * both[1])
        mean: np.ndarray = mixed / mixed.sum(axis=1, keepdims=True)
        return mean

    def _distilled(self) -> np.ndarray:
        clips, inputs = self.validation.clips, self.validation.inputs
        image = inputs.image - inputs.image.mean(axis=(0, 1))
        image = image / image.std(axis=(0, 1))
        target = inputs.embedding / inputs.embedding.std(axis=0)
        learned = clips.quadrant < 0
        module = heads.Distilled(target.shape[1])
        params = heads.descend(module, (image[learned], target[learned]), heads.squared_error)
        told = np.asarray(module.apply({"params": params}, image))
        seen = np.concatenate([told, inputs.statistics], axis=1)
        blocks = [Block((told.shape[1],)), *blocks_of((STATISTICS,))]
        return heads.out_of_fold(clips, seen, LOGISTIC, blocks)

    def _attention(self) -> np.ndarray:
        heard = [each.embedding for each in load_patches(self.validation.clips, self._folder)]
        most = max(map(len, heard))
        padded = np.stack([np.pad(rows, ((0, most - len(rows)), (0, 0))) for rows in heard])
        return heads.out_of_fold(
            self.validation.clips, padded, heads.network(heads.AttentionHead())
        )

    def _tuned(self) -> np.ndarray:
        pooled = self._pooled_means()
        start = {
            f"tagger_{n}": dict(params["joined"])
            for n, (_, params) in enumerate(networks().values())
        }
        fit = heads.network(heads.TunedHead(pooled_of_first()), start, FINE_RATE)
        return heads.out_of_fold(self.validation.clips, pooled, fit)


def pooled_of_first() -> int:
    """The width of the first network's pooled layer."""
    _, params = next(iter(networks().values()))
    return len(params["joined"]["kernel"])


def blocks_of(names: tuple[str, ...]) -> list[Block]:
    """Those of the heads that are no networks; the image's codes are not among them."""
    groups = {
        STATISTICS: tuple(GROUPS.values()),
        MSD: (EMBEDDING,),
        MTT: (EMBEDDING,),
        TAGS: (50, 50),
    }
    return [Block(groups[name]) for name in names]


def svm_f1(validation: CrossValidation, splits: tuple[int, ...]) -> dict[str, float]:
    """The mean macro F1 over several splits of support vector machines, by what they see.

    They learn from the recordings of a fold, and are measured on them.
    """
    clips = validation.clips.judged()
    known = clips.quadrant >= 0
    folds = [
        [
            (train[~clips.rendered[train]], test)
            for train, test in split_by_artist(validation.clips, split)
        ]
        for split in splits
    ]

    def mean(names: tuple[str, ...]) -> float:
        inputs = assemble(validation.inputs, validation.encoder, names)
        blocks = blocks_of(names)
        runs = [
            heads.out_of_fold(clips, inputs, heads.support_vectors, blocks, each)[known]
            for each in folds
        ]
        found = [macro_f1(said.argmax(axis=1), clips.quadrant[known]) for said in runs]
        return round(float(np.mean(found)), 4)

    return {
        "MFCC, pitch, tempo": mean((STATISTICS,)),
        "joint": mean(JOINT),
    }


def row(name: str, probabilities: np.ndarray, quadrant: np.ndarray) -> dict[str, Any]:
    """The figures of a try on the clips with a quadrant."""
    known = quadrant >= 0
    shares = probabilities[known] / probabilities[known].sum(axis=1, keepdims=True)
    figures = measure(shares, quadrant[known])
    kept = {key: round(float(figures[key]), 4) for key in KEPT}
    return {"try": name, **kept, "log_loss": round(float(log_loss(quadrant[known], shares)), 4)}


def main(folder: Path, file: Path) -> None:
    """Make the tries that have no row yet."""
    clips = read_clips(folder)
    tries = Tries(CrossValidation(clips, load_inputs(clips, folder)), folder)
    rows = json.loads(file.read_text("utf-8")) if file.is_file() else []
    for name, make in tries.all().items():
        if name not in {each["try"] for each in rows}:
            rows.append(row(name, make(), clips.quadrant))
            file.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
            print(rows[-1], flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), models_folder() / MODEL / "tries.json")
