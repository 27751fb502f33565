"""The skips that learning saves, and the spread of the picks over the library."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np

from companion.choose import score
from evaluation.library import Clip
from evaluation.listening import PICKS, Record, listen, make_listener
from evaluation.pick_accuracy import TUNED

SEEDS = range(7100, 7120)
"""Listeners of whom nothing was known while the constants of the learning were chosen."""
TUNING_SEEDS = range(5000, 5020)
"""Other listeners, by whom constants are chosen."""
RESAMPLES = 10_000
WINDOW = 20  # picks, in which one artist should not be heard too often


def measure_learning(library: Sequence[Clip]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The skip rates with and without learning, and the spread with it."""
    without, learned = [], []
    for seed in SEEDS:
        listener = make_listener(library, seed)
        without.append(listen(listener, seed, learning=False))
        learned.append(listen(listener, seed, learning=True))
    return _compare(without, learned), _spread(learned, len(library))


def tune_skips(library: Sequence[Clip]) -> dict[str, float]:
    """The skip rate of tuning listeners with learning, by the exponent of the sureness."""
    found = {}
    for value in TUNED:
        with mock.patch.object(score, "SURENESS", value):
            runs = [
                listen(make_listener(library, seed), seed, learning=True) for seed in TUNING_SEEDS
            ]
        found[f"{value:g}"] = statistics.fmean(record.skip_rate for record in runs)
    return found


def _compare(without: Sequence[Record], learned: Sequence[Record]) -> dict[str, Any]:
    before = np.array([record.skip_rate for record in without])
    after = np.array([record.skip_rate for record in learned])
    chosen = np.random.default_rng(0).integers(0, len(SEEDS), (RESAMPLES, len(SEEDS)))
    saved = 1 - after[chosen].mean(axis=1) / before[chosen].mean(axis=1)
    low, high = np.quantile(saved, [0.025, 0.975])
    return {
        "seeds": len(SEEDS),
        "picks": PICKS,
        "skip_rate_without": float(before.mean()),
        "skip_rate_with": float(after.mean()),
        "fewer_skips": float(1 - after.mean() / before.mean()),
        "interval_95": [float(low), float(high)],
        "right_mood_without": statistics.fmean(record.right_share for record in without),
        "right_mood_with": statistics.fmean(record.right_share for record in learned),
        "listeners_with_more_skips": int((after > before).sum()),
        "by_seed": [
            {"without": float(b), "with": float(a)} for b, a in zip(before, after, strict=True)
        ],
    }


def _spread(runs: Sequence[Record], library: int) -> dict[str, Any]:
    return {
        "share_of_fitting_used": statistics.fmean(_used(record) for record in runs),
        "different_tracks": statistics.fmean(len(set(record.queued)) for record in runs),
        "library": library,
        "least_gap_between_repeats": min(min(gaps(record), default=PICKS) for record in runs),
        "longest_gap_between_repeats": max(max(gaps(record), default=0) for record in runs),
        "most_of_one_artist_in_20": max(most_of_one_artist(record) for record in runs),
        "most_of_one_artist": statistics.fmean(_share_of_most_played(record) for record in runs),
    }


def _used(record: Record) -> float:
    return len(set(record.queued)) / len(record.fitting)


def gaps(record: Record) -> list[int]:
    """Between two picks of the same track, in picks."""
    last: dict[str, int] = {}
    gaps = []
    for turn, track in enumerate(record.turns):
        if track.id in last:
            gaps.append(turn - last[track.id])
        last[track.id] = turn
    return gaps


def most_of_one_artist(record: Record) -> int:
    """The most picks of one artist in any `WINDOW` in a row."""
    artists = [track.artist for track in record.turns]
    starts = range(len(artists) - WINDOW + 1)
    return max(max(Counter(artists[at : at + WINDOW]).values()) for at in starts)


def _share_of_most_played(record: Record) -> float:
    """The share of the picks that the most picked artist has."""
    return max(Counter(track.artist for track in record.turns).values()) / len(record.turns)
