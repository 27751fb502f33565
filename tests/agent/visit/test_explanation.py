from __future__ import annotations

import json
import sqlite3

import pytest

from companion.affect import Affect, Emotion
from companion.agent.visit.choice import choose_track, rank_candidates
from companion.agent.visit.explanation import describe_ranking, make_why
from companion.choose.pick import Pick
from companion.config.schema import Choose, Rule
from tests.agent.listener import HAPPY, NOW, add, read
from tests.choose.makers import seeded


@pytest.fixture
def library(db: sqlite3.Connection) -> sqlite3.Connection:
    for n in range(3):
        add(db, f"{n}", Affect(0.6, 0.6 - 0.1 * n))
    return db


def test_the_why_is_json_and_tells_all_that_decided(library: sqlite3.Connection) -> None:
    rules = (Rule("happiness", "", "lift"),)
    reading = read(Emotion.HAPPINESS, HAPPY)
    choice = choose_track(library, Choose(rules=rules), seeded(0), NOW, reading=reading)
    assert isinstance(choice.picked, Pick)
    why = make_why(choice, choice.picked, NOW)
    assert json.loads(json.dumps(why, allow_nan=False)) == why
    assert (why["reading"]["emotion"], why["reading"]["confidence"]) == ("happiness", 0.9)
    assert why["mood"]["readings"] == 1
    assert (why["region"], why["strategy"]) == ("Q1", "lift")
    assert why["rule"] == {"when": "happiness", "between": ""}
    assert why["target"] == {"valence": 0.6, "arousal": 0.6}
    ids = {why["track"]["uri"], why["runner_up"]["uri"]}
    assert len(ids) == 2
    assert why["track"]["score"] == pytest.approx(
        why["track"]["fit"] * why["track"]["taste"] * why["track"]["freshness"]
    )


def test_an_unsure_emotion_is_kept_as_the_side_that_is_sure(library: sqlite3.Connection) -> None:
    reading = read(Emotion.HAPPINESS, HAPPY)
    choice = choose_track(library, Choose(), seeded(0), NOW, reading=reading)
    assert isinstance(choice.picked, Pick)
    why = make_why(choice, choice.picked, NOW, "pleasant, perhaps happiness")
    assert why["reading"]["doubt"] == "pleasant, perhaps happiness"


def test_a_ranking_as_data(library: sqlite3.Connection) -> None:
    reading = read(Emotion.HAPPINESS, HAPPY)
    data = describe_ranking(rank_candidates(library, Choose(), NOW, reading=reading), 2)
    assert [one["title"] for one in data["best"]] == ["Song 0", "Song 1"]
    assert data["obstacle"] == ""
    unknown = describe_ranking(rank_candidates(library, Choose(), NOW), 2)
    assert (unknown["mood"], unknown["best"]) == (None, [])
    assert unknown["obstacle"] == "the mood is unknown"
