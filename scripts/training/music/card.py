"""The model card, from its figures."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from training.music.data import QUADRANTS

CARD = """\
# track_mood: the mood of a 30-second clip

This file is written by `scripts/evaluate_music.py` from `metrics.json`.

## What it does
It says in which quadrant of the valence-arousal plane a piece of music lies: Q1 happy,
excited; Q2 tense, angry; Q3 sad, tired; Q4 calm, content. Its probabilities are
calibrated: the largest of them says how likely that quadrant is right.

A convolution over the MFCC image, with filters of 1.5 and 3 seconds that were learned
without labels, gives codes. They are joined by the clip's statistics: timbre, contrast,
spectral shape, modulation, tempo and rhythm, pitch range and melody, keys and chords. On
both stand {networks_per_ensemble} small networks whose probabilities are averaged; each has
heads for the quadrant, for valence and arousal, and for the five MIREX clusters.

## How good it is
Measured on {clips_with_quadrant} clips with a quadrant.

- Folds: {folds}. No artist stands on both sides.
- Splits into folds: {splits}; the figures are means over them.
- Calibration: {calibration}.
- Choices: {choices}.
- What ships: {shipped}.

{figures}

The 95 % interval of the network's macro F1 over artists: {low:.3f} to {high:.3f}.
Five MIREX clusters, by the further head: accuracy {cluster_accuracy:.3f}, macro F1
{cluster_f1:.3f}.

"Other artists" are those whose figures no choice was made by. "Changed" clips were cut at
another place, played up to 4 % faster or slower, equalised, and band-limited or coded again
before they were read: what another preview of the same track may be like.

Confusion (rows: label, columns: guess, means over the splits):

{confusion}

![Confusion](confusion.png) ![Reliability](reliability.png) ![Picks](picks.png)

## What each part is worth
One split into folds, one network and no ensemble. Nothing was chosen by these figures.

{variants}

## Why others report more
The five MIREX clusters of three-second segments, by the same network; only the split into
folds differs. Segments of a clip sound alike: where some are learned from and others
tested, a network need only know the recording. This one is held back from learning
recordings by heart (half of its inputs are left out), and still gains.

{segments}

## What bounds it
{pairs} pairs of clips sound alike throughout, as copies and other takes of a recording do.
{two_quadrants} of them carry two quadrants and {two_clusters} two clusters, so outright
contradictions are not what holds the figures back. {two_groups} stand under two names of
artists, which helps every model here on as many clips.

Tried in development and not kept, as the log loss on the artists looked at stayed within
what splits into folds differ by: percentiles and skewness of each row, noisiness by octave,
the share of percussion, roughness; filters over chroma, over onsets, and of six seconds;
soft quadrants for the clips of the second set; the 28 mood tags as a further head; random
Fourier features and kernel machines in place of the hidden layer. Statistics and a network
reach the same figures on this many clips; what is left is mostly valence, which words carry
and sound does not.

## What it was trained on
- The 4Q audio emotion set (R. Panda, R. Malheiro, R. P. Paiva): a quadrant a clip.
- The MIREX-like mood set (R. Panda et al., 2013): one of five clusters a clip, for the
  further head and, without labels, for the filters.

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
VARIANT = {
    "macro_f1": "macro F1",
    "arousal_sign": "arousal",
    "valence_sign": "valence",
    "picks_top_10": "ten surest",
    "picks_top_tenth": "surest tenth",
    "svm_macro_f1": "SVM's F1, same inputs",
}


def write_card(figures: dict[str, Any], file: Path) -> None:
    """Fill the card with the figures of metrics.json."""
    network, copies = figures["network"], figures["near_copies"]
    low, high = network["macro_f1_interval_95"]
    text = CARD.format(
        **figures["protocol"],
        valence=network["valence_sign"],
        arousal=network["arousal_sign"],
        pair=most_confused(network["confusion"]),
        figures=_figures(figures),
        low=low,
        high=high,
        cluster_accuracy=figures["clusters"]["accuracy"],
        cluster_f1=figures["clusters"]["macro_f1"],
        confusion=_confusion(network["confusion"]),
        variants=_variants(figures["variants"]),
        segments=_table(("split", "accuracy"), figures["splits_compared"].items()),
        pairs=copies["pairs"],
        two_quadrants=copies["two quadrants"],
        two_clusters=copies["two clusters"],
        two_groups=copies["two artist groups"],
    )
    file.write_text(text, "utf-8")


def most_confused(counts: list[list[float]]) -> tuple[str, str]:
    """The two quadrants that are taken for each other most often."""
    pairs = combinations(range(len(QUADRANTS)), 2)
    first, second = max(pairs, key=lambda pair: counts[pair[0]][pair[1]] + counts[pair[1]][pair[0]])
    return QUADRANTS[first], QUADRANTS[second]


def _figures(figures: dict[str, Any]) -> str:
    columns = {
        "network": figures["network"],
        **{f"SVM: {name}": each for name, each in figures["svm"].items()},
        "network, other artists": figures["network_by_artists"]["never looked at"],
        "network, changed clips": figures["network_on_changed_copies"],
    }
    rows = [
        (FIGURES[name], *(column.get(name, "") for column in columns.values())) for name in FIGURES
    ]
    return _table(("", *columns), rows)


def _variants(variants: list[dict[str, Any]]) -> str:
    rows = [(row["variant"], *(row.get(name, "") for name in VARIANT)) for row in variants]
    return _table(("inputs", *VARIANT.values()), rows)


def _confusion(counts: list[list[float]]) -> str:
    rows = zip(QUADRANTS, counts, strict=True)
    return _table(("", *QUADRANTS), [(name, *(f"{n:.0f}" for n in row)) for name, row in rows])


def _table(heads: Iterable[str], rows: Iterable[Iterable[str | float]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: str | float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
