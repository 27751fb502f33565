from __future__ import annotations

import sqlite3

from companion.store.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    blocks,
    drop_block,
    save_block,
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
