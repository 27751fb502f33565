from __future__ import annotations

import numpy as np
import pytest
from training.face.adaptation.faces import Faces, read_by_folds
from training.face.adaptation.fit import (
    PATTERNS,
    RESTING_ONLY,
    cases,
    choose_weights,
    fit_population,
    judge,
    known_at_rest,
    weigh,
)

from companion.face.adaptation import NEUTRAL, Population
from companion.face.model import FaceModel
from tests.training.face.adaptation.crowd import MOODS, NOISE, OWN, make_crowd

LOGITS = slice(0, 7)


@pytest.fixture(scope="module")
def crowd() -> Faces:
    return make_crowd()


@pytest.fixture(scope="module")
def population(crowd: Faces) -> Population:
    return fit_population(crowd, "face_mood/test", "face_adaptation/test")


def test_it_tells_the_person_from_the_noise(population: Population) -> None:
    # Centring eight logits leaves 7/8 of the variance of each.
    person = np.diag(population.person)[LOGITS].mean()
    assert person == pytest.approx(7 / 8 * OWN**2, rel=0.4)
    for noise in population.noise:
        assert np.diag(noise)[LOGITS].mean() == pytest.approx(7 / 8 * NOISE**2, rel=0.4)
    assert np.diag(population.habit)[LOGITS].mean() < 0.1 * person


def test_no_occasion_is_judged_by_itself(crowd: Faces) -> None:
    some = list(cases(crowd, np.unique(crowd.people).tolist()))
    assert len(some) == 2 * len(np.unique(crowd.people)) * len(PATTERNS)
    for case in some:
        assert set(crowd.people[case.judged]) == set(crowd.people[case.known])
        assert not set(crowd.occasions[case.judged]) & set(crowd.occasions[case.known])
        assert set(crowd.labels[case.known]) <= set(PATTERNS[case.pattern])
        assert NEUTRAL in crowd.labels[case.known]


def test_who_was_left_out_is_read_better_by_their_resting_face(population: Population) -> None:
    strangers = make_crowd(seed=7)
    people = np.unique(strangers.people).tolist()
    judged = judge(population, strangers, cases(strangers, people, [RESTING_ONLY]))
    truth, said = strangers.labels[judged.which], strangers.logits[judged.which]
    adapted = weigh(judged, said, population.weighing)
    before, after = (np.mean(one.argmax(axis=1) == truth) for one in (said, adapted))
    assert before < 0.95
    assert after > before + 0.03


def test_the_weights_are_none_where_a_person_shows_nothing(crowd: Faces) -> None:
    """Knowing some faces of a person must change little if they have nothing in common."""
    random = np.random.default_rng(0)
    shuffled = crowd.select(np.arange(len(crowd)))
    mixed = np.concatenate(
        [random.permutation(np.flatnonzero(crowd.labels == mood)) for mood in range(MOODS)]
    )
    order = np.argsort(np.argsort(crowd.labels, kind="stable"), kind="stable")
    apart = mixed[order]
    alone = Faces(
        crowd.crops[apart],
        crowd.logits[apart],
        crowd.labels,
        shuffled.people,
        shuffled.occasions,
        shuffled.corpora,
        crowd.histograms[apart],
        crowd.lit[apart],
    )
    people = np.unique(alone.people)
    population = fit_population(alone.of(people[:12].tolist()), "", "x/1")
    judged = judge(population, alone, cases(alone, people[12:].tolist(), [RESTING_ONLY]))
    said = alone.logits[judged.which]
    adapted = weigh(judged, said, population.weighing)
    truth = alone.labels[judged.which]
    before, after = (np.mean(one.argmax(axis=1) == truth) for one in (said, adapted))
    assert after >= before - 0.05


def test_weights_stay_within_their_bounds(crowd: Faces, population: Population) -> None:
    people = np.unique(crowd.people).tolist()
    at_rest = known_at_rest(population)
    found = choose_weights(judge(population, crowd, cases(crowd, people)), crowd, at_rest)
    assert 0 <= found.strength <= 1
    assert 0.4 <= found.model <= 1
    assert 0 < found.resting < found.all_moods < 1


def test_everybody_is_read_by_a_model_that_does_not_know_them() -> None:
    model = FaceModel("fold", {}, 1.0, 0.0)
    read = read_by_folds([(model, frozenset({"a"}))])
    with pytest.raises(ValueError, match="every model has seen b"):
        read(np.zeros((1, 48, 48), np.uint8), np.array(["b"]))
