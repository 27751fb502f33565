"""The model card, from its figures."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

from companion.music.model.place import AROUSAL_SPREAD, VALENCE_SPREAD
from companion.music.model.taggers import WINDOWS
from training.music.data import QUADRANTS
from training.music.words import LEAST

CARD = """\
# track_mood: the mood of a 30-second clip

`scripts/evaluate_music.py` writes this file from `metrics.json`.

## What it does
It tells which quadrant of the valence-arousal plane a piece of music belongs to: Q1 happy,
excited; Q2 tense, angry; Q3 sad, tired; Q4 calm, content. The probabilities are calibrated: the
largest says how likely its quadrant is to be right. They also place the track on the plane, with
a spread, and the tags add some words for what was heard.

A convolution over the MFCC image, with filters of 1.5 and 3 seconds learned without labels,
produces codes. The other inputs are the clip's statistics (timbre, contrast, spectral shape,
modulation, tempo and rhythm, pitch range and melody, keys and chords), and the embeddings and
tags of `musicnn`, two networks trained on other people's tags for some 200,000 songs.
{networks_per_ensemble} small networks take all of these inputs, and their probabilities are
averaged; each has heads for the quadrant, for valence and arousal, and for the five MIREX
clusters. The quadrant probabilities are then averaged with those of a logistic regression on the
same inputs. Solo piano is read by a regression of its own.

`musicnn` reads {msd} (Million Song Dataset) and {mtt} (MagnaTagATune) windows of three seconds,
spread evenly over the clip, rather than all ten. A clip therefore takes less than 2.5 times as
long as without `musicnn` (`scripts/bench music`).

## How good it is
Measured on {clips_with_quadrant} clips with a quadrant label.

- Folds: {folds}. No artist is in both training and test data.
- Splits into folds: {splits}; figures are means over the splits, with standard deviations.
- Choices: {choices}.
- Filters: {filters}.
- Released model: {shipped}.

{figures}

95 % interval of the macro F1 over artists: {low:.3f} to {high:.3f}.
Five MIREX clusters, by their own head: accuracy {cluster_accuracy:.3f}, macro F1
{cluster_f1:.3f}.

"Changed" clips were cut elsewhere, played up to 4 % faster or slower, equalised, and band-limited
or re-encoded before they were read, as another preview of the same track might be. The network
was not trained on such copies.

By split:

{splits_table}

Confusion matrix (rows: label, columns: prediction; means over the splits):

{confusion}

![Confusion](confusion.png) ![Reliability](reliability.png) ![Picks](picks.png)

Macro F1 of support vector machines on the same splits:

{svms}

On all inputs one is right as often as this model. Its scores are no probabilities, though: its
surest picks are wrong more often ("Other models tried"), and picks are what the program makes.

## Confidence when it is wrong
{wrong}

The most confident mistakes, by the means over the splits:

{mistakes}

## The networks and the logistic regression
Means over the splits, before temperature scaling:

{mixes}

The choices, each made by inner folds of artists among a fold's training clips, and the share of
the {all_folds} folds that chose each:

{chosen}

## Across data sets
Trained on one set and tested on the other, which other people labelled by another scheme. Of two
clips that these people told apart, how often is the right one ranked higher (.5 is chance)?
Artists in both sets were left out of training; the filters had seen the second set, without
labels.

{other_set}

## Solo piano
Among recordings of bands a piano alone is nearly always calm, so that the networks take nearly
every piano piece for Q3 or Q4. Solo piano therefore has a regression of its own, learned from
{piano_pieces} pieces of EMOPIA, one for each recording and rendered from MIDI; a gate that goes by
ten of the tags tells how far a clip is solo piano, and so how much that regression counts. "Held
out" are these pieces, each predicted by an ensemble that did not learn it; "of games" are {games}
phrases of VGMIDI, from the scores of video games, which no model here has learned, read by the
released one. All are rendered with one sound font, so a real piano will be read less well.

{piano}

## The place on the plane
A track's valence and arousal are its probabilities, mapped through the inverse normal distribution
and multiplied by a spread of {valence_spread} and {arousal_spread}: the standard deviation of the
true place about the predicted one. Version 2 used the mean of the four corners instead.

{places}

How often the right one of two clips is placed higher, and how well the signs are calibrated:

{order}

## The words
A word is used only if it was right in at least {least:.0%} of cases, with a margin of one standard
error. It was checked against the labels of the clips here, pieces rendered with one known
instrument, or, failing both, the second tagger, which was trained on other people's tags (two
that agree may both be wrong). Each threshold was chosen and measured on the same clips.

{words}

{instrumental}

## Other models tried
On split 0 only, and without the choices inside each fold: the strength of a regression is 0.001,
averages are half and half, nothing is calibrated. Heads other than networks do not use the codes.

{tries}

## Why others report higher figures
Accuracy on three-second segments in the five MIREX clusters, from the embeddings of `musicnn`;
only the split into folds differs. Segments of one clip sound alike: if some are in the training
set and others in the test set, a model only has to recognise the recording.

{segments}

## What limits it
{pairs} pairs of clips sound alike throughout, like copies or other takes of a recording.
{two_quadrants} of them have two different quadrants and {two_clusters} two different clusters, so
contradictory labels are not what limits the figures. {two_groups} are listed under two artist
names, which helps every model here on as many clips. All kinds of heads reach much the same
figures on the same inputs: what is missing is labels, and the part of valence that is not in the
sound.

## What is kept of a track
{kept_bytes:,} bytes: codes, statistics, embeddings and tags in half precision. A later version of
the heads can read them without the clip.

## What it was trained on
- The 4Q audio emotion set (R. Panda, R. Malheiro, R. P. Paiva): one quadrant per clip.
- Renderings of EMOPIA (H.-T. Hung et al., 2021; CC BY 4.0): one quadrant per piano piece.
- The MIREX-like mood set (R. Panda et al., 2013): one of five clusters per clip, for the cluster
  head and, without labels, for the filters.
- Through `musicnn`: the Million Song Dataset with Last.fm's tags, and MagnaTagATune; see its
  card. They share artists with the clips here, but none of their mood labels.

The sets of clips contain commercial recordings and may be used for research only. No audio of them
is part of this project. No audio or data from Spotify was used.

## Weak spots
- Valence is harder than arousal: its sign is right for {valence:.0%} of clips, that of arousal
  for {arousal:.0%}. {pair[0]} and {pair[1]} are confused most often.
- The labels come from editors' mood tags, mostly for Western popular music. No labels were
  available for spoken word, orchestral music or music of other cultures, so its errors there
  were not measured. "Confidence when it is wrong" covers the kinds of music it was trained on;
  only "Solo piano" covers another.
- It hears only the middle 30 seconds, and does not understand lyrics.

## What it is not for
It does not measure what a listener feels, and must not be used to judge a person, an artist or
a work. It is meant to sort one's own library by mood, where a mistake costs a skipped track.
"""

VOICE = """\
The probability that nobody sings is a logistic function of the tags for and against a voice. It
was fitted to tell rendered pieces, in which nobody sings, from the clips, for which singing was
not labelled. Instrumental clips count as sung, so "instrumental" is said too rarely rather than
too often."""
NO_VOICE = "Singing was not measured, so nothing is said of it."
FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "arousal_sign": "sign of arousal right",
    "valence_sign": "sign of valence right",
    "picks_top_10": "ten most confident of each quadrant right",
    "picks_top_tenth": "most confident tenth of each quadrant right",
    "ece": "calibration error (ECE)",
}
SPLIT = ("accuracy", "macro_f1", "arousal_sign", "valence_sign", "picks_top_10")
TRY = ("macro_f1", "arousal_sign", "valence_sign", "picks_top_10", "picks_top_tenth", "log_loss")


def write_card(figures: dict[str, Any], file: Path) -> None:
    """Fill the card with the figures of metrics.json."""
    network, copies, places = figures["network"], figures["near_copies"], figures["places"]
    low, high = network["macro_f1_interval_95"]
    text = CARD.format(
        **figures["protocol"],
        valence=network["valence_sign"],
        arousal=network["arousal_sign"],
        pair=most_confused(network["confusion"]),
        figures=_figures(figures),
        splits_table=_splits(figures["splits"]),
        low=low,
        high=high,
        cluster_accuracy=figures["clusters"]["accuracy"],
        cluster_f1=figures["clusters"]["macro_f1"],
        confusion=_confusion(network["confusion"]),
        **WINDOWS,
        svms=_table(("inputs", "macro F1"), figures["svm_macro_f1"].items()),
        mistakes=_table(
            ("clip", "label", "predicted", "confidence"),
            [tuple(each.values()) for each in figures["surest_mistakes"]],
        ),
        mixes=_by_name("", figures["mixes"]),
        all_folds=sum(len(split["accuracy_by_fold"]) for split in figures["splits"]),
        chosen=_table(
            ("choice", "value", "folds"),
            [(name, *row) for name, row_ in figures["choices"].items() for row in row_.items()],
        ),
        games=figures["piano"]["of games"]["pieces"],
        piano=_by_name(
            "",
            {
                name: {kind: figures["piano"][kind][name] for kind in figures["piano"]}
                for name in figures["piano"]["of games"]
            },
        ),
        instrumental=VOICE if figures["voice_measured"] else NO_VOICE,
        wrong=_table(("", "measured"), figures["when_wrong"].items()),
        other_set=_table(
            ("trained on, tested on", "pair", "right"),
            [(way, *pair) for way, all_ in figures["other_set"].items() for pair in all_.items()],
        ),
        valence_spread=VALENCE_SPREAD,
        arousal_spread=AROUSAL_SPREAD,
        places=_beside(places),
        order=_table(("", "measured"), [*places["order"].items(), *places["signs"].items()]),
        least=LEAST,
        words=_table(
            ("word", "right", "checked against"),
            [(rule["word"], rule["precision"], rule["measured"]) for rule in figures["words"]],
        ),
        tries=_table(
            ("model", *TRY),
            [(each["try"], *(each[name] for name in TRY)) for each in figures["tries"]],
        ),
        segments=_by_name("split", figures["splits_compared"]),
        kept_bytes=figures["kept_bytes_a_track"],
        pairs=copies["pairs"],
        two_quadrants=copies["two quadrants"],
        two_clusters=copies["two clusters"],
        two_groups=copies["two artist groups"],
    )
    file.write_text(text, "utf-8")


def _by_name(head: str, rows: dict[str, dict[str, float]]) -> str:
    heads = next(iter(rows.values()))
    return _table((head, *heads), [(name, *row.values()) for name, row in rows.items()])


def most_confused(counts: list[list[float]]) -> tuple[str, str]:
    """The two quadrants that are taken for each other most often."""
    pairs = combinations(range(len(QUADRANTS)), 2)
    first, second = max(pairs, key=lambda pair: counts[pair[0]][pair[1]] + counts[pair[1]][pair[0]])
    return QUADRANTS[first], QUADRANTS[second]


def _figures(figures: dict[str, Any]) -> str:
    network, changed = figures["network"], figures["network_on_changed_copies"]
    rows = [
        (FIGURES[name], network[name], network["spread"][name], changed[name]) for name in FIGURES
    ]
    return _table(("", "mean", "standard deviation", "changed clips"), rows)


def _splits(splits: list[dict[str, Any]]) -> str:
    rows = [
        (str(n), *(split[name] for name in SPLIT), ", ".join(map(_cell, split["accuracy_by_fold"])))
        for n, split in enumerate(splits)
    ]
    return _table(("split", *SPLIT, "accuracy by fold"), rows)


def _beside(places: dict[str, Any]) -> str:
    ways = ("probit", "mean of corners")
    rows = [(name, *(places[way][name] for way in ways)) for name in places[ways[0]]]
    return _table(("", *ways), rows)


def _confusion(counts: list[list[float]]) -> str:
    rows = zip(QUADRANTS, counts, strict=True)
    return _table(("", *QUADRANTS), [(name, *(f"{n:.0f}" for n in row)) for name, row in rows])


def _table(heads: Iterable[str], rows: Iterable[Iterable[str | float]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *(map(_cell, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: str | float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
