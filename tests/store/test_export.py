from __future__ import annotations

import csv
import io
import json
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.affect import Affect, Correction, Emotion, FaceMood, Quadrant
from companion.errors import StoreError, UsageError
from companion.playback import Initiative, PlayerSnapshot
from companion.store.database import open_database
from companion.store.export import FILE, QUERIES, Table, _to_csv, export_data, read_tables
from companion.store.face.readings import save_reading
from companion.store.forget import Kind, forget
from companion.store.history.feedback import (
    Block,
    BlockKind,
    FeedbackKind,
    save_block,
    save_correction,
    save_feedback,
)
from companion.store.history.queue import plan_entry
from companion.store.history.trust import save_trust
from companion.store.import_data import ImportSummary, import_data, read_export
from companion.store.listening.plays import begin_play
from companion.store.tracks.corrections import save_track_correction
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import count_tags, save_failure, save_tag
from companion.track import Track
from tests.store.samples import MEMORY, NOON, ORIGIN, make_mood, make_track, moments, track_moods

TAKEN_OVER = ("tags", "corrections", "feedback", "blocks", "moves")
SECOND = timedelta(seconds=1)
printable = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=20)


def fill(db: sqlite3.Connection) -> None:
    """Put a row or more into everything that is exported."""
    tracks = [make_track("1"), make_track("2"), make_track("3")]
    save_tracks(db, tracks, NOON)
    for number, track in enumerate(tracks[:2]):
        save_tag(db, track.id, make_mood(list(Quadrant)[number]), ORIGIN, NOON)
    face = FaceMood(dict.fromkeys(Emotion, 0.125), Affect(0.1, -0.2), 0.4, 30)
    save_reading(db, face, "face_mood/1", NOON)
    why = {
        "strategy": "lift",
        "mood": {"valence": 0.1, "arousal": -0.2, "name": ""},
        "target": {"valence": 0.3, "arousal": 0.2},
    }
    plan_entry(db, tracks[0], why, NOON)
    correction = Correction(NOON, "face_mood/1", Emotion.ANGER, "calm", Affect(0.6, -0.6))
    save_correction(db, correction, NOON + SECOND)
    save_feedback(db, tracks[0], FeedbackKind.LIKE, "Q1", NOON)
    save_feedback(db, make_track("gone"), FeedbackKind.SKIP, None, NOON)
    save_block(db, Block(BlockKind.TRACK, "2", tracks[1].byline), NOON)
    save_block(db, Block(BlockKind.ARTIST, "Nobody", "Nobody"), NOON + SECOND)
    save_track_correction(db, "1", Affect(-0.5, 0.5), NOON)
    for track in (tracks[0], make_track("elsewhere")):
        seen = PlayerSnapshot(track, context="spotify:album:a", shuffled=False, volume=70)
        begin_play(db, seen, Initiative.USER, NOON)
    save_trust(db, {"listening": 1.25})


@pytest.fixture
def full(db: sqlite3.Connection) -> sqlite3.Connection:
    fill(db)
    return db


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The store of another machine, whose library is read."""
    with open_database(tmp_path / "other.db") as opened:
        save_tracks(opened, [make_track("1"), make_track("2"), make_track("3")], NOON)
        yield opened


def rows(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    return {name: table.rows for name, table in read_tables(db).items()}


def test_every_table_is_written_as_json_and_as_csv(
    full: sqlite3.Connection, tmp_path: Path
) -> None:
    folder = tmp_path / "mine" / "export"
    counts = export_data(full, folder, NOON)
    assert counts == {
        "readings": 1, "picks": 1, "tags": 2, "corrections": 1, "feedback": 2, "blocks": 2,
        "moves": 1, "plays": 2, "trust": 1,
    }  # fmt: skip
    written = json.loads((folder / FILE).read_text("utf-8"))
    assert (written["format"], written["version"]) == ("companion export", 1)
    for name in QUERIES:
        table = list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text("utf-8"))))
        assert len(table) == len(written[name]) == counts[name]
        assert list(table[0]) == list(written[name][0])
    [pick] = written["picks"]
    assert (pick["outcome"], pick["strategy"], pick["mood_arousal"]) == ("planned", "lift", -0.2)
    assert written["readings"][0]["at"] == "2026-05-01T12:00:00+00:00"


def test_what_was_played_and_the_trust_go_out_and_are_forgotten(full: sqlite3.Connection) -> None:
    """Each play with its track, where the library has it."""
    known, unknown = rows(full)["plays"]
    assert known["started_at"] == "2026-05-01T12:00:00+00:00"
    assert (known["track_id"], known["title"]) == ("1", make_track("1").title)
    assert (known["initiative"], known["ending"]) == ("user", "playing")
    assert (known["context"], known["shuffled"], known["volume"]) == ("spotify:album:a", 0, 70)
    assert (unknown["track_id"], unknown["title"], unknown["artists"]) == ("elsewhere", "", [])
    assert rows(full)["trust"] == [{"source": "listening", "trust": 1.25}]
    forget(full, [Kind.HISTORY, Kind.READINGS])
    assert rows(full)["plays"] == rows(full)["trust"] == []


def test_nothing_is_written_that_the_document_does_not_describe() -> None:
    described = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
    with open_database(MEMORY) as db:
        for name, table in read_tables(db).items():
            assert f"### {name}" in described
            section = described.partition(f"### {name}")[2].partition("###")[0]
            for column in table.columns:
                assert f"`{column}`" in section, (name, column)


def test_only_the_user_can_read_it(full: sqlite3.Connection, tmp_path: Path) -> None:
    export_data(full, tmp_path / "export", NOON)
    if sys.platform != "win32":
        for file in (tmp_path / "export").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "export").stat().st_mode) == 0o700


def test_an_earlier_export_is_replaced_and_other_files_are_left_alone(
    full: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    export_data(full, tmp_path / "export", NOON + SECOND)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(UsageError, match="is not empty"):
        export_data(full, tmp_path / "photos", NOON)
    assert [file.name for file in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_a_folder_that_cannot_be_written(full: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        export_data(full, tmp_path / "file", NOON)


def test_a_title_is_no_formula_of_a_spreadsheet() -> None:
    titles = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "Fine - really"]
    text = _to_csv(Table(("title",), [{"title": title} for title in titles]))
    cells = [row[0] for row in csv.reader(io.StringIO(text))][1:]
    assert cells == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "Fine - really"]


def test_another_machine_takes_all_of_it_over_once(
    full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    save_failure(other, "1", "no_clip", "", NOON)
    found = read_export(tmp_path / "export")
    assert import_data(other, found) == ImportSummary(2, 1, 2, 2, 1, known=0, unmatched=0)
    here, there = rows(other), rows(full)
    assert {name: here[name] for name in TAKEN_OVER} == {name: there[name] for name in TAKEN_OVER}
    assert here["readings"] == here["picks"] == []
    assert count_tags(other).reasons == {}
    assert import_data(other, found) == ImportSummary(0, 0, 0, 0, 0, known=8, unmatched=0)
    assert rows(other) == here


def test_a_moved_track_is_exported_where_the_model_put_it(full: sqlite3.Connection) -> None:
    model = make_mood().affect
    for tag in rows(full)["tags"]:  # the second was moved along with the first
        assert (tag["valence"], tag["arousal"]) == (model.valence, model.arousal)
    assert [(one["valence"], one["arousal"]) for one in rows(full)["moves"]] == [(-0.5, 0.5)]


def test_an_export_without_moves_is_taken_over_too(
    full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    file = tmp_path / "export" / FILE
    document = json.loads(file.read_text("utf-8"))
    del document["moves"]  # as an earlier version wrote it
    file.write_text(json.dumps(document), "utf-8")
    assert import_data(other, read_export(tmp_path / "export")).moves == 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x1"},
        {"id": "x1", "isrc": ""},
        {"id": "x1", "isrc": "", "title": "SONG  1", "duration_ms": 201_000},
    ],
)
def test_a_track_is_found_by_its_code_or_its_names(
    change: dict[str, Any], full: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    known = make_track("1")
    fields = {name: getattr(known, name) for name in Track.__slots__} | change
    with open_database(MEMORY) as other:
        save_tracks(other, [Track(**fields), make_track("77")], NOON)
        summary = import_data(other, read_export(tmp_path / "export"))
        assert (summary.tags, summary.unmatched) == (1, 1)
        found = rows(other)
    assert [tag["track_id"] for tag in found["tags"]] == ["x1"]
    assert {one["track_id"] for one in found["feedback"]} == {"x1", "gone"}


def test_what_is_here_stays(
    full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    save_tag(other, "1", make_mood(Quadrant.Q4), ORIGIN, NOON - SECOND)
    save_feedback(other, make_track("1"), FeedbackKind.SKIP, "Q1", NOON + SECOND)
    save_feedback(other, make_track("gone"), FeedbackKind.LIKE, None, NOON - SECOND)
    summary = import_data(other, read_export(tmp_path / "export"))
    assert (summary.tags, summary.feedback, summary.known) == (1, 1, 2)
    assert rows(other)["tags"][0]["q4"] == 0.7
    words = {(one["track_id"], one["word"]) for one in rows(other)["feedback"]}
    assert words == {("1", "skip"), ("gone", "skip")}  # of two contrary words the newer


def spoil(document: dict[str, Any], table: str, **change: object) -> dict[str, Any]:
    document[table][0] |= change
    return document


HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a list": (lambda _: [], "is not an export"),
    "another format": (lambda one: one | {"format": "zip"}, "is not an export"),
    "a newer version": (lambda one: one | {"version": 2}, "another version"),
    "no tags": (lambda one: one | {"tags": None}, "no list of tags"),
    "a row that is none": (lambda one: one | {"tags": ["x"]}, "tags, row 1, it is not an object"),
    "a valence": (lambda one: spoil(one, "tags", valence=1.5), "valence must be from -1 to 1"),
    "a truth": (lambda one: spoil(one, "tags", q1=True), "q1 must be a number"),
    "a huge number": (lambda one: spoil(one, "tags", tempo=10**300), "tempo must be from"),
    "infinity": (lambda one: spoil(one, "tags", tempo=float("inf")), "damaged: it is not JSON"),
    "no number": (lambda one: spoil(one, "tags", tempo=float("nan")), "damaged: it is not JSON"),
    "an id": (lambda one: spoil(one, "tags", track_id=["a"]), "track_id must be a text"),
    "artists": (lambda one: spoil(one, "tags", artists=[1]), "artists must be a list"),
    "many artists": (lambda one: spoil(one, "tags", artists=["a"] * 1000), "artists must be"),
    "the year 9999": (
        lambda one: spoil(one, "tags", tagged_at="9999-12-31T23:59:59+00:00"),
        "tagged_at must be a time",
    ),
    "no zone": (lambda one: spoil(one, "tags", tagged_at="2026-01-01"), "time with its zone"),
    "no time": (lambda one: spoil(one, "feedback", at="yesterday"), "feedback, row 1, at must be"),
    "a word": (lambda one: spoil(one, "feedback", word="love"), "word must be one of like, skip"),
    "a region": (lambda one: spoil(one, "feedback", region="Q9"), "region must be one of Q1"),
    "an emotion": (lambda one: spoil(one, "corrections", said="joy"), "said must be one of"),
    "half a place": (lambda one: spoil(one, "corrections", arousal=None), "arousal must be"),
    "a move": (lambda one: spoil(one, "moves", valence=2), "moves, row 1, valence must be"),
    "a kind": (lambda one: spoil(one, "blocks", kind="album"), "kind must be one of track, artist"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence_and_nothing_is_imported(
    name: str, full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    change, words = HOSTILE[name]
    export_data(full, tmp_path / "export", NOON)
    file = tmp_path / "export" / FILE
    file.write_text(json.dumps(change(json.loads(file.read_text("utf-8")))), "utf-8")
    before = rows(other)
    with pytest.raises(UsageError, match=words):
        import_data(other, read_export(tmp_path / "export"))
    assert rows(other) == before


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[" * 200_000, b'{"a": ' + b"9" * 5000 + b"}", b"null"]
)
def test_a_file_that_is_no_export(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UsageError, match=r"damaged|not an export"):
        read_export(tmp_path)


def test_there_is_no_export(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="There is no"):
            read_export(folder)


def test_terminal_commands_in_names_do_not_come_in(
    full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    file = tmp_path / "export" / FILE
    document = spoil(json.loads(file.read_text("utf-8")), "blocks", byline="a\x1b[31mb\ud800")
    file.write_text(json.dumps(document), "utf-8")
    import_data(other, read_export(tmp_path / "export"))
    assert rows(other)["blocks"][0]["byline"] == "ab\ufffd"


def test_an_error_half_way_imports_nothing(
    full: sqlite3.Connection, other: sqlite3.Connection, tmp_path: Path
) -> None:
    export_data(full, tmp_path / "export", NOON)
    other.execute(
        "CREATE TRIGGER full BEFORE INSERT ON blocks BEGIN SELECT raise(ABORT, 'full'); END"
    )
    before = rows(other)
    with pytest.raises(sqlite3.Error, match="full"):
        import_data(other, read_export(tmp_path / "export"))
    assert rows(other) == before


songs = st.builds(
    Track,
    id=st.text("abcXYZ019", min_size=1, max_size=5),
    uri=printable,
    title=printable,
    artists=st.lists(printable, max_size=3).map(tuple),
    duration_ms=st.integers(0, 2**31),
    isrc=st.text("ABC123", max_size=5),
)
names = printable.map(lambda text: text or "x")


@given(
    st.lists(st.tuples(songs, track_moods, moments), max_size=6, unique_by=lambda one: one[0].id),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(FeedbackKind), moments), max_size=6),
    st.lists(st.tuples(moments, st.sampled_from(Emotion), names), max_size=4),
    st.lists(st.tuples(st.sampled_from(BlockKind), names, moments), max_size=4),
)
def test_what_goes_out_comes_back(
    tags: list[Any], feedback: list[Any], corrections: list[Any], blocked: list[Any]
) -> None:
    import tempfile

    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(MEMORY) as here,
        open_database(MEMORY) as there,
    ):
        tracks = [track for track, *_ in tags]
        for db in (here, there):
            save_tracks(db, tracks, NOON)
        for track, mood, at in tags:
            clean = replace(mood, model="m/1", tags=("acoustic", "slow"))
            save_tag(here, track.id, clean, ORIGIN, at)
        for number, kind, at in feedback:
            if number < len(tracks):
                save_feedback(here, tracks[number], kind, "Q2", at)
        for at, said, name in corrections:
            save_correction(here, Correction(at, "f/1", said, name), at)
        for kind, name, at in blocked:
            save_block(here, Block(kind, name, name), at)
        export_data(here, Path(folder), datetime(2026, 1, 1, tzinfo=UTC))
        import_data(there, read_export(Path(folder)))
        one, two = rows(here), rows(there)
        for table in ("tags", "corrections", "blocks"):
            assert two[table] == one[table]
        assert {_said(row) for row in two["feedback"]} == {_said(row) for row in one["feedback"]}


def _said(row: dict[str, Any]) -> tuple[object, ...]:
    return row["track_id"], row["word"], row["region"]
