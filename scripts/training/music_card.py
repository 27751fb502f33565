"""The model card, from its figures."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from training.music_data import QUADRANTS

CARD = """\
# track_mood: the mood of a 30-second clip

This file is written by `scripts/evaluate_music.py` from `metrics.json`.

## What it does
It says in which quadrant of the valence-arousal plane a piece of music lies: Q1 happy,
excited; Q2 tense, angry; Q3 sad, tired; Q4 calm, content. Its probabilities are
calibrated: the largest of them says how likely that quadrant is right.

It is {networks_per_ensemble} small networks whose probabilities are averaged. Each is a CNN
with filters of several lengths over the MFCC image, joined by the clip's statistics
(timbre, contrast, tempo, onsets, pitch range, key and mode, dynamics) before its heads.

## How good it is
Measured on {clips_with_quadrant} clips with a quadrant.

- Folds: {folds}. No artist stands on both sides.
- Splits into folds: {splits}; the figures are means over them.
- Calibration: {calibration}.
- What ships: {shipped}.

| | network | SVM, same statistics | SVM, plain statistics |
|---|---|---|---|
{rows}

The 95 % interval of the network's macro F1 over artists: {low:.3f} to {high:.3f}.
Five MIREX clusters, by the further head: accuracy {cluster_accuracy:.3f}, macro F1
{cluster_f1:.3f}.

Confusion (rows: label, columns: guess, means over the splits):

| | {quadrants} |
|---|---|---|---|---|
{confusion}

## What it was trained on
- The 4Q audio emotion set (R. Panda, R. Malheiro, R. P. Paiva): a quadrant a clip.
- The MIREX-like mood set (R. Panda et al., 2013): one of five clusters a clip, for the
  further head only.

Both hold commercial recordings and may be used for research only. No audio of either is
part of this project. No audio and no data of Spotify was used.

## Weak spots
- Valence is harder than arousal: its sign is right in {valence:.0%}, that of arousal in
  {arousal:.0%}. {pair[0]} and {pair[1]} are taken for each other most often.
- The labels come from editors' mood tags, mostly of Western popular music. Other music is
  read less well, and how much so is not known.
- It hears the middle 30 seconds only, and no words.

## What it is not for
It does not measure what a listener feels, and is no ground for judging a person, an artist
or a work. It is meant to sort somebody's own library into moods, where a mistake costs
a skipped track.
"""

FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "arousal_sign": "sign of arousal right",
    "valence_sign": "sign of valence right",
    "picks_top_10": "ten surest of each quadrant right",
    "picks_top_tenth": "surest tenth of each quadrant right",
    "ece": "calibration error (ECE)",
}


def write_card(figures: dict[str, Any], file: Path) -> None:
    """Fill the card with the figures of metrics.json."""
    network, machines = figures["network"], list(figures["svm"].values())
    low, high = network["macro_f1_interval_95"]
    text = CARD.format(
        **figures["protocol"],
        valence=network["valence_sign"],
        arousal=network["arousal_sign"],
        pair=most_confused(network["confusion"]),
        rows="\n".join(_row(name, [network, *machines]) for name in FIGURES),
        low=low,
        high=high,
        cluster_accuracy=figures["clusters"]["accuracy"],
        cluster_f1=figures["clusters"]["macro_f1"],
        quadrants=" | ".join(QUADRANTS),
        confusion="\n".join(_confusion(network["confusion"])),
    )
    file.write_text(text, "utf-8")


def most_confused(counts: list[list[float]]) -> tuple[str, str]:
    """The two quadrants that are taken for each other most often."""
    pairs = combinations(range(len(QUADRANTS)), 2)
    first, second = max(pairs, key=lambda pair: counts[pair[0]][pair[1]] + counts[pair[1]][pair[0]])
    return QUADRANTS[first], QUADRANTS[second]


def _row(name: str, columns: list[dict[str, float]]) -> str:
    cells = [f"{column[name]:.3f}" if name in column else "" for column in columns]
    return " | ".join([f"| {FIGURES[name]}", *cells]) + " |"


def _confusion(counts: list[list[float]]) -> list[str]:
    return [
        f"| {quadrant} | " + " | ".join(f"{count:.0f}" for count in row) + " |"
        for quadrant, row in zip(QUADRANTS, counts, strict=True)
    ]
