from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from companion.affect import Affect, Emotion
from companion.agent.visit.choice import Choice, choose_track, rank_candidates
from companion.agent.visit.context import REFUSED_FOR, SESSION
from companion.choose.pick import NothingFits, Pick
from companion.choose.taste import EXPLORATION
from companion.config.schema import Choose, Rule
from companion.store.history.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    save_block,
    save_feedback,
)
from companion.store.history.overrides import SetMood, save_set_mood
from companion.store.history.queue import NEVER_QUEUED, EntryState
from companion.store.listening.snapshots import save_played
from companion.store.tracks.library import tracks_by_id
from companion.track import Track
from tests.agent.listener import HAPPY, NOW, add, choose_and_keep, keep, queue, read, song
from tests.choose.makers import seeded

HOUR = timedelta(hours=1)
TWENTY = [f"{n:02}" for n in range(20)]


@pytest.fixture
def library(db: sqlite3.Connection) -> sqlite3.Connection:
    """Twenty tracks environment the happy place, the first one best."""
    for n, name in enumerate(TWENTY):
        add(db, name, Affect(0.6 - 0.01 * n, 0.6))
    return db


def choose(db: sqlite3.Connection, settings: Choose | None = None, seed: int = 0) -> Choice:
    reading = read(Emotion.HAPPINESS, HAPPY)
    return choose_track(db, settings or Choose(), seeded(seed), NOW, reading=reading)


def ranked(db: sqlite3.Connection, settings: Choose | None = None) -> list[str]:
    ranking = rank_candidates(db, settings or Choose(), NOW, reading=read(Emotion.HAPPINESS, HAPPY))
    return [one.tagged.track.id for one in ranking.ranked()]


def test_the_best_fit_leads(library: sqlite3.Connection) -> None:
    assert ranked(library) == TWENTY
    choice = choose(library)
    assert isinstance(choice.picked, Pick)
    assert choice.picked.chosen.tagged.track.id in TWENTY[:5]


def test_the_same_seed_chooses_the_same(library: sqlite3.Connection) -> None:
    assert choose(library, seed=7) == choose(library, seed=7)
    assert len({str(choose(library, seed=seed).picked) for seed in range(20)}) > 1


def test_without_a_mood_nothing_is_chosen(library: sqlite3.Connection) -> None:
    choice = choose_track(library, Choose(), seeded(0), NOW)
    assert (choice.mood, choice.target, choice.picked) == (None, None, None)


def test_a_choice_stores_nothing(library: sqlite3.Connection) -> None:
    before = library.total_changes
    choose(library)
    assert library.total_changes == before


def test_an_empty_library_fits_nothing(db: sqlite3.Connection) -> None:
    assert choose(db).picked == NothingFits("no tagged track is near enough to the target")


@pytest.mark.parametrize("state", [state for state in EntryState if state not in NEVER_QUEUED])
def test_what_was_queued_within_the_hours_is_left_out(
    library: sqlite3.Connection, state: EntryState
) -> None:
    queue(library, song("00"), state, NOW - 8 * HOUR + timedelta(minutes=1))
    assert ranked(library) == TWENTY[1:]
    assert "00" in ranked(library, Choose(no_repeat_hours=7))


def test_what_was_lost_may_come_at_once(library: sqlite3.Connection) -> None:
    queue(library, song("00"), EntryState.LOST)
    assert ranked(library) == TWENTY


def test_what_spotify_refused_is_left_out_for_a_week(library: sqlite3.Connection) -> None:
    queue(library, song("00"), EntryState.REFUSED, NOW - REFUSED_FOR + HOUR)
    queue(library, song("01"), EntryState.REFUSED, NOW - REFUSED_FOR - HOUR)
    assert ranked(library, Choose(no_repeat_hours=0)) == TWENTY[1:]


def test_what_plays_or_comes_or_has_just_played_is_left_out(library: sqlite3.Connection) -> None:
    save_played(library, "01", NOW - timedelta(minutes=30))
    save_played(library, "02", NOW - 2 * HOUR)
    reading = read(Emotion.HAPPINESS, HAPPY)
    ranking = rank_candidates(library, Choose(), NOW, reading=reading, ahead=(song("00"),))
    assert [one.tagged.track.id for one in ranking.ranked()] == TWENTY[2:]
    assert ranking.short.refused == {"ahead": 1, "just_played": 1}


def test_artists_are_spaced_within_a_session(db: sqlite3.Connection) -> None:
    for n in range(4):
        add(db, f"{n}", artist="Who" if n < 3 else "Whom")
    queue(db, song("0", "Who"), EntryState.FINISHED, NOW - timedelta(minutes=5))
    assert ranked(db) == ["3"]
    assert ranked(db, Choose(artist_spacing=0)) == ["1", "2", "3"]
    db.execute("UPDATE queue_entries SET planned_at = planned_at - ?", (2 * SESSION.seconds,))
    assert ranked(db) == ["1", "2", "3"]


def test_the_artist_that_plays_does_not_come_next(db: sqlite3.Connection) -> None:
    for n in (1, 2, 3):
        add(db, f"{n}", artist="Who" if n < 3 else "Whom")
    for spacing, expected in ((1, ["3"]), (0, ["1", "2", "3"])):
        found = rank_candidates(
            db,
            Choose(artist_spacing=spacing),
            NOW,
            reading=read(Emotion.HAPPINESS, HAPPY),
            ahead=(song("9", "Who"), song("8", "Whom")),
        )
        assert sorted(one.tagged.track.id for one in found.ranked()) == expected


def test_what_is_blocked_never_comes(library: sqlite3.Connection) -> None:
    save_block(library, Block(BlockKind.TRACK, "00", "x"), NOW)
    save_block(library, Block(BlockKind.ARTIST, "artist 01", "x"), NOW)
    assert ranked(library) == TWENTY[2:]


def test_the_limit_that_emptied_the_list_is_named(db: sqlite3.Connection) -> None:
    add(db, "1")
    save_block(db, Block(BlockKind.TRACK, "1", "x"), NOW)
    assert choose(db).picked == NothingFits("every fitting track is blocked")


def test_what_was_skipped_in_this_mood_falls_back(library: sqlite3.Connection) -> None:
    settings = Choose(no_repeat_hours=0, artist_spacing=0)
    for minute in range(3):
        queue(library, song("00"), EntryState.SKIPPED, NOW - timedelta(days=60, minutes=minute))
    assert ranked(library, settings)[0] == "01"
    assert ranked(library, settings)[-1] == "00"


@pytest.mark.parametrize(
    ("state", "region"),
    [(EntryState.SKIPPED, "Q3"), (EntryState.UNKNOWN, "Q1"), (EntryState.LOST, "Q1")],
)
def test_another_mood_and_unseen_ends_teach_nothing(
    library: sqlite3.Connection, state: EntryState, region: str
) -> None:
    queue(library, song("00"), state, NOW - timedelta(days=3000), region)
    found = rank_candidates(library, Choose(), NOW, reading=read(Emotion.HAPPINESS, HAPPY)).ranked()
    assert {one.taste for one in found} == {1.0}


def test_what_is_liked_leads(library: sqlite3.Connection) -> None:
    save_feedback(library, song("19"), FeedbackKind.LIKE, "Q1", NOW)
    assert ranked(library)[0] == "19"


def test_an_artists_other_tracks_speak_for_a_track(db: sqlite3.Connection) -> None:
    for n in range(4):
        add(db, f"{n}", artist="Who" if n < 2 else f"Other {n}")
    queue(db, song("0", "Who"), EntryState.FINISHED, NOW - timedelta(days=9))
    tastes = {
        one.tagged.track.id: one.taste
        for one in rank_candidates(
            db, Choose(), NOW, reading=read(Emotion.HAPPINESS, HAPPY)
        ).ranked()
    }
    assert tastes["1"] > 1
    assert tastes["2"] == tastes["3"] == 1


def test_tracks_without_artists_have_no_artist_in_common(db: sqlite3.Connection) -> None:
    for name in "ab":
        add(db, name)
        db.execute("UPDATE tracks SET artists = '[]' WHERE id = ?", (name,))
    queue(db, Track("a", "spotify:track:a", "Song a"), EntryState.FINISHED, NOW - 999 * HOUR)
    tastes = {
        one.tagged.track.id: one.taste
        for one in rank_candidates(
            db, Choose(), NOW, reading=read(Emotion.HAPPINESS, HAPPY)
        ).ranked()
    }
    assert tastes["a"] > 1 == tastes["b"]


def test_a_track_that_a_sync_drops_meanwhile_is_passed_over(
    library: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "companion.agent.visit.context.tracks_by_id", lambda db, ids: tracks_by_id(db, ids[1:])
    )
    assert ranked(library) == TWENTY[1:]


def test_some_picks_explore(library: sqlite3.Connection) -> None:
    picks = [choose(library, seed=seed).picked for seed in range(200)]
    explored = sum(isinstance(one, Pick) and one.explored for one in picks)
    assert EXPLORATION / 2 < explored / 200 < EXPLORATION * 2


def test_a_mood_set_by_hand_wins_over_the_reading(db: sqlite3.Connection) -> None:
    add(db, "happy")
    add(db, "calm", Affect(0.6, -0.6))
    save_set_mood(db, SetMood(NOW, NOW + HOUR, "calm", Affect(0.6, -0.6)))
    choice = choose(db)
    assert isinstance(choice.picked, Pick)
    assert choice.picked.chosen.tagged.track.id == "calm"
    assert choice.mood is not None
    assert choice.mood.name == "calm"


def test_a_rule_names_the_strategy(library: sqlite3.Connection) -> None:
    rules = (Rule("fear", "", "focus"), Rule("happiness", "", "calm"))
    ranking = rank_candidates(
        library, Choose(rules=rules), NOW, reading=read(Emotion.HAPPINESS, HAPPY)
    )
    assert ranking.rule == rules[1]
    assert ranking.target is not None
    assert ranking.target.strategy == "calm"


def test_lift_goes_on_from_pick_to_pick(db: sqlite3.Connection) -> None:
    for n in range(60):
        add(db, f"{n}", Affect(-0.6 + 0.02 * n, -0.4))
    sad = read(Emotion.SADNESS, Affect(-0.6, -0.4))
    settings, at, targets = Choose(strategy="lift"), NOW, []
    for seed in range(5):
        choice = choose_track(db, settings, seeded(seed), at, reading=sad)
        assert choice.target is not None
        targets.append(choice.target.affect.valence)
        keep(db, choice, at)
        at += timedelta(minutes=4)
    assert targets == pytest.approx([-0.6, -0.35, -0.1, 0.0, 0.0])  # never too far ahead


def test_an_entry_whose_mood_was_forgotten_does_no_harm(library: sqlite3.Connection) -> None:
    choose_and_keep(library, NOW - timedelta(minutes=4))
    library.execute("UPDATE queue_entries SET why = '{}'")
    assert isinstance(choose(library, Choose(strategy="lift")).picked, Pick)


def test_through_an_evening_no_track_comes_twice(library: sqlite3.Connection) -> None:
    settings = Choose(artist_spacing=2)
    picks = [
        choose_and_keep(library, NOW + n * timedelta(minutes=4), settings, n) for n in range(20)
    ]
    assert {one.chosen.tagged.track.id for one in picks} == set(TWENTY)
