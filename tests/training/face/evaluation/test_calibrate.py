from __future__ import annotations

import numpy as np
import pytest
from training.face.corpora import BARRED
from training.face.data import EMOTIONS
from training.face.evaluation.calibrate import (
    ALARMS,
    DESK,
    KEPT,
    KEPT_AT_DESK,
    WRONG,
    Unseen,
    calibrate,
    calibrate_apart,
    calibrate_shipped,
    desk_prior,
    even_prior,
    fit_common_temperature,
    own_prior,
)
from training.face.evaluation.readings import NEGATIVE, NEUTRAL

SEVEN = 7


def corpus(seed: int, noise: float = 1.0, scale: float = 1.0) -> Unseen:
    """Faces of seven even classes whose log-likelihoods are known but for a common scale."""
    random = np.random.default_rng(seed)
    labels = np.arange(1400) % SEVEN
    means = 2.0 / noise * np.eye(8)[labels]
    logits = scale * (means + random.normal(0, 1, (1400, 8))) * 2.0 / noise
    return Unseen(logits, labels, own_prior(labels))


def test_the_frequencies_at_a_desk_are_a_distribution() -> None:
    assert sum(DESK.values()) == pytest.approx(1)
    assert set(DESK) == set(EMOTIONS)
    prior = desk_prior(1.0)
    assert prior.mean() == pytest.approx(0)
    assert prior.argmax() == NEUTRAL
    assert not desk_prior(0.0).any()


def test_priors_of_labels() -> None:
    labels = np.array([0, 0, 0, 1])
    assert np.exp(own_prior(labels)[:2]) == pytest.approx([0.75, 0.25])
    assert (own_prior(labels)[2:] == BARRED).all()
    assert even_prior(labels).tolist() == [0, 0, *[BARRED] * 6]


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_the_temperature_undoes_a_scale(scale: float) -> None:
    found = fit_common_temperature([corpus(0, scale=scale), corpus(1, scale=scale)])
    assert found == pytest.approx(scale * fit_common_temperature([corpus(0)]), rel=0.05)


def test_no_corpus_makes_strangers_surer() -> None:
    assert fit_common_temperature([corpus(0, scale=0.5)]) == 1


def test_the_corpus_that_is_furthest_off_decides() -> None:
    easy, hard = corpus(0), corpus(1, scale=3)
    found = fit_common_temperature([easy, easy, easy, hard])
    gaps = [
        float(said.shares.max(1).mean() - said.right.mean())
        for said in (easy.own(found), hard.own(found))
    ]
    assert gaps[0] == pytest.approx(-gaps[1], abs=0.01)  # one too unsure, one too sure


def test_what_is_kept_is_right_on_the_corpora_it_was_chosen_on() -> None:
    corpora = [corpus(seed, noise=1.3) for seed in range(3)]
    found = calibrate(corpora)
    for one in corpora:
        said = one.at_desk(found.temperature, found.prior)
        kept, weights = said.by_emotion(found.limits.threshold), one.weights
        assert kept.any()
        assert said.right[kept].mean() >= KEPT
        acted = said.by_emotion(found.limits.least)
        assert (weights * said.right)[acted].sum() / weights[acted].sum() >= KEPT_AT_DESK
        named = NEGATIVE[said.shares.argmax(axis=1)]
        assert named[said.labels == NEUTRAL].mean() <= ALARMS
        placed = (said.spreads <= found.limits.spread) & (said.labels != NEUTRAL)
        assert not placed.any() or said.wrong_sign[placed].mean() <= WRONG
        assert said.alarms(found.limits)[said.labels == NEUTRAL].mean() <= ALARMS


def test_the_prior_is_no_stronger_than_it_must_be() -> None:
    easy = calibrate([corpus(0, noise=0.5)])
    assert easy.strength == 0
    assert not easy.prior.any()


def test_apart_each_corpus_is_calibrated_on_the_others() -> None:
    corpora = {"affectnet": corpus(0), "kdef": corpus(1, scale=4.0), "ckplus": corpus(2)}
    found = calibrate_apart(corpora | {"ferplus": corpus(3, scale=9.0)})
    others = [corpora["affectnet"], corpora["ckplus"]]
    assert found["kdef"].temperature == calibrate(others).temperature
    assert found["kdef"].temperature < found["affectnet"].temperature
    assert found["ferplus"] == calibrate_shipped(corpora)


def test_at_a_desk_neutral_faces_count_most() -> None:
    weights = corpus(0).weights
    assert weights.sum() == pytest.approx(1)
    assert weights[corpus(0).labels == NEUTRAL].sum() == pytest.approx(0.6 / 0.98)
