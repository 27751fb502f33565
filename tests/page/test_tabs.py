"""The tabs' contents and actions, with one simulated day in the store."""

from __future__ import annotations

import io
import json
import math
import zipfile
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from companion.config.file import load_config
from companion.errors import ClipMissing, CompanionError, ConfigError, UsageError
from companion.page.context import Context
from companion.page.live.audio_files import find_file
from companion.page.live.task_runner import TaskRunner
from companion.page.tabs import data, library, now, settings, setup, today, why
from companion.page.tabs.versions import read_versions
from companion.store.history.feedback import FeedbackKind
from companion.store.history.overrides import read_pause, read_set_mood
from companion.store.history.visits import CameraUse, Visit, save_camera_use, save_visit
from companion.store.tracks.corrections import read_track_corrections
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, save_tag
from companion.store.tracks.track_map import read_map
from tests.page.served import Served
from tests.store.samples import NOON, make_mood, make_track

FIRST = {"pick": 1}


def region_of(context: Context, word: FeedbackKind) -> list[str]:
    with context.store() as db:
        rows = db.execute("SELECT region FROM feedback WHERE word = ?", (word,))
        return [row["region"] for row in rows]


class TestToday:
    def test_the_camera_s_seconds_are_those_that_were_measured(self, context: Context) -> None:
        at = NOON + timedelta(days=400)
        with context.store() as db:
            save_visit(db, Visit(at, "queued", "", camera=True, camera_seconds=2.25))
            save_visit(db, Visit(at, "away", "", camera=False))
            save_camera_use(db, CameraUse(at, "look", 30.5))
        day = {"day": at.date().isoformat()}
        assert today.show_day(context, day)["camera"] == {
            "uses": 2,
            "seconds": 32.75,
            "measured": True,
        }
        with context.store() as db:
            save_visit(db, Visit(at, "camera_busy", "", camera=True))
        usual = context.config.camera.seconds
        shown = today.show_day(context, day)["camera"]
        assert (shown["seconds"], shown["measured"]) == (32.75 + usual, False)

    def test_all_that_was_done_is_there(self, context: Context) -> None:
        days = [
            today.show_day(
                context, {"day": (context.now() - timedelta(days=back)).date().isoformat()}
            )
            for back in (0, 1)
        ]
        readings = [one for day in days for one in day["readings"]]
        picks = [one for day in days for one in day["picks"]]
        assert len(readings) > 30
        assert len(picks) == sum(day["camera"]["uses"] for day in days)
        assert all(day["begin"] <= one["at"] < day["end"] for day in days for one in day["visits"])
        assert json.dumps(days)

    @pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "x" * 1000, "9999-99-99"])
    def test_no_day(self, context: Context, day: str) -> None:
        with pytest.raises(UsageError):
            today.show_day(context, {"day": day})


class TestNow:
    def test_the_next_tracks_have_their_numbers(self, context: Context) -> None:
        now.set_mood(context, {"mood": "calm", "minutes": 30})
        shown = now.show_now(context, {})
        assert shown["mood"]["by_hand"]
        assert shown["mood"]["until"] is not None
        best = shown["ranking"]["best"]
        assert len(best) == now.NEXT
        assert [one["score"] for one in best] == sorted(
            (one["score"] for one in best), reverse=True
        )
        now.set_mood(context, {"mood": "auto"})
        with context.store() as db:
            assert read_set_mood(db, context.now()) is None

    @pytest.mark.parametrize(("length", "least", "most"), [(30, 29, 31), ("today", 0, 1441)])
    def test_a_pause_ends(self, context: Context, length: object, least: int, most: int) -> None:
        now.pause(context, {"length": length})
        with context.store() as db:
            pause = read_pause(db, context.now())
        assert pause is not None
        assert pause.until is not None
        assert least <= (pause.until - context.now()) / timedelta(minutes=1) <= most
        now.resume(context, {})
        assert now.show_now(context, {})["pause"] is None

    def test_a_pause_without_end(self, context: Context) -> None:
        now.pause(context, {"length": "open"})
        assert now.show_now(context, {})["pause"]["until"] is None

    @pytest.mark.parametrize("length", [0, -1, math.inf, math.nan, True, None, "tomorrow", [], 1e9])
    def test_no_length(self, context: Context, length: object) -> None:
        with pytest.raises(UsageError):
            now.pause(context, {"length": length})

    def test_not_now_counts_in_the_present_mood(self, context: Context) -> None:
        now.set_mood(context, {"mood": "sad"})
        track = now.show_now(context, {})["ranking"]["best"][0]["uri"].rpartition(":")[2]
        assert now.not_now(context, {"track": track}) == {"region": "Q3"}
        assert region_of(context, FeedbackKind.SKIP) == ["Q3"]
        with pytest.raises(UsageError):
            now.not_now(context, {"track": "unknown"})

    def test_without_an_agent_no_visit_is_made(self, context: Context) -> None:
        assert now.show_now(context, {})["agent"] is None
        with pytest.raises(CompanionError):
            now.visit_now(context, {})


class TestWhy:
    def test_picks_are_the_newest_first(self, context: Context) -> None:
        shown = why.show_picks(context, {"count": "5"})
        assert len(shown["picks"]) == 5
        assert shown["more"]
        ids = [one["id"] for one in shown["picks"]]
        assert ids == sorted(ids, reverse=True)
        assert shown["picks"][0]["reading"]["probabilities"]

    def test_feedback_counts_in_the_mood_of_the_pick(self, context: Context) -> None:
        (pick,) = [
            one for one in why.show_picks(context, {"count": 500})["picks"] if one["id"] == 1
        ]
        answer = why.give_feedback(context, FIRST | {"word": "like"})
        assert answer == {"region": pick["why"]["region"], "replaced": None}
        assert why.give_feedback(context, FIRST | {"word": "skip"})["replaced"] == "like"
        with pytest.raises(UsageError):
            why.give_feedback(context, FIRST | {"word": "love"})

    def test_a_block_is_shown_and_taken_back(self, context: Context) -> None:
        for kind in ("track", "artist"):
            why.block(context, FIRST | {"kind": kind})
        shown = why.show_picks(context, {"count": 500})
        assert {one["kind"] for one in shown["blocks"]} == {"track", "artist"}
        (pick,) = [one for one in shown["picks"] if one["id"] == 1]
        assert pick["track_blocked"]
        assert pick["artist_blocked"]
        for one in shown["blocks"]:
            assert why.unblock(context, one) == {"gone": True}
        with pytest.raises(UsageError):
            why.unblock(context, {"kind": "album", "name": "x"})

    def test_a_reading_is_corrected_and_that_undone(self, context: Context) -> None:
        assert why.correct_reading(context, FIRST | {"mood": "anger"})["meant"] == "anger"
        assert why.undo(context, {})["undone"] == {"command": "wrong", "name": "anger"}
        assert why.undo(context, {})["undone"] is None
        with pytest.raises(UsageError):
            why.correct_reading(context, FIRST | {"mood": "hungry"})

    @pytest.mark.parametrize("pick", [0, 10**6, "x", None, 1.5e300, True, {}])
    def test_no_pick(self, context: Context, pick: object) -> None:
        with pytest.raises(UsageError):
            why.give_feedback(context, {"pick": pick, "word": "like"})


class TestLibrary:
    def test_the_map_has_a_column_for_each_property(self, context: Context) -> None:
        shown = library.show_map(context, {})
        assert {len(column) for column in shown.values()} == {600}
        assert not any(shown["corrected"])

    def test_a_track_is_moved_and_moved_back(self, context: Context) -> None:
        before = library.show_map(context, {})
        track = before["id"][0]
        library.move(context, {"track": track, "valence": -1, "arousal": 0.5})
        after = library.show_map(context, {})
        assert (after["valence"][0], after["arousal"][0], after["corrected"][0]) == (-1, 0.5, True)
        library.move_back(context, {"track": track})
        assert library.show_map(context, {}) == before

    @pytest.mark.parametrize("place", [2, math.nan, "x", None])
    def test_no_place(self, context: Context, place: object) -> None:
        with pytest.raises(UsageError):
            library.move(context, {"track": f"{0:022}", "valence": place, "arousal": 0})
        with pytest.raises(UsageError):
            library.move(context, {"track": "unknown", "valence": 0, "arousal": 0})

    def test_what_is_not_tagged_has_a_reason(self, context: Context) -> None:
        with context.store() as db:
            save_tracks(db, [make_track()], NOON)
        shown = library.show_untagged(context, {})
        assert (shown["tracks"], shown["tagged"]) == (601, 600)
        assert [one["title"] for one in shown["untagged"]] == ["Song 1"]

    @pytest.mark.parametrize(
        ("reference", "found"),
        [
            ("a/song.wav", True),
            ("../secret.wav", False),
            ("a/link.wav", False),
            ("a/song.txt", False),
            ("a", False),
            ("gone.wav", False),
        ],
    )
    def test_only_a_matched_file_of_the_folder_is_played(
        self, context: Context, tmp_path: Path, reference: str, found: bool
    ) -> None:
        music = tmp_path / "music"
        (music / "a").mkdir(parents=True)
        for name in ("music/a/song.wav", "secret.wav", "music/a/song.txt"):
            (tmp_path / name).write_bytes(b"RIFF")
        (music / "a" / "link.wav").symlink_to(tmp_path / "secret.wav")
        setup.set_clips(context, {"source": "local", "folder": str(music)})
        with context.store() as db:
            save_tracks(db, [make_track()], NOON)
            save_tag(db, "1", make_mood(), Origin("local", reference, 1.0), NOON)
        if found:
            assert find_file(context, "1") == music / "a" / "song.wav"
            return
        with pytest.raises(ClipMissing):
            find_file(context, "1")


class TestSettings:
    def test_the_form_is_made_of_the_schema(self, context: Context) -> None:
        shown = settings.show_settings(context, {})
        by_name = {one["name"]: one for part in shown["sections"] for one in part["settings"]}
        assert by_name["agent.late_seconds"]["kind"] == "number"
        assert (by_name["agent.late_seconds"]["low"], by_name["agent.late_seconds"]["high"]) == (
            10,
            300,
        )
        assert by_name["choose.strategy"]["words"] == shown["strategies"]
        assert by_name["clips.providers"]["kind"] == "list"
        assert by_name["camera.enabled"]["kind"] == "switch"
        assert "choose.rules" not in by_name

    def test_all_or_nothing_is_written(self, context: Context) -> None:
        changes = {"camera.index": 1, "agent.late_seconds": 5, "log.level": "LOUD"}
        problems = settings.save_settings(context, {"changes": changes})["problems"]
        assert set(problems) == {"agent.late_seconds", "log.level"}
        assert not context.paths.config.exists()
        assert settings.save_settings(context, {"changes": {"camera.index": 1}}) == {"problems": {}}
        assert load_config(context.paths.config).camera.index == 1

    @pytest.mark.parametrize("name", ["choose.rules", "no.such", "camera", "", "x" * 500])
    def test_no_setting(self, context: Context, name: str) -> None:
        with pytest.raises(UsageError):
            settings.save_settings(context, {"changes": {name: 1}})

    def test_what_the_environment_sets_is_fixed(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COMPANION_CAMERA_INDEX", "2")
        first = settings.show_settings(context, {})["sections"][0]["settings"][0]
        assert (first["name"], first["value"], first["fixed"]) == ("camera.index", 2, True)

    def test_rules_are_written_in_order(self, context: Context) -> None:
        rules = [
            {"when": "anger", "between": "", "strategy": "calm"},
            {"when": "", "between": "22:00-06:00", "strategy": "calm"},
        ]
        assert settings.save_rules(context, {"rules": rules}) == {"problem": ""}
        assert settings.show_settings(context, {})["rules"] == rules

    @pytest.mark.parametrize(
        "rule",
        [
            {"strategy": "calm"},
            {"when": "anger"},
            {"when": "hungry", "strategy": "calm"},
            {"between": "25:00-26:00", "strategy": "calm"},
        ],
    )
    def test_a_wrong_rule_is_not_written(self, context: Context, rule: object) -> None:
        assert settings.save_rules(context, {"rules": [rule]})["problem"]
        assert not context.paths.config.exists()


class TestSetup:
    def test_each_step_tells_its_state(self, context: Context) -> None:
        steps = setup.show_steps(context, {})
        assert [name for name, step in steps.items() if step["done"]] == ["camera", "library"]
        setup.set_app(context, {"client_id": " 0123456789abcdef "})
        assert setup.show_steps(context, {})["app"]["done"]
        with pytest.raises(ConfigError):
            setup.set_app(context, {"client_id": "no id"})

    def test_a_folder_needs_music(self, context: Context, tmp_path: Path) -> None:
        for folder in ("", str(tmp_path / "none"), str(tmp_path)):
            with pytest.raises(UsageError):
                setup.set_clips(context, {"source": "both", "folder": folder})
        assert not context.paths.config.exists()
        setup.set_clips(context, {"source": "deezer"})
        assert load_config(context.paths.config).clips.providers == ("deezer",)

    def test_the_camera_is_allowed_by_true_alone(self, context: Context) -> None:
        for given in ({}, {"allowed": "yes"}, {"allowed": 1}):
            setup.set_camera(context, given)
            assert not load_config(context.paths.config).camera.enabled
        setup.set_camera(context, {"allowed": True})
        assert load_config(context.paths.config).camera.enabled


class TestListening:
    CONTENT = bytes(range(256)) * 40

    @pytest.fixture
    def playing(self, served: Served, tmp_path: Path) -> Served:
        """A page whose track "1" has a file of the user's own."""
        (tmp_path / "music").mkdir()
        (tmp_path / "music" / "song.mp3").write_bytes(self.CONTENT)
        context = Context(served.paths, TaskRunner())
        setup.set_clips(context, {"source": "local", "folder": str(tmp_path / "music")})
        with context.store() as db:
            save_tracks(db, [make_track()], NOON)
            save_tag(db, "1", make_mood(), Origin("local", "song.mp3", 1.0), NOON)
        return served

    @pytest.mark.parametrize(
        ("asked", "status", "first", "last"),
        [
            (None, HTTPStatus.OK, 0, 10239),
            ("bytes=0-", HTTPStatus.PARTIAL_CONTENT, 0, 10239),
            ("bytes=100-199", HTTPStatus.PARTIAL_CONTENT, 100, 199),
            ("bytes=-1", HTTPStatus.PARTIAL_CONTENT, 10239, 10239),
            ("bytes=10000-99999", HTTPStatus.PARTIAL_CONTENT, 10000, 10239),
        ],
    )
    def test_a_part_of_the_file_can_be_asked_for(
        self, playing: Served, asked: str | None, status: int, first: int, last: int
    ) -> None:
        answer = playing.browser().get("/api/clip?track=1", Range=asked)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert (answer.status, headers["content-type"]) == (status, "audio/mpeg")
        assert headers["accept-ranges"] == "bytes"
        assert answer.body == self.CONTENT[first : last + 1]
        if asked:
            assert headers["content-range"] == f"bytes {first}-{last}/10240"

    @pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=5-2", "bytes=a-b", "lines=1-2"])
    def test_no_part(self, playing: Served, asked: str) -> None:
        answer = playing.browser().get("/api/clip?track=1", Range=asked)
        assert HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR

    def test_a_track_without_a_file(self, playing: Served) -> None:
        answer = playing.browser().get("/api/clip?track=../../etc/passwd")
        assert answer.status == HTTPStatus.CONFLICT


class TestData:
    def test_it_goes_out_and_comes_back(self, served: Served, tmp_path: Path) -> None:
        context = Context(served.paths, TaskRunner())
        with context.store() as db:
            track = next(iter(read_map(db))).tagged.track
        library.move(context, {"track": track.id, "valence": -0.5, "arousal": 0.5})
        browser = served.browser()
        saved = browser.get("/api/export")
        headers = {name.lower(): value for name, value in saved.headers.items()}
        assert headers["content-type"] == "application/zip"
        assert headers["content-disposition"].startswith("attachment; filename=")
        with zipfile.ZipFile(io.BytesIO(saved.body)) as archive:
            assert {"companion.json", "readings.csv", "moves.csv"} <= set(archive.namelist())
            document = archive.read("companion.json")
        library.move_back(context, {"track": track.id})
        for content, moves in ((saved.body, 1), (document, 0)):
            answer = browser.ask("POST", "/api/import", content, Content_Type="application/zip")
            assert answer.status == HTTPStatus.OK
            assert (answer.data["moves"], answer.data["unmatched"]) == (moves, 0)
        with context.store() as db:
            assert [one.track_id for one in read_track_corrections(db)] == [track.id]

    @pytest.mark.parametrize(
        "content", [b"", b"[]", b"PK", b"PK\x03\x04" + bytes(99), b"{", b"\xff\xfe", b"null"]
    )
    def test_a_file_that_is_no_export(self, context: Context, content: bytes) -> None:
        with pytest.raises(UsageError):
            data.import_file(context, content)

    def test_an_archive_of_something_else(self, context: Context) -> None:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr("cat.jpg", b"x")
        with pytest.raises(UsageError, match="not an export"):
            data.import_file(context, written.getvalue())

    def test_an_archive_that_grows_without_end(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(data, "MOST_BYTES", 1000)
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("companion.json", b" " * 1_000_000)
        with pytest.raises(UsageError, match="too large"):
            data.import_file(context, written.getvalue())


def test_the_versions_tell_what_has_changed(context: Context) -> None:
    before = read_versions(context)
    now.pause(context, {"length": 30})
    after = read_versions(context)
    assert {name for name in before if before[name] != after[name]} == {"override"}
    assert json.dumps(after)
