from __future__ import annotations

import pytest
from evaluation.choosers import CHOOSERS, REST, by_table, companion
from evaluation.learning import tune_skips
from evaluation.pick_accuracy import meant_by, measure_given_mood, share_right, tune_sureness

from companion.affect import QUADRANT_AFFECT, Emotion, Quadrant
from companion.choose import score
from companion.choose.strategy import WIDE, Target
from tests.choose.makers import seeded
from tests.evaluation.sets import make_library

pytestmark = pytest.mark.slow

LIBRARY = make_library()
HAPPY = Target(QUADRANT_AFFECT[Quadrant.Q1], WIDE, "match")


@pytest.mark.parametrize("name", CHOOSERS)
def test_no_track_comes_again_too_soon(name: str) -> None:
    picks = CHOOSERS[name](LIBRARY, HAPPY, Quadrant.Q1, 120, seeded(1))
    ids = [clip.tagged.track.id for clip in picks]
    assert len(ids) == 120
    assert all(one not in ids[max(0, at - REST) : at] for at, one in enumerate(ids))


@pytest.mark.parametrize("name", CHOOSERS)
def test_the_same_seed_picks_the_same(name: str) -> None:
    first, again = (CHOOSERS[name](LIBRARY, HAPPY, Quadrant.Q1, 30, seeded(7)) for _ in range(2))
    assert first == again


def test_the_table_knows_only_the_quadrant_of_the_tag() -> None:
    picks = by_table(LIBRARY, HAPPY, Quadrant.Q3, 100, seeded(0))
    assert {clip.tagged.affect.quadrant for clip in picks} == {Quadrant.Q3}


def test_where_tags_are_surer_when_right_confidence_pays() -> None:
    picks = companion(LIBRARY, HAPPY, Quadrant.Q1, 100, seeded(0))
    table = by_table(LIBRARY, HAPPY, Quadrant.Q1, 100, seeded(0))
    assert share_right(picks, Quadrant.Q1) > share_right(table, Quadrant.Q1)


def test_with_true_tags_every_pick_is_right() -> None:
    found = measure_given_mood(make_library(right=1.0))
    assert found["companion"]["right"] == 1
    assert found["random"]["right"] < 0.5


def test_a_neutral_face_means_calm() -> None:
    quadrants = {emotion.value: meant_by(emotion).value for emotion in Emotion}
    assert quadrants["neutral"] == "Q4"
    assert (quadrants["happiness"], quadrants["sadness"], quadrants["anger"]) == ("Q1", "Q3", "Q2")


def test_the_tuning_gives_the_constant_back() -> None:
    before = score.SURENESS
    tuned = tune_sureness(LIBRARY)
    assert before == score.SURENESS
    assert all(0 <= share <= 1 for share in tuned.values())
    assert len(set(tuned.values())) > 1


def test_the_tuning_by_skips_gives_the_constant_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.learning.TUNING_SEEDS", range(1))
    monkeypatch.setattr("evaluation.learning.TUNED", (1.0, 8.0))
    before = score.SURENESS
    tuned = tune_skips(LIBRARY)
    assert before == score.SURENESS
    assert list(tuned) == ["1", "8"]
    assert all(0 <= share <= 1 for share in tuned.values())
