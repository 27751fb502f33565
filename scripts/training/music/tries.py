"""Parts taken away: what each group of inputs, and each part of the recipe, is worth."""

from __future__ import annotations

import dataclasses
from typing import Any

from training.music.folds import CODES, EVERYTHING, Bench, predict_out_of_fold
from training.music.metrics import measure
from training.music.svm import measure_svm, svm_scores

SPLIT = 0
MEMBERS = 1


def _starting(*starts: str) -> tuple[str, ...]:
    return tuple(group for group in EVERYTHING if group.startswith(starts))


MFCC = _starting(CODES, "mfcc", "delta")
PITCH = _starting("pitch", "melody")
RHYTHM = _starting("tempo", "band rhythm", "modulation")
SPECTRUM = _starting("contrast", "valley")
SHAPE = _starting("shape")
HARMONY = _starting("key", "degrees", "peak", "chords", "intervals", "tonnetz")
GROUPS = {
    "MFCC alone: image and statistics": MFCC,
    "MFCC, pitch range": MFCC + PITCH,
    "MFCC, tempo and rhythm": MFCC + RHYTHM,
    "MFCC, contrast": MFCC + SPECTRUM,
    "MFCC, spectral shape": MFCC + SHAPE,
    "MFCC, keys and chords": MFCC + HARMONY,
    "all": EVERYTHING,
    "all but the image": tuple(group for group in EVERYTHING if group != CODES),
    "the image alone": (CODES,),
}
RECIPES: dict[str, dict[str, Any]] = {
    "all, no changed copies": {"changed": 0.0},
}


def try_all(bench: Bench) -> list[dict[str, Any]]:
    """One row of figures for each variant."""
    bench = dataclasses.replace(bench, members=MEMBERS)
    rows = []
    for name, groups in GROUPS.items():
        part = dataclasses.replace(bench, groups=groups)
        rows.append(_row(part, name) | {"svm_macro_f1": _svm_f1(part)})
    for name, changes in RECIPES.items():
        recipe = dataclasses.replace(bench.recipe, **changes)
        rows.append(_row(dataclasses.replace(bench, recipe=recipe), name))
    return rows


def _row(bench: Bench, name: str) -> dict[str, Any]:
    known = bench.clips.quadrant >= 0
    said, _ = predict_out_of_fold(bench, SPLIT)
    figures = measure(said.quadrant[known], bench.clips.quadrant[known])
    wanted = ("macro_f1", "arousal_sign", "valence_sign", "picks_top_10", "picks_top_tenth")
    return {"variant": name, **{key: round(figures[key], 4) for key in wanted}}


def _svm_f1(bench: Bench) -> float:
    known = bench.clips.quadrant >= 0
    scores = svm_scores(bench, SPLIT, weighted=True)
    return float(round(measure_svm(scores[known], bench.clips.quadrant[known])["macro_f1"], 4))
