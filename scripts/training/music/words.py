"""Finding the words that may be said of a track, and how often each is right.

No clip here has labels of genre, voice or instrument. What can be measured is measured:

- labels: a word of mood or force, against the sign of arousal or valence that people gave 772
  clips, none of which the taggers were taught;
- renderings: the name of an instrument, on pieces rendered by a known one;
- agreement: a word that both taggers know, by how often the second, taught by other people on
  other music, hears it too (among its highest tenth, or so much as is told). That two agree is
  less than that they are right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from companion.music.model.words import NAMES, Rule, Words, voice_score
from training.music.data import Clips
from training.music.rendered.instruments import PROGRAMS

LEAST = 0.85  # the precision from which a word is said
FEWEST = 20  # clips by which a precision counts
FEWEST_RENDERINGS = 5
SHARE = 0.1  # of the clips, that the second tagger counts to have heard a tag in
WITHOUT_VOICE = ("msd instrumental", "mtt no vocals", "mtt no vocal", "mtt no voice")
WITH_VOICE = ("mtt vocal", "mtt vocals", "mtt singing", "mtt voice", "mtt male", "mtt female")

CALM, AROUSED, SAD, PLEASANT = (2, 3), (0, 1), (1, 2), (0, 3)  # quadrants, from 0
BY_LABELS: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "mellow": (("msd Mellow",), CALM),
    "quiet": (("mtt quiet", "mtt soft"), CALM),
    "slow": (("mtt slow",), CALM),
    "relaxed": (("msd chill", "msd chillout"), CALM),
    "loud": (("mtt loud",), AROUSED),
    "fast": (("mtt fast",), AROUSED),
    "party": (("msd party", "msd dance"), AROUSED),
    "heavy": (("msd heavy metal", "msd metal"), (1,)),
    "sad": (("msd sad",), SAD),
    "happy": (("msd happy",), PLEASANT),
}
BY_AGREEMENT: dict[str, tuple[tuple[str, ...], tuple[str, ...], float]] = {
    "rock": (("msd rock", "msd classic rock"), ("mtt rock",), 0.3),
    "metal": (("msd metal",), ("mtt metal",), SHARE),
    "electronic": (("msd electronic", "msd electronica"), ("mtt electronic", "mtt techno"), 0.2),
    "dance": (("msd dance", "msd House"), ("mtt dance", "mtt techno", "mtt beat"), 0.2),
    "ambient": (("msd ambient",), ("mtt ambient", "mtt new age"), SHARE),
    "country": (("msd country",), ("mtt country",), SHARE),
    "guitar": (("msd guitar", "msd acoustic"), ("mtt guitar",), 0.2),
    "sung by a woman": (
        ("msd female vocalists", "msd female vocalist"),
        ("mtt female vocal", "mtt woman", "mtt female", "mtt female voice"),
        0.2,
    ),
    "sung by a man": (
        ("msd male vocalists",),
        ("mtt male vocal", "mtt man", "mtt male", "mtt male voice"),
        0.4,
    ),
    "instrumental": (("msd instrumental",), ("mtt no vocals", "mtt no vocal", "mtt no voice"), 0.2),
}
ELECTRONIC = ("mtt electronic", "mtt techno", "mtt synth", "mtt drums", "mtt beat")


@dataclass(frozen=True, slots=True)
class Heard:
    """The tags' logits (rows, tags) of the labelled clips, and of renderings by instrument."""

    clips: Clips
    logits: np.ndarray
    instruments: tuple[str, ...] = ()
    rendered: np.ndarray | None = None


def find_words(heard: Heard) -> Words:
    """The rules that reach LEAST, and the voice's logistic function."""
    rules = [*_by_labels(heard), *_by_instruments(heard), *_by_agreement(heard)]
    slope, offset = _fit_voice(heard)
    return Words(tuple(rule for rule in rules if rule), WITHOUT_VOICE, WITH_VOICE, slope, offset)


def lowest_threshold(scores: np.ndarray, right: np.ndarray, fewest: int) -> tuple[float, float]:
    """The lowest score from which so many are right as LEAST wants, and their share.

    It is infinite where no threshold keeps that with `fewest` rows or more. A threshold is
    chosen and measured on the same rows, so a margin of one standard error is asked for.
    """
    order = np.argsort(-scores, kind="stable")
    counts = np.arange(1, len(order) + 1)
    shares = np.cumsum(right[order]) / counts
    margin = np.sqrt(LEAST * (1 - LEAST) / counts)
    kept = np.flatnonzero((shares - margin >= LEAST) & (counts >= fewest))
    if not len(kept):
        return float("inf"), 0.0
    return float(scores[order[kept[-1]]]), float(shares[kept[-1]])


def _rule(
    word: str, tags: tuple[str, ...], seen: tuple[np.ndarray, np.ndarray], fewest: int, how: str
) -> Rule | None:
    logits, right = seen
    score = Rule(word, tags, 0, 0, how).score(logits)
    threshold, precision = lowest_threshold(score, right, fewest)
    if not np.isfinite(threshold):
        return None
    return Rule(word, tags, round(threshold, 3), round(precision, 3), how)


def _by_labels(heard: Heard) -> list[Rule | None]:
    known = heard.clips.quadrant >= 0
    logits, quadrant = heard.logits[known], heard.clips.quadrant[known]
    return [
        _rule(word, tags, (logits, np.isin(quadrant, meant)), FEWEST, "labels")
        for word, (tags, meant) in BY_LABELS.items()
    ]


def _by_instruments(heard: Heard) -> list[Rule | None]:
    if heard.rendered is None:
        return []
    played = np.array(heard.instruments)
    return [
        _rule(
            name,
            (f"mtt {name}",),
            (heard.rendered, played == name),
            FEWEST_RENDERINGS,
            "renderings",
        )
        for name in PROGRAMS
        if f"mtt {name}" in NAMES
    ]


def _by_agreement(heard: Heard) -> list[Rule | None]:
    def mean(tags: tuple[str, ...]) -> np.ndarray:
        return Rule("", tags, 0, 0, "").score(heard.logits)

    rules = []
    for word, (tags, others, share) in BY_AGREEMENT.items():
        second = mean(others)
        hears = second >= np.quantile(second, 1 - share)
        rules.append(_rule(word, tags, (heard.logits, hears), FEWEST, "agreement"))
    electronic = mean(ELECTRONIC)
    hears_none = electronic <= np.median(electronic)
    tags = ("msd acoustic", "msd folk")
    return [_rule("acoustic", tags, (heard.logits, hears_none), FEWEST, "agreement"), *rules]


def _fit_voice(heard: Heard) -> tuple[float, float]:
    """A logistic function that tells the renderings, where nobody sings, from the clips."""
    from sklearn.linear_model import LogisticRegression

    if heard.rendered is None:
        return 0.0, 0.0
    both = np.concatenate([heard.rendered, heard.logits])
    score = voice_score(both, WITHOUT_VOICE, WITH_VOICE)[:, None]
    silent = np.arange(len(both)) < len(heard.rendered)
    fitted = LogisticRegression(class_weight="balanced").fit(score, silent)
    return round(float(fitted.coef_[0, 0]), 4), round(float(fitted.intercept_[0]), 4)
