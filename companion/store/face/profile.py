"""The user's face, to which readings are adapted: the resting face and examples of moods.

An example of a mood is what `companion calibrate --moods` took, and every reading that the user
corrected to that mood.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from companion.affect import Emotion, FaceProfile, MoodExample, Numbers, RestingFace


def save_resting(db: sqlite3.Connection, resting: RestingFace, at: datetime) -> None:
    """Keep the resting face in the place of an earlier one."""
    db.execute(
        "INSERT OR REPLACE INTO resting_face (id, model, features, identity, looks, seen, day, "
        "day_looks, strangers, is_calibrated, at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            resting.model,
            json.dumps(resting.features),
            json.dumps(resting.identity),
            resting.looks,
            resting.seen,
            resting.day,
            resting.day_looks,
            resting.strangers,
            resting.calibrated,
            at.timestamp(),
        ),
    )


def read_resting(db: sqlite3.Connection, model: str) -> RestingFace | None:
    """The resting face in numbers of these weights; None where there is none."""
    row = db.execute("SELECT * FROM resting_face WHERE model = ?", (model,)).fetchone()
    if row is None:
        return None
    return RestingFace(
        model=row["model"],
        features=tuple(json.loads(row["features"])),
        identity=tuple(json.loads(row["identity"])),
        looks=row["looks"],
        seen=row["seen"],
        day=row["day"],
        day_looks=row["day_looks"],
        strangers=row["strangers"],
        calibrated=bool(row["is_calibrated"]),
    )


def save_example(db: sqlite3.Connection, example: MoodExample, model: str, at: datetime) -> None:
    """Keep an example that was taken on purpose, in the place of an earlier one of its mood."""
    db.execute(
        "INSERT OR REPLACE INTO mood_examples (emotion, model, features, looks, at) "
        "VALUES (?, ?, ?, ?, ?)",
        (
            example.emotion.value,
            model,
            json.dumps(example.features),
            example.looks,
            at.timestamp(),
        ),
    )


def read_profile(db: sqlite3.Connection, model: str) -> FaceProfile:
    """All that is known of the user's face in numbers of these weights."""
    rows = db.execute(
        "SELECT emotion, features, looks FROM mood_examples WHERE model = ? "
        "UNION ALL SELECT name, features, 1 FROM corrections WHERE look_model = ?",
        (model, model),
    )
    found: dict[Emotion, list[MoodExample]] = {}
    for row in rows:
        if row["emotion"] in list(Emotion) and row["emotion"] != Emotion.NEUTRAL:
            emotion = Emotion(row["emotion"])
            features = tuple(json.loads(row["features"]))
            found.setdefault(emotion, []).append(MoodExample(emotion, features, row["looks"]))
    return FaceProfile(model, read_resting(db, model), tuple(map(_joined, found.values())))


def drop_profile(db: sqlite3.Connection) -> bool:
    """Forget all of it, also what corrections showed; says whether there was anything."""
    gone = [
        db.execute("DELETE FROM resting_face").rowcount,
        db.execute("DELETE FROM mood_examples").rowcount,
        db.execute(
            "UPDATE corrections SET look_model = NULL, features = NULL WHERE features IS NOT NULL"
        ).rowcount,
    ]
    return any(gone)


def _joined(examples: Sequence[MoodExample]) -> MoodExample:
    """One example of several of one mood, each weighing as many looks as it is of."""
    looks = sum(example.looks for example in examples)
    columns = zip(*(_weighed(example) for example in examples), strict=True)
    features = tuple(sum(column) / looks for column in columns)
    return MoodExample(examples[0].emotion, features, looks)


def _weighed(example: MoodExample) -> Numbers:
    return tuple(example.looks * number for number in example.features)
