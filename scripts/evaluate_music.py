"""Evaluate the music model: by artist-grouped folds, beside an SVM on the same folds.

    python scripts/evaluate_music.py [--data FOLDER]

Writes metrics.json, card.md and oof.json of models/track_mood. The networks that
train_music.py fitted to the folds are read again, the missing ones are fitted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from train_music import find_temperature
from training.metrics import bootstrap_interval
from training.music_card import write_card
from training.music_data import DEFAULT_DATA, QUADRANTS, Clips, read_clips, split_by_artist
from training.music_features import load_inputs
from training.music_folds import Bench, predict_out_of_fold
from training.music_metrics import (
    AROUSAL_UP,
    VALENCE_UP,
    average,
    macro_f1,
    measure,
    pick_precision,
    sign_accuracy,
)

from companion.music.ensemble import Prediction
from companion.music.features import STATISTICS
from companion.music.tag import MODEL, calibrate
from companion.weights import models_folder

SPLITS = (0, 1, 2)
FLOOR_STARTS = ("mfcc", "contrast", "degree", "tempo")


def main() -> None:
    """Read the command line and evaluate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the labelled clips")
    parser.add_argument("--models", type=Path, default=models_folder(), help="where it goes")
    arguments = parser.parse_args()
    clips = read_clips(arguments.data)
    bench = Bench(clips, load_inputs(clips, arguments.data))
    predictions = [predict_out_of_fold(bench, split) for split in SPLITS]
    calibrated = [cross_calibrate(clips, said.quadrant, fold) for said, fold in predictions]
    folder = arguments.models / MODEL
    figures = {
        "protocol": protocol(bench),
        "network": network_figures(clips, calibrated),
        "clusters": average([cluster_figures(clips, said) for said, _ in predictions]),
        "svm": {
            "same statistics": svm_figures(bench, np.arange(len(STATISTICS))),
            "mfcc, contrast, chroma, tempo": svm_figures(bench, floor_columns()),
        },
    }
    write_json(folder / "metrics.json", figures)
    write_json(folder / "oof.json", out_of_fold(clips, calibrated[0]))
    write_card(figures, folder / "card.md")
    print(json.dumps(figures["network"], indent=1))


def protocol(bench: Bench) -> dict[str, Any]:
    """What the figures were measured on, and how that differs from what ships."""
    clips = bench.clips
    return {
        "clips": len(clips),
        "clips_with_quadrant": int(np.sum(clips.quadrant >= 0)),
        "artist_groups": len(np.unique(clips.artists)),
        "folds": "10, by artist group, over both sets together",
        "splits": len(SPLITS),
        "networks_per_ensemble": bench.members,
        "calibration": "temperature of each fold from the other nine",
        "shipped": "the same recipe fitted to all clips; no clip is left to measure it on",
    }


def cross_calibrate(clips: Clips, probabilities: np.ndarray, fold_of: np.ndarray) -> np.ndarray:
    """Calibrate each fold by the temperature that fits the others."""
    calibrated = np.zeros_like(probabilities)
    for fold in np.unique(fold_of):
        others = Clips(
            clips.names,
            clips.artists,
            np.where(fold_of == fold, -1, clips.quadrant),
            clips.cluster,
        )
        temperature = find_temperature(others, probabilities)
        calibrated[fold_of == fold] = calibrate(probabilities[fold_of == fold], temperature)
    return calibrated


def network_figures(clips: Clips, splits: list[np.ndarray]) -> dict[str, Any]:
    """Means over the splits, and the interval of F1 over artists."""
    known = clips.quadrant >= 0
    labels = clips.quadrant[known]
    guesses = [probabilities[known].argmax(axis=1) for probabilities in splits]

    def mean_f1(chosen: np.ndarray) -> float:
        return float(np.mean([macro_f1(guess[chosen], labels[chosen]) for guess in guesses]))

    low, high = bootstrap_interval(clips.artists[known].tolist(), mean_f1)
    figures = average([measure(probabilities[known], labels) for probabilities in splits])
    return {**figures, "macro_f1_interval_95": [round(low, 4), round(high, 4)]}


def cluster_figures(clips: Clips, said: Prediction) -> dict[str, float]:
    """The five MIREX clusters, by the further head."""
    known = clips.cluster >= 0
    guesses = said.cluster[known].argmax(axis=1)
    labels = clips.cluster[known]
    return {
        "accuracy": float(accuracy_score(labels, guesses)),
        "macro_f1": macro_f1(guesses, labels),
    }


def svm_figures(bench: Bench, columns: np.ndarray) -> dict[str, Any]:
    """An untuned SVM with an RBF kernel, on the statistics, on the same folds."""
    return average([_svm_split(bench, columns, split) for split in SPLITS])


def _svm_split(bench: Bench, columns: np.ndarray, split: int) -> dict[str, float]:
    quadrant, statistics = bench.clips.quadrant, bench.inputs.statistics[:, columns]
    scores = np.zeros((len(quadrant), len(QUADRANTS)))
    for train, test in split_by_artist(bench.clips, split):
        known = train[quadrant[train] >= 0]
        machine = make_pipeline(StandardScaler(), SVC())
        machine.fit(statistics[known], quadrant[known])
        scores[test] = machine.decision_function(statistics[test])
    known = quadrant >= 0
    labels, scores = quadrant[known], scores[known]
    guesses = scores.argmax(axis=1)
    sure = np.eye(len(QUADRANTS))[guesses]
    return {
        "accuracy": float(accuracy_score(labels, guesses)),
        "macro_f1": macro_f1(guesses, labels),
        "arousal_sign": sign_accuracy(sure, labels, AROUSAL_UP),
        "valence_sign": sign_accuracy(sure, labels, VALENCE_UP),
        "picks_top_10": pick_precision(scores, labels),
        "picks_top_tenth": pick_precision(scores, labels, 0.1),
    }


def floor_columns() -> np.ndarray:
    """The statistics of the plain baseline."""
    return np.array([i for i, name in enumerate(STATISTICS) if name.startswith(FLOOR_STARTS)])


def out_of_fold(clips: Clips, probabilities: np.ndarray) -> dict[str, Any]:
    """What was said of each clip that has a quadrant, by networks that saw no clip like it."""
    known = np.flatnonzero(clips.quadrant >= 0)
    return {
        "split": SPLITS[0],
        "quadrants": [quadrant.value for quadrant in QUADRANTS],
        "clips": {
            clips.names[i]: {
                "probabilities": np.round(probabilities[i], 4).tolist(),
                "confidence": round(float(probabilities[i].max()), 4),
            }
            for i in known
        },
    }


def write_json(file: Path, value: dict[str, Any]) -> None:
    """Write it for people and programs to read."""
    file.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
