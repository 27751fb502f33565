"""The user's overrides, which hold for a time: a mood set by hand, a pause."""

import sqlite3
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from companion.affect import Affect, Emotion


@dataclass(frozen=True, slots=True)
class SetMood:
    """A mood set by hand.

    Attributes:
        name: the user's word for it.
        emotion: None where it is no emotion's name.
        until: None where it lasts until it is taken back.
    """

    at: datetime
    until: datetime | None
    name: str
    affect: Affect
    emotion: Emotion | None = None


def save_set_mood(db: sqlite3.Connection, mood: SetMood) -> None:
    """Set it; one from before is replaced."""
    times = (mood.at.timestamp(), mood.until.timestamp() if mood.until else None)
    emotion = mood.emotion.value if mood.emotion else None
    db.execute(
        "INSERT OR REPLACE INTO set_mood VALUES (1, ?, ?, ?, ?, ?, ?)",
        (*times, mood.name, emotion, *astuple(mood.affect)),
    )


def drop_set_mood(db: sqlite3.Connection) -> bool:
    """Take it back; True where there was one."""
    return db.execute("DELETE FROM set_mood").rowcount == 1


def read_set_mood(db: sqlite3.Connection, now: datetime) -> SetMood | None:
    """The one that holds now; None where there is none, or it is over."""
    row = db.execute("SELECT * FROM set_mood").fetchone()
    if row is None or (row["until"] is not None and row["until"] <= now.timestamp()):
        return None
    return SetMood(
        at=datetime.fromtimestamp(row["at"], UTC),
        until=None if row["until"] is None else datetime.fromtimestamp(row["until"], UTC),
        name=row["name"],
        affect=Affect(row["valence"], row["arousal"]),
        emotion=Emotion(row["emotion"]) if row["emotion"] else None,
    )


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when, and until when; None: until the user resumes."""

    since: datetime
    until: datetime | None


def save_pause(db: sqlite3.Connection, pause: Pause) -> None:
    """Pause; a pause from before is replaced."""
    until = pause.until.timestamp() if pause.until else None
    db.execute("INSERT OR REPLACE INTO pause VALUES (1, ?, ?)", (pause.since.timestamp(), until))


def drop_pause(db: sqlite3.Connection) -> bool:
    """Resume; True where there was a pause."""
    return db.execute("DELETE FROM pause").rowcount == 1


def read_pause(db: sqlite3.Connection, now: datetime) -> Pause | None:
    """The pause that holds now; None where there is none, or it is over."""
    row = db.execute("SELECT * FROM pause").fetchone()
    if row is None or (row["until"] is not None and row["until"] <= now.timestamp()):
        return None
    until = None if row["until"] is None else datetime.fromtimestamp(row["until"], UTC)
    return Pause(datetime.fromtimestamp(row["since"], UTC), until)
