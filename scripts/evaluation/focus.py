"""`focus`, which rather wants no voices: what that costs the picks, and what it brings."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from companion.affect import EMOTION_AFFECT, Emotion, Quadrant
from companion.choose import score
from companion.choose.limits import Situation, make_limits
from companion.choose.mood import PresentMood
from companion.choose.pick import Past, pick, shortlist
from companion.choose.score import voice_worth
from companion.choose.strategy import Target, focus
from companion.config.schema import Choose
from companion.music.tag import Tagger
from evaluation.choosers import NOW, REST, best_first
from evaluation.draws import seeded
from evaluation.library import Clip

WORTHS = {
    "voices do not count": (1.0, 1.0),
    "milder": (0.9, 0.5),
    "as shipped": (score.MAY_BE_SUNG, score.SUNG),
    "stricter": (0.5, 0.05),
}
"""Of a track of which nothing was heard, and of one that is sung."""
PICKS = 60  # an emotion
PLEASANT = (Quadrant.Q1, Quadrant.Q4)

Heard = Mapping[str, Collection[str]]


def hear(library: Sequence[Clip], data: Path) -> dict[str, tuple[str, ...]]:
    """The words for each clip, by its name; a quarter of a second of a core each."""
    tagger = Tagger()
    names = [clip.tagged.track.id for clip in library]
    return {name: tagger.tag(data / name).tags for name in names}


def measure_focus(library: Sequence[Clip], heard: Heard) -> dict[str, Any]:
    """The picks under `focus` for every emotion, by how much a voice counts.

    Returns:
        for each of WORTHS the shares of the picks that are said to be "sung", to be
        "instrumental", and of which neither is said, the share that people called "pleasant",
        as the target is, and the mean "distance" from the target.
    """
    return {name: _by_worth(library, heard, *worths) for name, worths in WORTHS.items()}


def _by_worth(
    library: Sequence[Clip], heard: Heard, unknown: float, sung: float
) -> dict[str, float]:
    with (
        mock.patch.object(score, "MAY_BE_SUNG", unknown),
        mock.patch.object(score, "SUNG", sung),
    ):
        picks = [
            (clip, target)
            for seed, emotion in enumerate(Emotion)
            for clip, target in _picks(library, heard, emotion, seed)
        ]
    said = [heard[clip.tagged.track.id] for clip, _ in picks]
    instrumental = statistics.fmean(score.INSTRUMENTAL in words for words in said)
    voices = statistics.fmean(any(word.startswith("sung ") for word in words) for words in said)
    return {
        "sung": voices,
        "instrumental": instrumental,
        "neither": 1 - voices - instrumental,
        "pleasant": statistics.fmean(clip.label in PLEASANT for clip, _ in picks),
        "distance": statistics.fmean(
            clip.tagged.affect.distance(target.affect) for clip, target in picks
        ),
    }


def _picks(
    library: Sequence[Clip], heard: Heard, emotion: Emotion, seed: int
) -> Iterator[tuple[Clip, Target]]:
    target, rng = focus(PresentMood(EMOTION_AFFECT[emotion], 1, NOW), ()), seeded(seed)
    clips = {clip.tagged.track.id: clip for clip in library}
    candidates = best_first([clip.tagged for clip in library], target)
    voices = {name: voice_worth(heard[name]) for name in clips}
    recent: deque[str] = deque(maxlen=REST)
    for _ in range(PICKS):
        short = shortlist(candidates, make_limits(Choose(), Situation(NOW, queued=set(recent))))
        if not short.fitting:
            continue
        chosen = pick(short, Past(NOW, voices=voices), Choose().temperature, rng).chosen
        recent.append(chosen.tagged.track.id)
        yield clips[chosen.tagged.track.id], target
