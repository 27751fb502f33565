from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from training.music.linear import (
    GATE_TAGS,
    STRENGTHS,
    fit_gate,
    fit_linear,
    predict_each,
    span,
)

from companion.music.model.words import NAMES

RANDOM = np.random.default_rng(5)
COUNT, INPUTS = 160, 300  # more inputs than clips, as there are here
LABELS = np.arange(COUNT) % 4
CENTRES = RANDOM.normal(size=(4, INPUTS))
CLEAR = (CENTRES[LABELS] + RANDOM.normal(size=(COUNT, INPUTS))).astype(np.float32)
NOISE = RANDOM.normal(size=(COUNT, INPUTS)).astype(np.float32)
ALIKE = np.ones(80)
STRENGTH = 1e-3


def guess(line: dict[str, np.ndarray], inputs: np.ndarray) -> np.ndarray:
    found: np.ndarray = (inputs @ line["kernel"] + line["bias"]).argmax(axis=1)
    return found


def test_it_tells_apart_what_it_has_not_seen() -> None:
    line = fit_linear(CLEAR[:80], LABELS[:80], ALIKE, STRENGTH)
    assert line["kernel"].shape == (INPUTS, 4)
    assert np.mean(guess(line, CLEAR[80:]) == LABELS[80:]) > 0.95


def test_it_learns_nothing_from_noise() -> None:
    line = fit_linear(NOISE[:80], LABELS[:80], ALIKE, STRENGTH)
    assert np.mean(guess(line, NOISE[80:]) == LABELS[80:]) < 0.5


def test_what_counts_little_changes_little() -> None:
    wrong = np.concatenate([LABELS[:80], (LABELS[:80] + 1) % 4])
    both = np.concatenate([CLEAR[:80], CLEAR[:80]])
    weight = np.repeat([1.0, 0.05], 80)
    line = fit_linear(both, wrong, weight, STRENGTH)
    assert np.mean(guess(line, CLEAR[80:]) == LABELS[80:]) > 0.95


def test_each_strength_predicts_as_the_plain_regression() -> None:
    found = predict_each(CLEAR[:80], LABELS[:80], CLEAR[80:])
    assert found.shape == (len(STRENGTHS), 80, 4)
    for strength, said in zip(STRENGTHS, found, strict=True):
        plain = LogisticRegression(C=strength, max_iter=1000).fit(CLEAR[:80], LABELS[:80])
        assert np.allclose(said, plain.predict_proba(CLEAR[80:]), atol=5e-3)


@pytest.mark.parametrize("rows", [1, 20, COUNT])
def test_the_span_holds_the_rows(rows: int) -> None:
    axes = span(NOISE[:rows])
    assert axes.shape == (INPUTS, rows)
    assert np.allclose(axes.T @ axes, np.eye(rows), atol=1e-6)
    assert np.allclose(NOISE[:rows] @ axes @ axes.T, NOISE[:rows], atol=1e-4)


def test_rows_that_repeat_add_no_axis() -> None:
    assert span(np.tile(NOISE[:10], (3, 1))).shape == (INPUTS, 10)


def test_without_labels_all_are_alike() -> None:
    line = fit_linear(CLEAR[:0], LABELS[:0], ALIKE[:0], STRENGTH)
    assert not (CLEAR @ line["kernel"] + line["bias"]).any()


def open_gate(gate: dict[str, np.ndarray], tags: np.ndarray) -> np.ndarray:
    opened: np.ndarray = 1 / (1 + np.exp(-(tags @ gate["kernel"] + gate["bias"])[:, 0]))
    return opened


def test_the_gate_opens_for_piano_by_its_tags_alone() -> None:
    rendered = np.arange(200) < 50
    tags = np.random.default_rng(0).normal(-3, 1, (200, len(NAMES)))
    tags[rendered, NAMES.index("mtt piano")] += 8
    opened = open_gate(gate := fit_gate(tags, rendered), tags)
    assert opened[rendered].min() > 0.6
    assert opened[~rendered].max() < 0.4
    assert {NAMES[n] for n in np.flatnonzero(gate["kernel"])} == set(GATE_TAGS)


def test_without_piano_the_gate_stays_closed() -> None:
    tags = np.full((3, len(NAMES)), 9.0)
    assert open_gate(fit_gate(tags, np.zeros(3, bool)), tags).max() < 1e-6
