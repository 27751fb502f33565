"""Which words are said of a track, by what the taggers heard: only those that were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion.music.decode import Floats
from companion.music.model.tags import MSD_TAGS, MTT_TAGS

NAMES = (*(f"msd {tag}" for tag in MSD_TAGS), *(f"mtt {tag}" for tag in MTT_TAGS))
MOST = 4  # words of one track
SLOW, FAST = "slow", "fast"
OPPOSITES = ((SLOW, FAST), ("quiet", "loud"))  # of which the surer is said
SLOW_BPM, FAST_BPM = 120.0, 90.0  # a slow track is not above, a fast one not below


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule by which a word is shown.

    Attributes:
        word: as people read it.
        tags: those whose mean logit decides, as in NAMES.
        threshold: from which it is said.
        precision: how often it was right where it was measured, in [0, 1].
        measured: how that was measured: "labels", "renderings" or "agreement".
    """

    word: str
    tags: tuple[str, ...]
    threshold: float
    precision: float
    measured: str

    def score(self, logits: Floats) -> Floats:
        """(..., tags) to (...,): the mean logit of its tags."""
        places = [NAMES.index(tag) for tag in self.tags]
        mean: Floats = logits[..., places].mean(axis=-1)
        return mean


@dataclass(frozen=True, slots=True)
class Words:
    """All rules, and what makes a track instrumental.

    Attributes:
        rules: in the order in which the words are said.
        without_voice, with_voice: tags that speak for and against an instrumental.
        slope, offset: of the logistic function of their difference; a slope of 0 where it was
            never measured.
    """

    rules: tuple[Rule, ...]
    without_voice: tuple[str, ...]
    with_voice: tuple[str, ...]
    slope: float
    offset: float

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Words:
        """The inverse of `dataclasses.asdict`.

        Raises:
            KeyError, TypeError: a part is missing.
        """
        rules = tuple(Rule(**{**rule, "tags": tuple(rule["tags"])}) for rule in said["rules"])
        voices = tuple(said["without_voice"]), tuple(said["with_voice"])
        return cls(rules, *voices, said["slope"], said["offset"])

    def say(self, logits: Floats) -> tuple[str, ...]:
        """The words for (tags,), at most MOST: those furthest over their thresholds."""
        over = {rule.word: float(rule.score(logits)) - rule.threshold for rule in self.rules}
        said = sorted((word for word in over if over[word] >= 0), key=lambda word: -over[word])
        for pair in OPPOSITES:
            if set(pair) <= set(said):
                said.remove(min(pair, key=over.__getitem__))
        kept = set(said[:MOST])
        return tuple(rule.word for rule in self.rules if rule.word in kept)

    def instrumental(self, logits: Floats) -> float | None:
        """The chance that nobody sings, in [0, 1], of (tags,); None where it was not measured."""
        if not self.slope:
            return None
        score = self.slope * float(voice_score(logits, self.without_voice, self.with_voice))
        return float(1 / (1 + np.exp(-score - self.offset)))


def voice_score(logits: Floats, without: Sequence[str], having: Sequence[str]) -> Floats:
    """(..., tags) to (...,): how far the tags without a voice stand over those with one."""

    def mean(names: Sequence[str]) -> Floats:
        found: Floats = logits[..., [NAMES.index(name) for name in names]].mean(axis=-1)
        return found

    difference: Floats = mean(without) - mean(having)
    return difference


def felt_tempo(tempo: float, words: Sequence[str]) -> float:
    """The tempo at which a listener taps, in beats per minute.

    An estimate from the sound alone is often twice or half of it. What is said of the track
    decides (M. Levy, "Improving perceptual tempo estimation with crowd-sourced annotations",
    ISMIR 2011).
    """
    if SLOW in words and tempo > SLOW_BPM:
        return tempo / 2
    return tempo * 2 if FAST in words and tempo < FAST_BPM else tempo
