"""Takes over what another machine's `export` wrote: tags, corrections, feedback and blocks.

Every row is checked before the first is stored, and all are stored in one transaction: so a
file that is damaged, or made to do harm, changes nothing.
"""

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from companion.affect import Affect, Correction, Emotion, PitchRange, Quadrant, TrackMood
from companion.errors import UsageError
from companion.names import name_key
from companion.paths import is_file
from companion.store.database import transaction
from companion.store.export import FILE, FORMAT, VERSION
from companion.store.history.feedback import Block, BlockKind, FeedbackKind
from companion.store.tracks.corrections import correct_new_tag, put_correction
from companion.store.tracks.library import read_track
from companion.store.tracks.tags import Origin, origin_columns, tag_columns
from companion.text import one_line
from companion.track import Track

MOST_BYTES = 256 * 1024 * 1024
MOST_ARTISTS = 100  # of a track
MOST_WORDS = 20  # of what was heard in a track
WIDEST = 2.0  # spread of a place: the width of the affect plane
FIRST_YEAR, LAST_YEAR = 1971, 2999
LONGEST_MS = 2**53
HIGHEST_HZ = 96_000.0
FASTEST_BPM = 10_000.0
REMEDY = "Name a folder that `companion export` wrote."

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ImportedTag:
    """A tag, with the track as the other machine knew it."""

    track: Track
    mood: TrackMood
    origin: Origin
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportedFeedback:
    """Feedback on a track; `byline` is its name as it was then."""

    track: Track
    byline: str
    kind: FeedbackKind
    region: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Import:
    """The content of an export that can be taken over, checked."""

    tags: list[ImportedTag]
    corrections: list[tuple[Correction, datetime]]
    feedback: list[ImportedFeedback]
    blocks: list[tuple[Block, Track, datetime]]
    moves: list[tuple[Track, Affect, datetime]]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The result of an import.

    Attributes:
        tags, corrections, feedback, blocks, moves: how many of each are new here; moves are
            tracks that were put elsewhere on the affect plane by hand.
        known: how many were here already, and stay as they are.
        unmatched: how many tags and moves are of tracks that the library here does not have.
    """

    tags: int
    corrections: int
    feedback: int
    blocks: int
    moves: int
    known: int
    unmatched: int


def read_export(folder: Path) -> Import:
    """Read and check an export.

    Raises:
        UsageError: it is missing, damaged, of a newer version, or no export at all.
    """
    return parse_export(_read_file(folder / FILE), str(folder / FILE))


def parse_export(content: bytes, name: str) -> Import:
    """Check the content of an export's JSON file, called by a name in errors.

    Raises:
        UsageError: it is damaged, of a newer version, or no export at all.
    """
    document = _parse(content, name)
    if document.get("format") != FORMAT:
        raise UsageError(f"{name} is not an export of companion.", REMEDY)
    if document.get("version") != VERSION:
        raise UsageError(
            f"{name} was written by another version of companion.",
            "Install the newest companion.",
        )
    return Import(
        tags=_rows(document, "tags", _tag),
        corrections=_rows(document, "corrections", _correction),
        feedback=_rows(document, "feedback", _feedback),
        blocks=_rows(document, "blocks", _block),
        moves=_rows(document, "moves", _move) if "moves" in document else [],
    )


def import_data(db: sqlite3.Connection, found: Import) -> ImportSummary:
    """Store what is new of an export: all of it, or after an error nothing.

    A tag of a track that has one here stays out, and of two contrary words on a track the newer
    counts. Tracks are matched by id, else by ISRC, else by title, artist and duration.
    """
    with transaction(db):
        library = _Library(map(read_track, db.execute("SELECT * FROM tracks ORDER BY id")))
        own = [(one, library.find(one.track)) for one in found.tags]
        tags = [(one, track) for one, track in own if track]
        moves = [
            (track, meant, at) for one, meant, at in found.moves if (track := library.find(one))
        ]
        counts = {
            "tags": sum(_save_tag(db, one, track.id) for one, track in tags),
            "corrections": sum(_save_correction(db, *one) for one in found.corrections),
            "feedback": sum(_save_feedback(db, one, library) for one in found.feedback),
            "blocks": sum(_save_block(db, *one, library) for one in found.blocks),
            "moves": sum(_save_move(db, *one) for one in moves),
        }
    unmatched = len(own) - len(tags) + len(found.moves) - len(moves)
    rows = len(own) + len(found.moves)
    rows += len(found.corrections) + len(found.feedback) + len(found.blocks)
    return ImportSummary(
        **counts, known=rows - unmatched - sum(counts.values()), unmatched=unmatched
    )


class _Library:
    """The tracks here, found by those of the other machine."""

    def __init__(self, tracks: Iterable[Track]) -> None:
        self._by_id: dict[str, Track] = {}
        self._by_isrc: dict[str, Track] = {}
        self._by_title: dict[str, list[Track]] = defaultdict(list)
        for track in tracks:
            self._by_id[track.id] = track
            self._by_title[name_key(track.title)].append(track)
            if track.isrc:
                self._by_isrc.setdefault(track.isrc, track)

    def find(self, other: Track) -> Track | None:
        """The same recording here; None where there is none."""
        same = self._by_id.get(other.id) or self._by_isrc.get(other.isrc)
        named = (track for track in self._by_title[name_key(other.title)] if track.is_same(other))
        return same or next(named, None)


def _save_tag(db: sqlite3.Connection, tag: ImportedTag, track_id: str) -> bool:
    values = {
        "track_id": track_id,
        **tag_columns(tag.mood),
        **origin_columns(tag.origin, tag.at),
    }
    if not _insert(db, "tags", values):
        return False
    correct_new_tag(db, track_id)
    db.execute("DELETE FROM untagged WHERE track_id = ?", (track_id,))
    return True


def _save_move(db: sqlite3.Connection, track: Track, meant: Affect, at: datetime) -> bool:
    query = "SELECT 1 FROM track_corrections WHERE track_id = ?"
    if db.execute(query, (track.id,)).fetchone():
        return False
    put_correction(db, track.id, meant, at)
    return True


def _save_correction(db: sqlite3.Connection, one: Correction, at: datetime) -> bool:
    values: dict[str, object] = {
        "reading_at": one.reading_at.timestamp(),
        "at": at.timestamp(),
        "model": one.model,
        "said": one.said.value,
        "name": one.name,
        "valence": one.meant.valence if one.meant else None,
        "arousal": one.meant.arousal if one.meant else None,
    }
    return _insert(db, "corrections", values)


def _save_feedback(db: sqlite3.Connection, one: ImportedFeedback, library: _Library) -> bool:
    track = library.find(one.track)
    track_id = track.id if track else one.track.id
    given = db.execute(
        "SELECT word, at FROM feedback WHERE track_id = ? AND region IS ?", (track_id, one.region)
    ).fetchall()
    at = one.at.timestamp()
    if any((row["word"] != one.kind and row["at"] >= at) or row["at"] == at for row in given):
        return False
    db.execute(
        "DELETE FROM feedback WHERE track_id = ? AND region IS ? AND word != ?",
        (track_id, one.region, one.kind.value),
    )
    values: dict[str, object] = {
        "at": at,
        "track_id": track_id,
        "artist": track.artist if track else one.track.artist,
        "byline": track.byline if track else one.byline,
        "word": one.kind.value,
        "region": one.region,
    }
    return _insert(db, "feedback", values)


def _save_block(
    db: sqlite3.Connection, block: Block, track: Track, at: datetime, library: _Library
) -> bool:
    if block.kind is BlockKind.TRACK and (own := library.find(track)):
        block = replace(block, name=own.id)
    values: dict[str, object] = {
        "kind": block.kind.value,
        "name": block.name,
        "byline": block.byline,
        "at": at.timestamp(),
    }
    return _insert(db, "blocks", values)


def _insert(db: sqlite3.Connection, table: str, values: dict[str, object]) -> bool:
    """Insert a row; False where one with its key is there already."""
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    query = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - our names
    return db.execute(query, tuple(values.values())).rowcount == 1


def _read_file(file: Path) -> bytes:
    try:
        if not is_file(file):
            raise UsageError(f"There is no {file}.", REMEDY)
        if file.stat().st_size > MOST_BYTES:
            raise UsageError(f"{file} is too large to be an export.", REMEDY)
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", REMEDY) from error


def _parse(content: bytes, name: str) -> dict[str, Any]:
    try:
        document = json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is damaged: it is not JSON.", REMEDY) from error
    if not isinstance(document, dict):
        raise UsageError(f"{name} is not an export of companion.", REMEDY)
    return document


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


class _Fields:
    """A row of the document, whose fields are checked as they are read."""

    def __init__(self, row: object, where: str) -> None:
        self._where = where
        if not isinstance(row, dict):
            raise self._error("it is not an object")
        self._row = row

    def text(self, name: str) -> str:
        """A text, made safe to print and store."""
        value = self._row.get(name)
        if not isinstance(value, str):
            raise self._error(f"{name} must be a text")
        return one_line(value)

    def number(self, name: str, low: float, high: float) -> float:
        """A number within the bounds."""
        value = self._row.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(f"{name} must be a number")
        if not low <= value <= high or not math.isfinite(value):
            raise self._error(f"{name} must be from {low:g} to {high:g}")
        return float(value)

    def optional(self, name: str, low: float, high: float) -> float | None:
        """A number within the bounds; None where there is none, as in older exports."""
        return None if self.is_null(name) else self.number(name, low, high)

    def moment(self, name: str) -> datetime:
        """A time, of a year that can be calculated with."""
        try:
            at = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self._error(f"{name} must be a time in ISO 8601") from None
        if not FIRST_YEAR <= at.year <= LAST_YEAR or at.tzinfo is None:
            raise self._error(f"{name} must be a time with its zone, from {FIRST_YEAR} on")
        return at.astimezone(UTC)

    def one_of(self, name: str, words: Collection[str]) -> str:
        """One of the words."""
        value = self.text(name)
        if value not in words:
            raise self._error(f"{name} must be one of {', '.join(words)}")
        return value

    def is_null(self, name: str) -> bool:
        return self._row.get(name) is None

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """A list of texts, made safe to print and store."""
        values = self._row.get(name)
        if not isinstance(values, list) or len(values) > most:
            raise self._error(f"{name} must be a list of at most {most} texts")
        if not all(isinstance(value, str) for value in values):
            raise self._error(f"{name} must be a list of at most {most} texts")
        return tuple(filter(None, map(one_line, values)))

    def track(self, id_column: str = "track_id") -> Track:
        """The track as the other machine knew it."""
        return Track(
            id=self.text(id_column),
            uri="",
            title=self.text("title"),
            artists=self.texts("artists", MOST_ARTISTS),
            duration_ms=int(self.number("duration_ms", 0, LONGEST_MS)),
            isrc=self.text("isrc").upper(),
        )

    def affect(self) -> Affect:
        return Affect(self.number("valence", -1, 1), self.number("arousal", -1, 1))

    def _error(self, problem: str) -> UsageError:
        return UsageError(f"The export is damaged: {self._where}, {problem}.", REMEDY)


def _rows(document: dict[str, Any], name: str, read: Callable[[_Fields], Row]) -> list[Row]:
    rows = document.get(name)
    if not isinstance(rows, list):
        raise UsageError(f"The export is damaged: it has no list of {name}.", REMEDY)
    return [read(_Fields(row, f"{name}, row {k}")) for k, row in enumerate(rows, 1)]


def _tag(row: _Fields) -> ImportedTag:
    low, high = (row.number(name, 0, HIGHEST_HZ) for name in ("pitch_low", "pitch_high"))
    mood = TrackMood(
        probabilities={one: row.number(one.value.lower(), 0, 1) for one in Quadrant},
        affect=row.affect(),
        confidence=row.number("confidence", 0, 1),
        tempo=row.number("tempo", 0, FASTEST_BPM),
        pitch=PitchRange(low, high, row.number("voiced", 0, 1)),
        model=row.text("model"),
        tags=() if row.is_null("words") else row.texts("words", MOST_WORDS),
        instrumental=row.optional("instrumental", 0, 1),
        valence_spread=row.optional("valence_spread", 0, WIDEST) or 0.0,
        arousal_spread=row.optional("arousal_spread", 0, WIDEST) or 0.0,
    )
    origin = Origin(
        row.text("provider"),
        row.text("reference"),
        row.number("match", 0, 1),
        row.text("matched_by"),
    )
    return ImportedTag(row.track(), mood, origin, row.moment("tagged_at"))


def _correction(row: _Fields) -> tuple[Correction, datetime]:
    said = Emotion(row.one_of("said", list(Emotion)))
    meant = None if row.is_null("valence") and row.is_null("arousal") else row.affect()
    correction = Correction(
        row.moment("reading_at"), row.text("model"), said, row.text("name"), meant
    )
    return correction, row.moment("at")


def _feedback(row: _Fields) -> ImportedFeedback:
    artist = row.text("artist")
    track = row.track()
    if not track.artists and artist:  # it had left the library
        track = replace(track, artists=(artist,))
    return ImportedFeedback(
        track=track,
        byline=row.text("byline"),
        kind=FeedbackKind(row.one_of("word", list(FeedbackKind))),
        region=None if row.is_null("region") else row.one_of("region", list(Quadrant)),
        at=row.moment("at"),
    )


def _move(row: _Fields) -> tuple[Track, Affect, datetime]:
    return row.track(), row.affect(), row.moment("at")


def _block(row: _Fields) -> tuple[Block, Track, datetime]:
    kind = BlockKind(row.one_of("kind", list(BlockKind)))
    block = Block(kind, row.text("name"), row.text("byline"))
    return block, row.track("name"), row.moment("at")
