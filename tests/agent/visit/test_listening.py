"""The choice by listening: what it says, without a camera, and how it is explained."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest

from companion.affect import Affect, Emotion
from companion.agent.visit.choice import choose_track, rank_candidates
from companion.agent.visit.explanation import make_why
from companion.agent.visit.listening import describe_listening, read_listening
from companion.agent.visit.mood import current_mood
from companion.choose.fusion.estimate import MOST_SPREAD, Source
from companion.choose.pick import Pick
from companion.config.schema import Choose
from companion.playback import Initiative, PlayEnding, PlayerSnapshot
from companion.store.history.overrides import SetMood, save_set_mood
from companion.store.history.trust import save_trust
from companion.store.listening.plays import begin_play, end_play, newest_plays
from companion.track import Track
from tests.agent.listener import HAPPY, NOW, add, read
from tests.choose.makers import seeded

CALM, WILD = Affect(0.6, -0.6), Affect(0.5, 0.7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def library(db: sqlite3.Connection) -> sqlite3.Connection:
    for name, place in (("calm", CALM), ("wild", WILD), ("sad", Affect(-0.6, -0.5))):
        for number in range(4):
            add(db, f"{name}{number}", place)
    return db


def play(
    db: sqlite3.Connection,
    name: str,
    at: datetime,
    who: Initiative = Initiative.USER,
    ending: PlayEnding = PlayEnding.FINISHED,
) -> None:
    begin_play(db, PlayerSnapshot(Track(name, f"spotify:track:{name}", name)), who, at)
    end_play(db, newest_plays(db, 1)[0].id, ending)


def hear(db: sqlite3.Connection, *names: str, until: datetime = NOW) -> None:
    for number, name in enumerate(reversed(names)):
        play(db, name, until - 4 * (number + 1) * MINUTE)


def test_without_plays_and_readings_nothing_is_known(library: sqlite3.Connection) -> None:
    assert current_mood(library, Choose(), NOW) is None


def test_what_is_listened_to_tells_the_mood_without_a_face(library: sqlite3.Connection) -> None:
    hear(library, "calm0", "calm1", "calm2", "calm3")
    mood = current_mood(library, Choose(), NOW)
    assert mood is not None
    assert mood.affect.quadrant is CALM.quadrant
    assert mood.spread <= MOST_SPREAD
    assert (mood.shares, mood.readings, mood.emotion) == ({Source.LISTENING: 1.0}, 0, None)


def test_a_mood_set_by_hand_outranks_all(library: sqlite3.Connection) -> None:
    hear(library, "calm0", "calm1", "calm2")
    save_set_mood(library, SetMood(NOW, None, "anger", WILD))
    mood = current_mood(library, Choose(), NOW, read(Emotion.HAPPINESS, HAPPY))
    assert mood is not None
    assert (mood.affect, mood.spread, mood.by_hand) == (WILD, 0.0, True)


def test_face_and_listening_meet_between_them_by_trust(library: sqlite3.Connection) -> None:
    hear(library, "calm0", "calm1", "calm2")
    reading = read(Emotion.HAPPINESS, HAPPY)
    mood = current_mood(library, Choose(), NOW, reading)
    assert mood is not None
    assert CALM.arousal < mood.affect.arousal < HAPPY.arousal
    assert sum(mood.shares.values()) == pytest.approx(1)
    save_trust(library, {"face": 3.0, "listening": 0.3})
    trusting = current_mood(library, Choose(), NOW, reading)
    assert trusting is not None
    assert trusting.affect.distance(HAPPY) < mood.affect.distance(HAPPY)


def test_early_skips_in_a_row_move_the_target_away_and_are_told(
    library: sqlite3.Connection,
) -> None:
    hear(library, "calm0", "calm1", "calm2", until=NOW - 10 * MINUTE)
    before = rank_candidates(library, Choose(), NOW)
    for number, minutes in enumerate((8, 4)):
        skipped = PlayEnding.SKIPPED_EARLY
        play(library, f"calm{number}", NOW - minutes * MINUTE, Initiative.COMPANION, skipped)
    after = choose_track(library, Choose(), seeded(0), NOW)
    assert before.target is not None
    assert after.target is not None
    assert before.away_from == ()
    assert after.target.affect.distance(CALM) > before.target.affect.distance(CALM)
    assert isinstance(after.picked, Pick)
    told = make_why(after, after.picked, NOW)
    assert len(told["away_from"]) == 2
    assert "skipped early" in told["listening"]


def test_the_words_of_an_evening_like_most(library: sqlite3.Connection) -> None:
    evening = NOW.astimezone().replace(hour=21, minute=30)
    for days in range(1, 15):
        hear(library, "calm0", "calm1", until=evening - timedelta(days=days))
    hear(library, "calm0", "calm1", "calm2", until=evening)
    told = describe_listening(read_listening(library, evening).mood, evening)
    weekend = "weekend " if evening.weekday() >= 5 else ""
    assert told == (
        f"you have been playing calm, content music since 21:18, as on most {weekend}evenings"
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "little is known"),
        (("wild0",), "you have been playing happy, excited music since "),
    ],
)
def test_the_words_without_a_habit(
    library: sqlite3.Connection, names: tuple[str, ...], words: str
) -> None:
    hear(library, *names)
    assert describe_listening(read_listening(library, NOW).mood, NOW).startswith(words)
