"""Databases of every earlier schema carry over with nothing lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist

import pytest

from companion.store.database import _probit, _statements, migrations, open_database, schema_version
from companion.store.history.queue import entries_between
from companion.store.history.visits import visits_between
from companion.store.tracks.corrections import drop_track_correction
from companion.store.tracks.tags import cells, read_cell, read_tag
from tests.store.samples import NOON, make_track

NEWEST = max(migrations())
ONE_ROW = ("last_sight", "set_mood", "pause", "baseline", "player_snapshot", "resting_face")
RENAMED_TABLES = {
    "facts": "metadata",
    "heard": "recently_played",
    "passes": "sync_progress",
    "last_sight": "player_snapshot",
    "baseline": "resting_face",
}
RENAMED_COLUMNS = {
    ("last_sight", "playing"): "is_playing",
    ("last_sight", "length_ms"): "duration_ms",
    ("last_sight", "heard_ms"): "played_ms",
    ("last_sight", "quiet_since"): "silent_since",
    ("last_sight", "next_look"): "next_at",
    ("last_sight", "unbroken"): "unbroken_since",
    ("baseline", "log_shares"): "features",
    ("baseline", "looks"): "seen",
}
MOVED = {("tracks", "seen_at"), ("tags", "valence"), ("tags", "arousal")}
"""To `track_sources`, in the second migration; to other places, in the tenth."""
SECOND = timedelta(seconds=1)


def make_old(file: Path, version: int) -> sqlite3.Connection:
    """A database as the program of that schema version made it."""
    db = sqlite3.connect(file, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.create_function("probit", 1, _probit, deterministic=True)
    for number in [known for known in migrations() if known <= version]:
        for statement in _statements(migrations()[number]):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {version}")
    return db


def columns_of(db: sqlite3.Connection) -> dict[str, list[sqlite3.Row]]:
    """The stored columns of each table."""
    names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        row["name"]: db.execute(f"PRAGMA table_info({row['name']})").fetchall() for row in names
    }


def fill(db: sqlite3.Connection, rows: int = 7) -> dict[str, list[dict[str, object]]]:
    """Put rows into every table; return them by table."""
    kept: dict[str, list[dict[str, object]]] = {}
    for table, columns in columns_of(db).items():
        for k in range(1, 1 + (1 if table in ONE_ROW else rows)):
            row = {column["name"]: value(column, k) for column in columns}
            marks = ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table} VALUES ({marks})", list(row.values()))  # noqa: S608 - our own names
            kept.setdefault(table, []).append(row)
    return kept


def value(column: sqlite3.Row, k: int) -> object:
    if column["name"] in ("track", "why"):
        return json.dumps({"region": f"Q{k}", "artists": [f"Größe {k}"]})
    if column["type"] == "TEXT":
        return f"{column['name']} {k}"
    if column["type"] == "BLOB":
        return bytes([k])
    return k if column["type"] == "INTEGER" else k + 0.25


@pytest.mark.parametrize("version", sorted(migrations())[:-1])
def test_every_row_of_an_older_database_carries_over(tmp_path: Path, version: int) -> None:
    file = tmp_path / "companion.db"
    with closing(make_old(file, version)) as db:
        kept = fill(db)
    with open_database(file) as db:
        assert schema_version(db) == NEWEST
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        for table, rows in kept.items():
            query = f"SELECT * FROM {RENAMED_TABLES.get(table, table)}"  # noqa: S608 - our own names
            there = [dict(row) for row in db.execute(query)]
            for row in rows:
                expected = {
                    RENAMED_COLUMNS.get((table, name), name): value
                    for name, value in row.items()
                    if (table, name) not in MOVED
                }
                assert any(expected.items() <= one.items() for one in there), (table, expected)
        if version == 1:
            seen = {tuple(row) for row in db.execute("SELECT * FROM track_sources")}
            assert seen == {(row["id"], "saved", row["seen_at"]) for row in kept["tracks"]}


@pytest.mark.parametrize("version", sorted(migrations())[:-1])
def test_an_older_database_ends_with_the_schema_of_a_new_one(tmp_path: Path, version: int) -> None:
    make_old(tmp_path / "old.db", version).close()
    shapes = []
    for name in ("old.db", "new.db"):
        with open_database(tmp_path / name) as db:
            shapes.append(
                set(map(tuple, db.execute("SELECT type, name, tbl_name FROM sqlite_schema")))
            )
            shapes.append({t: [tuple(c) for c in cs] for t, cs in columns_of(db).items()})  # type: ignore[arg-type]
    assert shapes[:2] == shapes[2:]


SURE_Q3 = {"q1": 0.05, "q2": 0.05, "q3": 0.8, "q4": 0.1}
UNSURE_Q3 = {"q1": 0.2, "q2": 0.15, "q3": 0.45, "q4": 0.2}
CORNER_OF_Q3 = {"valence": -0.4, "arousal": -0.48, "confidence": 0.8}


def tag_of_old(db: sqlite3.Connection, track_id: str, values: Mapping[str, float]) -> None:
    track = [track_id, "", track_id, "[]", "", 1, "", 0]
    names = "id, uri, title, artists, album, duration_ms, isrc, explicit"
    columns = {row["name"] for row in db.execute("PRAGMA table_info(tracks)")}
    if "seen_at" in columns:
        names, track = f"{names}, seen_at", [*track, 1.0]
    db.execute(f"INSERT INTO tracks ({names}) VALUES ({', '.join('?' * len(track))})", track)  # noqa: S608 - our own names
    rest = dict.fromkeys(("tempo", "pitch_low", "pitch_high", "voiced", "match", "tagged_at"), 1.0)
    row = {"track_id": track_id, "model": "track_mood/2", "provider": "local", "reference": "a"}
    row |= rest | CORNER_OF_Q3 | values  # type: ignore[operator]
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO tags ({', '.join(row)}) VALUES ({marks})", list(row.values()))  # noqa: S608 - our own names


def placed(row: Mapping[str, float]) -> tuple[float, float, float, float]:
    """The place and its spread, as the version of the tenth migration placed a track."""
    pleasant, aroused = (
        NormalDist().inv_cdf(min(max(share, 0.001), 0.999))
        for share in (row["q1"] + row["q4"], row["q1"] + row["q2"])
    )
    return pytest.approx((0.27 * pleasant, 0.22 * aroused, 0.27, 0.22))  # type: ignore[return-value]


def where(db: sqlite3.Connection, track_id: str) -> tuple[float, ...]:
    mood = read_tag(db, track_id)
    assert mood is not None
    return (mood.affect.valence, mood.affect.arousal, mood.valence_spread, mood.arousal_spread)


@pytest.mark.parametrize("version", range(1, 10))
def test_tags_at_the_mean_of_the_corners_become_places(tmp_path: Path, version: int) -> None:
    file = tmp_path / "companion.db"
    certain = {"q1": 0.0, "q2": 0.0, "q3": 1.0, "q4": 0.0}
    with closing(make_old(file, version)) as db:
        for name, shares in (("sure", SURE_Q3), ("unsure", UNSURE_Q3), ("certain", certain)):
            tag_of_old(db, name, shares)
    with open_database(file) as db:
        assert where(db, "sure") == placed(SURE_Q3)
        assert where(db, "unsure") == placed(UNSURE_Q3)  # of one corner, and elsewhere
        assert where(db, "certain") == placed(certain)
        tag = read_tag(db, "sure")
        assert tag is not None
        assert (tag.tags, tag.instrumental, tag.confidence) == ((), None, 0.8)
        found = {row[0]: row[1:3] for cell in cells(db) for row in read_cell(db, cell)}
        assert found == {name: where(db, name)[:2] for name in ("sure", "unsure", "certain")}


def test_a_track_that_the_user_put_elsewhere_stays_there(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    said = json.dumps(SURE_Q3 | CORNER_OF_Q3)
    with closing(make_old(file, 9)) as db:
        user = {"q1": 1.0, "q2": 0.0, "q3": 0.0, "q4": 0.0, "valence": 0.3, "arousal": 0.9}
        tag_of_old(db, "moved", user | {"confidence": 1.0})
        for name, kept in (("moved", said), ("untagged", "{}"), ("damaged", "no JSON")):
            db.execute("INSERT INTO track_corrections VALUES (?, 1, 0.3, 0.9, ?)", (name, kept))
    with open_database(file) as db:
        assert where(db, "moved") == (0.3, 0.9, 0.0, 0.0)
        assert drop_track_correction(db, "moved")
        assert where(db, "moved") == placed(SURE_Q3)
        kept_as_it_was = "SELECT said FROM track_corrections ORDER BY track_id"
        assert [row["said"] for row in db.execute(kept_as_it_was)] == ["no JSON", "{}"]


# An old visit was kept at its end, and a killed one before its look: times are in seconds.
KILLED = ("failed", "the look was not finished", True)
QUEUED = ("queued", "", True)
BY_HAND = ("queued", "", False)
NO_FACE = ("no_face", "", True)
UNFIT = ("nothing_fits", "", True)
PAUSED = ("not_playing", "", False)
Old = tuple[int, tuple[str, str, bool]]


@pytest.mark.parametrize(
    ("visits", "readings", "entries", "linked"),
    [
        ([(10, QUEUED)], [5], [6], [(5, 6)]),
        ([(10, QUEUED)], [10], [10], [(10, 10)]),
        ([(10, QUEUED), (1210, QUEUED)], [5, 1205], [6, 1206], [(5, 6), (1205, 1206)]),
        ([(10, BY_HAND)], [5], [6], [(None, 6)]),
        ([(10, UNFIT)], [5], [], [(5, None)]),
        ([(10, UNFIT)], [5], [6], [(5, None)]),
        ([(10, NO_FACE)], [5], [6], [(None, None)]),
        ([(10, PAUSED)], [5], [6], [(None, None)]),
        ([(900, QUEUED)], [5], [6], [(None, None)]),  # too long before it
        ([(10, QUEUED)], [3, 5], [2, 6], [(5, 6)]),  # the first ones are of a visit without a row
        ([(10, KILLED)], [12], [13], [(12, 13)]),
        ([(10, KILLED), (60, NO_FACE)], [12], [13], [(12, 13), (None, None)]),
        ([(10, KILLED), (60, QUEUED)], [55], [56], [(None, None), (55, 56)]),
        ([(10, KILLED), (60, QUEUED)], [12, 55], [13, 56], [(12, 13), (55, 56)]),
        ([(10, KILLED), (60, QUEUED)], [55], [13, 56], [(None, 13), (55, 56)]),
        ([(10, KILLED)], [900], [900], [(None, None)]),
        ([(10, KILLED), (20, KILLED)], [12, 22], [], [(12, None), (22, None)]),
        ([(10, QUEUED), (10, QUEUED)], [5], [6], [(5, 6), (None, None)]),  # at one moment
        ([], [5], [6], []),
    ],
)
def test_old_rows_are_linked_to_their_visits_by_time(
    tmp_path: Path,
    visits: Sequence[Old],
    readings: Sequence[int],
    entries: Sequence[int],
    linked: Sequence[tuple[int | None, int | None]],
) -> None:
    file = tmp_path / "companion.db"
    with closing(make_old(file, 5)) as db:
        for second, visit in visits:
            db.execute(
                "INSERT INTO visits (at, outcome, detail, camera) VALUES (?, ?, ?, ?)",
                (at(second), *visit),
            )
        for second in readings:
            db.execute(
                "INSERT INTO readings VALUES (NULL, ?, '{}', 0, 0, 0.5, ?, 'a')",
                (at(second), second),
            )
        for second in entries:
            track = make_track()
            fields = {"id": track.id, "uri": track.uri, "title": track.title, "artists": []}
            db.execute(
                "INSERT INTO queue_entries (track_id, track, state, planned_at, changed_at, why) "
                "VALUES ('1', ?, 'finished', ?, ?, '{}')",
                (json.dumps(fields), at(second), at(second)),
            )
    with open_database(file) as db:
        records = visits_between(db, NOON, NOON + timedelta(days=1))
        assert [
            (
                record.reading and record.reading.frames,
                record.entry and seconds(record.entry.planned_at),
            )
            for record in records
        ] == linked
        assert db.execute("SELECT count(*) FROM readings").fetchone()[0] == len(readings)
        assert len(entries_between(db, NOON, NOON + timedelta(days=1))) == len(entries)


def at(second: int) -> float:
    return (NOON + second * SECOND).timestamp()


def seconds(moment: datetime) -> int:
    return round((moment.astimezone(UTC) - NOON).total_seconds())


def test_a_long_history_is_linked_in_a_moment(tmp_path: Path) -> None:
    file = tmp_path / "companion.db"
    with closing(make_old(file, 5)) as db:
        db.execute("BEGIN")
        for k in range(20_000):
            moment = at(1200 * k)
            db.execute("INSERT INTO visits VALUES (NULL, ?, 'queued', '', 1)", (moment,))
            db.execute(
                "INSERT INTO readings VALUES (NULL, ?, '{}', 0, 0, 0, 1, 'a')", (moment - 5,)
            )
        db.execute("COMMIT")
    with open_database(file) as db:
        linked = "SELECT count(*) FROM readings WHERE visit_id = id"
        assert db.execute(linked).fetchone()[0] == 20_000
