"""Evaluate the music model: by artist-grouped folds, five splits, and from one set to the other.

    python scripts/evaluate_music.py [--data FOLDER] [--split N]

Writes metrics.json, card.md, oof.json and the plots of models/track_mood. What was fitted before
is read again; --split fits one split and writes nothing, so that several can run side by side.
The tries of other models are written by `python -m training.music.report.tries` into tries.json
and only shown.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score
from training.metrics import bootstrap_interval
from training.music.choose import Nested, predict_nested
from training.music.data import DEFAULT_DATA, QUADRANTS, Clips
from training.music.features import CHANGED, Inputs, load_inputs, load_patches
from training.music.folds import EVERYTHING, CrossValidation, assemble
from training.music.metrics import average, macro_f1, measure, spread
from training.music.rendered.piano import read_all_clips
from training.music.report.card import write_card
from training.music.report.near_copies import near_copies
from training.music.report.piano import GAMES, measure_games, piano_figures
from training.music.report.places import measure_places, places
from training.music.report.plots import draw_all
from training.music.report.segments import compare_splits
from training.music.report.strangers import leave_one_set_out
from training.music.report.tries import svm_f1

from companion.music.model.ensemble import Prediction
from companion.music.tag import MODEL, SETTINGS, Tagger
from companion.music.track_features import BYTES
from companion.weights import models_folder, open_model

SPLITS = (0, 1, 2, 3, 4)
MISTAKES = 5  # that are shown
MIXED = ("macro_f1", "arousal_sign", "valence_sign", "picks_top_10", "picks_top_tenth", "ece")
CHOSEN = ("inputs", "strength", "share")  # of a fold's choice, as they are counted
SURE = 0.8  # the confidence from which the tagger counts as sure


def main() -> None:
    """Read the command line and evaluate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the labelled clips")
    parser.add_argument("--models", type=Path, default=models_folder(), help="where it goes")
    parser.add_argument("--split", type=int, choices=SPLITS, help="fit this split alone")
    arguments = parser.parse_args()
    clips = read_all_clips(arguments.data)
    validation = CrossValidation(clips, load_inputs(clips, arguments.data))
    if arguments.split is None:
        evaluate(validation, arguments.data, arguments.models / MODEL)
    else:
        predict_nested(validation, arguments.split)


def evaluate(validation: CrossValidation, data: Path, folder: Path) -> None:
    """Measure everything and write it down."""
    whole = [predict_nested(validation, split) for split in SPLITS]
    recorded = ~validation.clips.rendered
    clips, splits = validation.clips.take(recorded), [split.take(recorded) for split in whole]
    known = clips.quadrant >= 0
    calibrated = [split.calibrated for split in splits]
    words = json.loads((folder / SETTINGS).read_text("utf-8"))["words"]
    figures = {
        "protocol": protocol(validation),
        "network": network_figures(clips, calibrated),
        "splits": split_figures(clips, splits),
        "choices": choice_figures(splits),
        "network_on_changed_copies": on_changed_copies(validation, data),
        "clusters": average([cluster_figures(clips, split.prediction) for split in splits]),
        "surest_mistakes": surest_mistakes(clips, calibrated),
        "when_wrong": when_wrong(clips, calibrated),
        "places": measure_places(clips, calibrated[0]),
        "other_set": leave_one_set_out(validation),
        "mixes": mix_figures(clips, [split.prediction for split in splits]),
        "piano": {
            "held out": piano_figures(validation.clips, whole[0].calibrated),
            "held out, without its regression": piano_figures(
                validation.clips, whole[0].prediction.quadrant
            ),
            "of games": measure_games(data / GAMES, Tagger(open_model(MODEL, folder.parent))),
        },
        "words": words["rules"],
        "voice_measured": bool(words["slope"]),
        "kept_bytes_a_track": BYTES,
        "splits_compared": compare_splits(clips, load_patches(clips, data)),
        "near_copies": near_copies(validation),
        "svm_macro_f1": svm_f1(validation, SPLITS),
        "tries": read_tries(folder),
    }
    write_json(folder / "metrics.json", figures)
    write_json(folder / "oof.json", out_of_fold(clips, calibrated[0]))
    draw_all([each[known] for each in calibrated], clips.quadrant[known], folder)
    write_card(figures, folder / "card.md")
    print(json.dumps(figures["network"], indent=1))


def protocol(validation: CrossValidation) -> dict[str, Any]:
    """Describe the evaluation protocol, and its differences from the released model."""
    clips = validation.clips.judged()
    recorded = ~clips.rendered
    return {
        "clips": int(np.sum(recorded)),
        "piano_pieces": int(np.sum(clips.rendered)),
        "clips_with_quadrant": int(np.sum(clips.quadrant >= 0)),
        "artist_groups": len(np.unique(clips.artists[recorded])),
        "folds": "10, by artist group, over both sets together",
        "splits": len(SPLITS),
        "networks_per_ensemble": validation.members,
        "choices": "the inputs, the strength of the logistic regression, its share of the mean, "
        "and the temperature are chosen anew for each fold, by three inner folds of artists among "
        "its training clips. The networks' recipe (layers, steps, rate) was settled earlier, by "
        "figures on splits 0 and 1, and is the same for all folds",
        "filters": "learned without labels from the clips that have no quadrant",
        "shipped": "the same procedure over all clips; no clip is left to measure it on",
    }


def mix_figures(clips: Clips, predictions: list[Prediction]) -> dict[str, dict[str, float]]:
    """The figures of the networks, the logistic regression, and the mean of both."""
    known = clips.quadrant >= 0
    labels = clips.quadrant[known]

    def measured(share: float) -> dict[str, float]:
        runs = [measure(said.mix(share, 1.0)[known], labels) for said in predictions]
        return {name: average(runs)[name] for name in MIXED}

    return {
        "networks alone": measured(0),
        "logistic regression alone": measured(1),
        "half of each": measured(0.5),
    }


def choice_figures(splits: list[Nested]) -> dict[str, dict[str, float]]:
    """Return the share of the folds that chose each value."""
    folds = sum(len(split.choices) for split in splits)
    found = {}
    for name in CHOSEN:
        counts = sum((split.counts(name) for split in splits), Counter())
        found[name] = {value: round(counts[value] / folds, 4) for value in sorted(counts)}
    return found


def network_figures(clips: Clips, splits: list[np.ndarray]) -> dict[str, Any]:
    """Means over the splits, how far these differ, and the interval of F1 over artists."""
    known = clips.quadrant >= 0
    labels = clips.quadrant[known]
    guesses = [probabilities[known].argmax(axis=1) for probabilities in splits]

    def mean_f1(chosen: np.ndarray) -> float:
        return float(np.mean([macro_f1(guess[chosen], labels[chosen]) for guess in guesses]))

    low, high = bootstrap_interval(clips.artists[known].tolist(), mean_f1)
    runs = [measure(probabilities[known], labels) for probabilities in splits]
    return {
        **average(runs),
        "spread": spread(runs),
        "macro_f1_interval_95": [round(low, 4), round(high, 4)],
    }


def split_figures(clips: Clips, splits: list[Nested]) -> list[dict[str, Any]]:
    """The figures of each split, and the accuracy of each of its folds."""
    known = clips.quadrant >= 0
    rows = []
    for split in splits:
        right = split.calibrated.argmax(axis=1) == clips.quadrant
        figures = average([measure(split.calibrated[known], clips.quadrant[known])])
        del figures["confusion"]
        by_fold = [float(right[known & (split.fold == n)].mean()) for n in np.unique(split.fold)]
        rows.append({**figures, "accuracy_by_fold": [round(figure, 4) for figure in by_fold]})
    return rows


def on_changed_copies(validation: CrossValidation, data: Path) -> dict[str, Any]:
    """The figures where each unseen clip is cut, equalised and coded anew before it is read."""
    clips = validation.clips.judged()
    known = clips.quadrant >= 0
    changed = _put(validation.inputs, known, load_inputs(clips.take(known), data, CHANGED))
    read = assemble(changed, validation.encoder, EVERYTHING)
    said = predict_nested(validation, SPLITS[0], read).calibrated
    return average([measure(said[known], clips.quadrant[known])])


def _put(inputs: Inputs, where: np.ndarray, others: Inputs) -> Inputs:
    """The inputs with some rows replaced."""
    parts = {}
    for name in Inputs.__slots__:
        parts[name] = getattr(inputs, name).copy()
        parts[name][where] = getattr(others, name)
    return Inputs(**parts)


def cluster_figures(clips: Clips, said: Prediction) -> dict[str, float]:
    """The five MIREX clusters, by the further head."""
    known = clips.cluster >= 0
    guesses = said.cluster[known].argmax(axis=1)
    labels = clips.cluster[known]
    return {
        "accuracy": float(accuracy_score(labels, guesses)),
        "macro_f1": macro_f1(guesses, labels),
    }


def when_wrong(clips: Clips, splits: list[np.ndarray]) -> dict[str, float]:
    """Measure the tagger's confidence where it is right, and where it is wrong."""
    known = clips.quadrant >= 0
    sure = np.concatenate([each[known].max(axis=1) for each in splits])
    right = np.concatenate([each[known].argmax(axis=1) == clips.quadrant[known] for each in splits])
    figures = {
        "mean confidence where right": sure[right].mean(),
        "mean confidence where wrong": sure[~right].mean(),
        "share of clips it is sure of": (sure >= SURE).mean(),
        "of these right": right[sure >= SURE].mean(),
        "share of its mistakes that it is sure of": (sure[~right] >= SURE).mean(),
    }
    return {name: round(float(figure), 4) for name, figure in figures.items()}


def surest_mistakes(clips: Clips, splits: list[np.ndarray]) -> list[dict[str, Any]]:
    """The clips that it is wrong about most surely, by the means over the splits."""
    mean = np.mean(splits, axis=0)
    wrong = (clips.quadrant >= 0) & (mean.argmax(axis=1) != clips.quadrant)
    worst = sorted(np.flatnonzero(wrong), key=lambda i: -mean[i].max())[:MISTAKES]
    return [
        {
            "clip": clips.names[i],
            "label": QUADRANTS[clips.quadrant[i]].value,
            "said": QUADRANTS[mean[i].argmax()].value,
            "confidence": round(float(mean[i].max()), 4),
        }
        for i in worst
    ]


def out_of_fold(clips: Clips, probabilities: np.ndarray) -> dict[str, Any]:
    """Return the out-of-fold prediction of each clip that has a quadrant."""
    known = np.flatnonzero(clips.quadrant >= 0)
    rounded = [[round(float(p), 4) for p in row] for row in probabilities]
    where = places(probabilities)
    return {
        "split": SPLITS[0],
        "quadrants": [quadrant.value for quadrant in QUADRANTS],
        "clips": {
            clips.names[i]: {
                "probabilities": rounded[i],
                "confidence": max(rounded[i]),
                "valence": round(float(where[i, 0]), 4),
                "arousal": round(float(where[i, 1]), 4),
            }
            for i in known
        },
    }


def read_tries(folder: Path) -> list[dict[str, Any]]:
    """The tries that were made, where there are any."""
    file = folder / "tries.json"
    tries: list[dict[str, Any]] = json.loads(file.read_text("utf-8")) if file.is_file() else []
    return tries


def write_json(file: Path, value: dict[str, Any]) -> None:
    """Write it for people and programs to read."""
    file.write_text(json.dumps(value, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
