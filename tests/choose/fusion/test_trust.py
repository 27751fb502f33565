"""Trust in the sources of the mood, learned slowly and within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect
from companion.choose.fusion.estimate import Estimate, Source
from companion.choose.fusion.trust import LEAST_TRUST, LESSON_WEIGHT, MOST_TRUST, learn_trust

FACE, LISTENING = Source.FACE, Source.LISTENING
SAID = {FACE: Estimate(Affect(0.8, 0.5), 0.4), LISTENING: Estimate(Affect(-0.6, -0.4), 0.4)}
SAD = Affect(-0.6, -0.3)


@pytest.mark.parametrize("lesson", ["corrected", "liked", "finished"])
def test_the_source_that_was_nearer_gains(lesson: str) -> None:
    learned = learn_trust({}, SAID, lesson, SAD)
    assert learned[LISTENING] > 1 > learned[FACE]


def test_a_skipped_track_speaks_against_the_source_that_wanted_it() -> None:
    learned = learn_trust({}, SAID, "skipped", SAD)
    assert learned[FACE] > 1 > learned[LISTENING]


def test_a_correction_teaches_more_than_a_track_that_was_let_run() -> None:
    corrected = learn_trust({}, SAID, "corrected", SAD)
    assert corrected[LISTENING] > learn_trust({}, SAID, "finished", SAD)[LISTENING]


def test_a_source_alone_is_not_judged() -> None:
    assert learn_trust({FACE: 2.0}, {FACE: SAID[FACE]}, "corrected", SAD) == {FACE: 2.0}


@given(st.lists(st.tuples(st.sampled_from(sorted(LESSON_WEIGHT)), st.floats(-1, 1)), max_size=80))
def test_trust_stays_within_its_bounds(lessons: list[tuple[str, float]]) -> None:
    trust: dict[Source, float] = {}
    for lesson, valence in lessons:
        trust = learn_trust(trust, SAID, lesson, Affect(valence, 0))
    assert all(LEAST_TRUST <= one <= MOST_TRUST for one in trust.values())


def test_one_lesson_is_far_from_a_bound() -> None:
    learned = learn_trust({}, SAID, "corrected", SAD)
    assert LEAST_TRUST * 2 < learned[FACE] < learned[LISTENING] < MOST_TRUST / 2
