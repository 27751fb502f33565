from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from companion.music.model.tags import MSD_TAGS, MTT_TAGS, logits
from companion.music.model.words import MOST, NAMES, Rule, Words, felt_tempo

RULES = (
    Rule("quiet", ("mtt quiet", "mtt soft"), 0.0, 0.9, "labels"),
    Rule("piano", ("mtt piano",), -1.0, 0.95, "renderings"),
)
WORDS = Words(RULES, ("mtt no vocals",), ("mtt vocal", "mtt voice"), 1.0, 0.0)


def heard(**tags: float) -> np.ndarray:
    row = np.full(len(NAMES), -5.0, np.float32)
    for name, logit in tags.items():
        row[NAMES.index(name.replace("_", " "))] = logit
    return row


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (heard(), ()),
        (heard(mtt_piano=-1.0), ("piano",)),
        (heard(mtt_piano=-1.1), ()),
        (heard(mtt_quiet=6.0), ("quiet",)),
        (heard(mtt_quiet=6.0, mtt_soft=-7.0), ()),
        (heard(mtt_piano=9.0, mtt_quiet=2.0, mtt_soft=2.0), ("quiet", "piano")),
    ],
)
def test_a_word_is_said_from_its_threshold_on(row: np.ndarray, said: tuple[str, ...]) -> None:
    assert WORDS.say(row) == said


def test_of_many_words_those_furthest_over_their_thresholds_are_said() -> None:
    names = NAMES[:8]
    rules = tuple(Rule(name, (name,), float(n), 1.0, "labels") for n, name in enumerate(names))
    words = dataclasses.replace(WORDS, rules=rules)
    assert words.say(np.full(len(NAMES), 9.0)) == names[:MOST]


def test_what_was_not_measured_is_not_told() -> None:
    assert dataclasses.replace(WORDS, slope=0.0).instrumental(heard(mtt_no_vocals=2.0)) is None


def test_an_instrumental_has_no_voice() -> None:
    silent = WORDS.instrumental(heard(mtt_no_vocals=2.0))
    sung = WORDS.instrumental(heard(mtt_vocal=3.0, mtt_voice=2.0))
    assert silent is not None
    assert sung is not None
    assert 0 <= sung < 0.5 < silent <= 1


def test_json_and_back() -> None:
    assert Words.from_json(json.loads(json.dumps(dataclasses.asdict(WORDS)))) == WORDS


def test_the_tags_are_those_of_the_taggers() -> None:
    assert len(MSD_TAGS) == len(MTT_TAGS) == 50
    assert len(set(NAMES)) == 100


def test_logits_keep_the_order_and_are_finite() -> None:
    found = logits(np.array([0.0, 0.1, 0.5, 0.9, 1.0]))
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()
    assert found[2] == pytest.approx(0)


def test_of_two_opposites_the_surer_is_said() -> None:
    rules = (
        Rule("slow", ("mtt slow",), 0.0, 0.9, "labels"),
        Rule("fast", ("mtt fast",), 0.0, 0.9, "labels"),
    )
    words = dataclasses.replace(WORDS, rules=rules)
    assert words.say(heard(mtt_slow=2.0, mtt_fast=1.0)) == ("slow",)
    assert words.say(heard(mtt_slow=1.0, mtt_fast=2.0)) == ("fast",)


@pytest.mark.parametrize(
    ("tempo", "words", "felt"),
    [
        (198.0, ("mellow", "slow"), 99.0),
        (120.0, ("slow",), 120.0),
        (60.0, ("slow",), 60.0),
        (80.0, ("loud", "fast"), 160.0),
        (90.0, ("fast",), 90.0),
        (198.0, ("loud",), 198.0),
        (45.0, (), 45.0),
        (0.0, ("fast",), 0.0),
    ],
)
def test_the_tempo_is_that_of_the_words(tempo: float, words: tuple[str, ...], felt: float) -> None:
    assert felt_tempo(tempo, words) == felt
