"""The stored plays."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from companion.affect import Affect
from companion.playback import Initiative, PlayEnding, PlayerSnapshot
from companion.store.history.trust import drop_trust, read_trust, save_trust
from companion.store.listening.plays import (
    begin_play,
    complete_play,
    drop_plays,
    end_play,
    newest_plays,
    plays_since,
    save_upcoming,
    upcoming_since,
)
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.track import Track
from tests.choose.makers import track_mood
from tests.store.samples import NOON

SONG = Track("a", "spotify:track:a", "A", ("One",), "Album", 200_000, "DE1")
RELEASED_ANEW = Track("b", "spotify:track:b", "A", ("One",), "Best of", 200_000, "DE1")
HOUR = timedelta(hours=1)


def test_a_play_is_kept_with_the_place_of_its_tag(db: sqlite3.Connection) -> None:
    save_tracks(db, [SONG], NOON)
    save_tag(db, "a", track_mood(Affect(0.2, -0.4), 1.0), Origin("local", "", 1.0), NOON)
    seen = PlayerSnapshot(SONG, context="spotify:album:1", shuffled=False, volume=40)
    begin_play(db, seen, Initiative.USER, NOON)
    [play] = plays_since(db, NOON)
    assert (play.affect, play.spread) == (Affect(0.2, -0.4), 0.25)
    assert (play.album, play.context, play.shuffled) == ("Album", "spotify:album:1", False)
    assert (play.volume, play.ending, play.again) == (40, PlayEnding.PLAYING, False)


def test_a_recording_under_another_id_is_the_librarys(db: sqlite3.Connection) -> None:
    save_tracks(db, [SONG], NOON)
    begin_play(db, PlayerSnapshot(RELEASED_ANEW), Initiative.USER, NOON)
    assert [play.track_id for play in plays_since(db, NOON)] == ["a"]


def test_what_has_no_id_is_left_out(db: sqlite3.Connection) -> None:
    begin_play(db, PlayerSnapshot(Track("", "", "Unknown")), Initiative.USER, NOON)
    begin_play(db, PlayerSnapshot(), Initiative.USER, NOON)
    assert plays_since(db, NOON) == []


def test_a_later_snapshot_completes_it_and_takes_nothing_away(db: sqlite3.Connection) -> None:
    begin_play(db, PlayerSnapshot(SONG, volume=40), Initiative.USER, NOON)
    told = PlayerSnapshot(SONG, context="spotify:album:1", shuffled=True)
    for seen in (told, PlayerSnapshot(SONG)):
        complete_play(db, newest_plays(db, 1)[0], seen, Initiative.USER)
    [play] = plays_since(db, NOON)
    assert (play.context, play.shuffled, play.volume) == ("spotify:album:1", True, 40)


def test_what_the_user_plays_again_within_the_hour_is_marked(db: sqlite3.Connection) -> None:
    for hours in (0.0, 0.5, 3.0):
        begin_play(db, PlayerSnapshot(SONG), Initiative.USER, NOON + hours * HOUR)
    assert [play.again for play in plays_since(db, NOON)] == [False, True, False]


def test_old_plays_go(db: sqlite3.Connection) -> None:
    for hours in range(4):
        begin_play(db, PlayerSnapshot(SONG), Initiative.CONTINUED, NOON + hours * HOUR)
    end_play(db, newest_plays(db, 1)[0].id, PlayEnding.FINISHED)
    assert drop_plays(db, NOON + 2 * HOUR) == 2
    assert [play.ending for play in plays_since(db, NOON)] == ["playing", "finished"]


def test_what_comes_next_is_kept_until_it_is_told_anew(db: sqlite3.Connection) -> None:
    save_upcoming(db, [SONG, RELEASED_ANEW], NOON)
    assert upcoming_since(db, NOON) == {"a", "b"}
    save_upcoming(db, [SONG], NOON + HOUR)
    assert upcoming_since(db, NOON) == {"a"}
    assert upcoming_since(db, NOON + 2 * HOUR) == set()


def test_trust_is_kept_by_source_and_can_be_dropped(db: sqlite3.Connection) -> None:
    assert read_trust(db) == {}
    save_trust(db, {"face": 0.5, "listening": 1.5})
    save_trust(db, {"face": 0.6})
    assert read_trust(db) == {"face": 0.6, "listening": 1.5}
    assert drop_trust(db) is True
    assert drop_trust(db) is False
