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

This file is written by `scripts/evaluate_music.py` from `metrics.json`.

## What it does
It says in which quadrant of the valence-arousal plane a piece of music lies: Q1 happy,
excited; Q2 tense, angry; Q3 sad, tired; Q4 calm, content. Its probabilities are
calibrated: the largest of them says how likely that quadrant is right. From them it places the
track on the plane, with a spread, and from the tags it says some words of what was heard.

A convolution over the MFCC image, with filters of 1.5 and 3 seconds that were learned
without labels, gives codes. They are joined by the clip's statistics (timbre, contrast,
spectral shape, modulation, tempo and rhythm, pitch range and melody, keys and chords), and by
the embedding and the tags of `musicnn`, two networks that were trained on other people's tags
for some 200,000 songs. On all of it stand {networks_per_ensemble} small networks whose
probabilities are averaged; each has heads for the quadrant, for valence and arousal, and for the
five MIREX clusters. The quadrants' probabilities are averaged with those of a logistic regression
on the same inputs.

`musicnn` hears {msd} (Million Song Dataset) and {mtt} (MagnaTagATune) windows of three seconds,
spread evenly over the clip, not all ten: so a clip costs less than 2.5 times what it cost
without `musicnn` (`scripts/bench music`).

## How good it is
Measured on {clips_with_quadrant} clips with a quadrant.

- Folds: {folds}. No artist stands on both sides.
- Splits into folds: {splits}; the figures are means over them, with their standard deviation.
- Calibration: {calibration}.
- Filters: {filters}.
- Choices: {choices}.
- What ships: {shipped}.

{figures}

The 95 % interval of the macro F1 over artists: {low:.3f} to {high:.3f}.
Five MIREX clusters, by the further head: accuracy {cluster_accuracy:.3f}, macro F1
{cluster_f1:.3f}.

"Changed" clips were cut at another place, played up to 4 % faster or slower, equalised, and
band-limited or coded again before they were read: what another preview of the same track may be
like. The network was trained on no such copy.

By split:

{splits_table}

Confusion (rows: label, columns: guess, means over the splits):

{confusion}

![Confusion](confusion.png) ![Reliability](reliability.png) ![Picks](picks.png)

Support vector machines over the same splits, macro F1:

{svms}

## How sure it is when it is wrong
{wrong}

The surest mistakes, by the means over the splits:

{mistakes}

## The networks and the logistic regression
Means over the splits, before the temperature; below, how often the other nine folds chose which
share of the mean.

{mixes}

{shares}

## From one set to another
Learned from one set alone and read on the other, whose clips other people labelled by another
scheme: how often, of two clips that these people told apart, the right one comes out higher
(.5 is chance). Artists of both sets are left out of what was learned from; the filters had heard
the second set, without labels.

{other_set}

## Solo piano
{piano_pieces} pieces of EMOPIA, one for each recording, rendered from MIDI by one sound font and
read by the model that ships. Other people told their quadrants. It learned from no such music:
a forecast for classical and other music of one instrument.

{piano}

## The place on the plane
A track's valence and arousal are its probabilities through the inverse normal distribution,
times a spread of {valence_spread} and {arousal_spread}: the standard deviation of the true place
about the one that is told. Version 2 told the mean of the four corners instead.

{places}

How often, of two clips, the right one lies higher, and how well the signs are calibrated:

{order}

## The words
Said only where they were right in {least:.0%} or more, with a standard error to spare, by what
they could be measured by: the labels of the clips here; pieces rendered by one known instrument;
or, for want of either, the second tagger, which was taught by other people (two that agree may
both be wrong). A threshold is found and measured on the same clips.

{words}

{instrumental}

## Other models that were tried
On split 0 alone; the heads that are no networks read no codes. Choices were made by splits
0 and 1.

{tries}

## Why others report more
The five MIREX clusters of three-second segments, by the network on codes and statistics alone
(measured with version 2); only the split into folds differs. Segments of a clip sound alike:
where some are learned from and others tested, a network need only know the recording. This one
is held back from learning recordings by heart (half of its inputs are left out), and still
gains.

{segments}

## What bounds it
{pairs} pairs of clips sound alike throughout, as copies and other takes of a recording do.
{two_quadrants} of them carry two quadrants and {two_clusters} two clusters, so outright
contradictions are not what holds the figures back. {two_groups} stand under two names of
artists, which helps every model here on as many clips. Heads of every kind on the same inputs
reach much the same figures: what is missing is labels, and valence that sound does not carry.

## What is kept of a track
{kept_bytes:,} bytes: codes, statistics, embedding and tags in half precision. A later version of
the heads can judge them without the clip.

## What it was trained on
- The 4Q audio emotion set (R. Panda, R. Malheiro, R. P. Paiva): a quadrant a clip.
- The MIREX-like mood set (R. Panda et al., 2013): one of five clusters a clip, for the
  further head and, without labels, for the filters.
- Through `musicnn`: the Million Song Dataset with Last.fm's tags, and MagnaTagATune; see its
  card. Artists of the clips here stand in these too, but no mood label of these clips.

Both sets here hold commercial recordings and may be used for research only. No audio of either
is part of this project. No audio and no data of Spotify was used.

## Weak spots
- Valence is harder than arousal: its sign is right in {valence:.0%}, that of arousal in
  {arousal:.0%}. {pair[0]} and {pair[1]} are taken for each other most often.
- The labels come from editors' mood tags, mostly of Western popular music. There is no spoken
  word, no orchestra and no other culture's music with labels here, so how it fails on them was
  not measured; "When it is wrong" is of the same kinds of music as it learned from, and "Solo
  piano" alone is of another.
- It hears the middle 30 seconds only, and no words.

## What it is not for
It does not measure what a listener feels, and is no ground for judging a person, an artist
or a work. It is meant to sort somebody's own library into moods, where a mistake costs
a skipped track.
"""

CHOSEN = "chosen share of the regression"
VOICE = """\
How likely nobody sings is a logistic function of the tags for and against a voice. It tells
rendered pieces, in which nobody sings, from the clips, of which nobody wrote down which are sung;
instrumentals among these count as sung, so it rather says too little."""
NO_VOICE = "Whether anybody sings was not measured, so nothing is said of it."
FIGURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "arousal_sign": "sign of arousal right",
    "valence_sign": "sign of valence right",
    "picks_top_10": "ten surest of each quadrant right",
    "picks_top_tenth": "surest tenth of each quadrant right",
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
            ("clip", "label", "said", "confidence"),
            [tuple(each.values()) for each in figures["surest_mistakes"]],
        ),
        mixes=_mixes(figures["mixes"]),
        shares=_table(("share of the regression", "folds"), figures["mixes"][CHOSEN].items()),
        piano_pieces=figures["piano"]["pieces"],
        piano=_table(("", "measured"), list(figures["piano"].items())[1:]),
        instrumental=VOICE if figures["voice_measured"] else NO_VOICE,
        wrong=_table(("", "measured"), figures["when_wrong"].items()),
        other_set=_table(
            ("learned, read", "pair", "right"),
            [(way, *pair) for way, all_ in figures["other_set"].items() for pair in all_.items()],
        ),
        valence_spread=VALENCE_SPREAD,
        arousal_spread=AROUSAL_SPREAD,
        places=_beside(places),
        order=_table(("", "measured"), [*places["order"].items(), *places["signs"].items()]),
        least=LEAST,
        words=_table(
            ("word", "right", "measured by"),
            [(rule["word"], rule["precision"], rule["measured"]) for rule in figures["words"]],
        ),
        tries=_table(
            ("try", *TRY),
            [(each["try"], *(each[name] for name in TRY)) for each in figures["tries"]],
        ),
        segments=_table(("split", "accuracy"), figures["splits_compared"].items()),
        kept_bytes=figures["kept_bytes_a_track"],
        pairs=copies["pairs"],
        two_quadrants=copies["two quadrants"],
        two_clusters=copies["two clusters"],
        two_groups=copies["two artist groups"],
    )
    file.write_text(text, "utf-8")


def _mixes(mixes: dict[str, dict[str, float]]) -> str:
    rows = {name: row for name, row in mixes.items() if name != CHOSEN}
    heads = next(iter(rows.values()))
    return _table(("", *heads), [(name, *row.values()) for name, row in rows.items()])


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
    return _table(("", "mean", "deviation over splits", "changed clips"), rows)


def _splits(splits: list[dict[str, Any]]) -> str:
    rows = [
        (str(n), *(split[name] for name in SPLIT), ", ".join(map(_cell, split["accuracy_by_fold"])))
        for n, split in enumerate(splits)
    ]
    return _table(("split", *SPLIT, "accuracy of its folds"), rows)


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
