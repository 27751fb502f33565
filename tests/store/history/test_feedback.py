from __future__ import annotations

import sqlite3
from datetime import timedelta

from companion.affect import Affect, Correction, Emotion, FaceMood
from companion.store.face.readings import newest_reading, save_reading
from companion.store.history.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    blocks,
    drop_block,
    read_corrections,
    save_block,
    save_correction,
    save_feedback,
)
from tests.store.samples import NOON, make_track

SONG = Block(BlockKind.TRACK, "1", "Who - Song")
WHO = Block(BlockKind.ARTIST, "Who", "Who")


def test_blocks_come_and_go(db: sqlite3.Connection) -> None:
    for one in (SONG, WHO, SONG):
        save_block(db, one, NOON)
    assert blocks(db) == [SONG, WHO]
    assert drop_block(db, BlockKind.TRACK, "1")
    assert not drop_block(db, BlockKind.TRACK, "1")
    assert not drop_block(db, BlockKind.TRACK, "Who")
    assert blocks(db) == [WHO]


def test_words_are_kept_with_what_taste_needs(db: sqlite3.Connection) -> None:
    save_feedback(db, make_track(), FeedbackKind.LIKE, "Q1", NOON)
    row = dict(db.execute("SELECT * FROM feedback").fetchone())
    assert row == {
        "id": 1,
        "at": NOON.timestamp(),
        "track_id": "1",
        "artist": "Who",
        "byline": "Who, Whom - Song 1",
        "word": "like",
        "region": "Q1",
    }


MOOD = FaceMood(dict.fromkeys(Emotion, 0.125), Affect(0.1, 0.2), 0.5, 30)
CALM = Correction(NOON, "face_mood/1", Emotion.ANGER, "calm", Affect(0.6, -0.6))


def test_they_are_read_as_they_were_saved(db: sqlite3.Connection) -> None:
    bare = Correction(NOON + timedelta(hours=1), "face_mood/1", Emotion.FEAR)
    save_reading(db, MOOD, "face_mood/1", NOON)
    save_correction(db, bare, NOON)
    save_correction(db, CALM, NOON)
    assert read_corrections(db) == [CALM, bare]


def test_the_last_word_on_a_reading_counts(db: sqlite3.Connection) -> None:
    save_reading(db, MOOD, "face_mood/1", NOON)
    save_correction(db, Correction(NOON, "face_mood/1", Emotion.ANGER), NOON)
    save_correction(db, CALM, NOON + timedelta(minutes=1))
    assert read_corrections(db) == [CALM]


def test_what_another_model_got_wrong_says_nothing(db: sqlite3.Connection) -> None:
    save_correction(db, CALM, NOON)
    assert read_corrections(db) == []
    save_reading(db, MOOD, "face_mood/1", NOON)
    assert read_corrections(db) == [CALM]
    save_reading(db, MOOD, "face_mood/2", NOON + timedelta(hours=1))
    assert read_corrections(db) == []


def test_the_newest_reading(db: sqlite3.Connection) -> None:
    assert newest_reading(db) is None
    save_reading(db, MOOD, "face_mood/1", NOON)
    save_reading(db, MOOD, "face_mood/0", NOON - timedelta(hours=1))
    assert newest_reading(db) == (NOON, MOOD, "face_mood/1")
