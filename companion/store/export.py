"""The user's data as files of their own: one JSON file for programs, a CSV for each table.

`docs/data.md` describes every column. `import_data` reads the JSON file.
"""

import csv
import io
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from companion.errors import StoreError, UsageError
from companion.store.database import transaction

FORMAT, VERSION = "companion export", 1
FILE = "companion.json"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a text for a formula


QUERIES: Mapping[str, str] = {
    "readings": "SELECT at, probabilities, valence, arousal, confidence, frames, model "
    "FROM readings ORDER BY readings.at, id",
    "picks": "SELECT planned_at AS queued_at, track_id, json_extract(track, '$.isrc') AS isrc, "
    "json_extract(track, '$.title') AS title, json_extract(track, '$.artists') AS artists, "
    "json_extract(track, '$.duration_ms') AS duration_ms, state AS outcome, "
    "changed_at AS outcome_at, json_extract(why, '$.strategy') AS strategy, "
    "json_extract(why, '$.mood.name') AS mood_name, "
    "json_extract(why, '$.mood.valence') AS mood_valence, "
    "json_extract(why, '$.mood.arousal') AS mood_arousal, "
    "json_extract(why, '$.target.valence') AS target_valence, "
    "json_extract(why, '$.target.arousal') AS target_arousal "
    "FROM queue_entries ORDER BY queue_entries.id",
    "plays": "SELECT started_at, track_id, "
    "coalesce(isrc, '') AS isrc, coalesce(title, '') AS title, "
    "coalesce(artists, '[]') AS artists, coalesce(duration_ms, 0) AS duration_ms, "
    "initiative, ending, plays.album AS album, context, shuffled, volume "
    "FROM plays LEFT JOIN tracks ON tracks.id = track_id ORDER BY started_at, plays.id",
    "trust": "SELECT source, trust FROM trust ORDER BY source",
    "tags": "SELECT tags.track_id, isrc, title, artists, duration_ms, model, "
    "coalesce(json_extract(said, '$.q1'), q1) AS q1, "
    "coalesce(json_extract(said, '$.q2'), q2) AS q2, "
    "coalesce(json_extract(said, '$.q3'), q3) AS q3, "
    "coalesce(json_extract(said, '$.q4'), q4) AS q4, "
    "coalesce(json_extract(said, '$.valence'), taught.valence, tags.valence) AS valence, "
    "coalesce(json_extract(said, '$.arousal'), taught.arousal, tags.arousal) AS arousal, "
    "coalesce(json_extract(said, '$.confidence'), confidence) AS confidence, "
    "valence_spread, arousal_spread, tempo, pitch_low, pitch_high, voiced, words, instrumental, "
    "provider, reference, match, matched_by, tagged_at "
    "FROM tags JOIN tracks ON id = tags.track_id "
    "LEFT JOIN track_corrections AS moved ON moved.track_id = id "
    "LEFT JOIN taught_tracks AS taught ON taught.track_id = id ORDER BY tags.track_id",
    "moves": "SELECT at, track_id, coalesce(isrc, '') AS isrc, coalesce(title, '') AS title, "
    "coalesce(artists, '[]') AS artists, coalesce(duration_ms, 0) AS duration_ms, "
    "valence, arousal FROM track_corrections LEFT JOIN tracks ON id = track_id "
    "ORDER BY at, track_id",
    "corrections": "SELECT reading_at, at, model, said, name, valence, arousal "
    "FROM corrections ORDER BY reading_at",
    "feedback": "SELECT at, track_id, "
    "coalesce(isrc, '') AS isrc, coalesce(title, '') AS title, "
    "coalesce(artists, '[]') AS artists, coalesce(duration_ms, 0) AS duration_ms, "
    "artist, byline, word, region "
    "FROM feedback LEFT JOIN tracks ON tracks.id = track_id ORDER BY at, feedback.id",
    "blocks": "SELECT at, kind, name, byline, "
    "coalesce(isrc, '') AS isrc, coalesce(title, '') AS title, "
    "coalesce(artists, '[]') AS artists, coalesce(duration_ms, 0) AS duration_ms "
    "FROM blocks LEFT JOIN tracks ON kind = 'track' AND id = name ORDER BY at, kind, name",
}
"""The rows of each table, with the columns as the files have them."""
STRUCTURED = ("probabilities", "artists", "words")
"""The columns that hold a list or an object."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table, each by its columns."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


def export_data(db: sqlite3.Connection, folder: Path, now: datetime) -> dict[str, int]:
    """Write all tables into a folder; an earlier export in it is replaced.

    Returns:
        the number of rows of each table.

    Raises:
        UsageError: the folder holds something else.
        StoreError: it cannot be written.
    """
    tables = read_tables(db)
    files = make_files(tables, now)
    try:
        _make(folder)
        for name, text in files.items():
            _write(folder / name, text)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be written: {error.strerror}.", "Name another folder."
        ) from error
    return {name: len(table.rows) for name, table in tables.items()}


def make_files(tables: Mapping[str, Table], now: datetime) -> dict[str, str]:
    """Make the files of an export, the text of each by its name."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": now.isoformat(),
        **{name: table.rows for name, table in tables.items()},
    }
    files = {f"{name}.csv": _to_csv(table) for name, table in tables.items()}
    files[FILE] = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return files


def read_tables(db: sqlite3.Connection) -> dict[str, Table]:
    """Read all tables as they are at one moment; times in ISO 8601, UTC."""
    with transaction(db):
        return {name: _read_table(db, query) for name, query in QUERIES.items()}


def _read_table(db: sqlite3.Connection, query: str) -> Table:
    found = db.execute(query)
    columns = tuple(column[0] for column in found.description)
    return Table(columns, [{name: _value(name, row[name]) for name in columns} for row in found])


def _value(name: str, value: Any) -> Any:
    if name == "at" or name.endswith("_at"):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return json.loads(value) if name in STRUCTURED and value is not None else value


def _to_csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_cell(row[name]) for name in table.columns] for row in table.rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _make(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / FILE).is_file():
        raise UsageError(
            f"The folder {folder} is not empty, and what is in it is not an export.",
            "Name a folder that is new or empty.",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(file: Path, text: str) -> None:
    """Write a file that only this user can read, whole or not at all."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123 - of a handle
        stream.write(text)
    part.replace(file)
