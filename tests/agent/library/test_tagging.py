from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.affect import Affect, TrackMood
from companion.agent.library.tagging import (
    FAILURES,
    SHORT_RETRY,
    TagSummary,
    kind_of,
    make_query,
    tag_tracks,
)
from companion.agent.library.tagging_order import due_tracks
from companion.errors import (
    ClipAnswerInvalid,
    ClipDamaged,
    ClipError,
    ClipMismatch,
    ClipMissing,
    ClipSourceBroken,
    ClipSourceBusy,
    CompanionError,
    ModelError,
    StoreError,
    WorkerLost,
)
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import FIRST_RETRY, count_tags
from companion.track import Track
from tests.choose.makers import track, track_mood
from tests.store.stored import tagged_tracks

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
MODEL = "track_mood 1"
MOOD = track_mood(Affect(0.2, -0.3))
TRACKS = [track(name) for name in "abcde"]

CLIP_ERRORS = {ClipMissing: "no_clip", ClipMismatch: "wrong_clip", ClipDamaged: "damaged_clip"}


class ClipForbidden(ClipMissing):
    """A kind of error that the tagging has not heard of."""


class ClipStrange(ClipError):
    """Another, that is like none of those it knows."""


class Studio:
    """Clips, the music model and a store; each track may be given a trouble.

    Attributes:
        found, heard: how often each title's clip was fetched, and tagged.
        told: the progress.
        at_find, at_tag: what is raised for a title.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db, self.now = db, NOW
        self.found: Counter[str] = Counter()
        self.heard: Counter[str] = Counter()
        self.told: list[tuple[str, str]] = []
        self.at_find: dict[str, BaseException] = {}
        self.at_tag: dict[str, BaseException] = {}
        save_tracks(db, TRACKS, NOW)

    def find(self, query: ClipQuery) -> Clip:
        self.found[query.title] += 1
        if query.title in self.at_find:
            raise self.at_find[query.title]
        audio = query.title.encode()
        return Clip(audio, "deezer", f"clip of {query.title}", Match(MatchedBy.NAME, 0.9))

    def tag(self, audio: bytes | Path) -> TrackMood:
        assert isinstance(audio, bytes)
        title = audio.decode()
        self.heard[title] += 1
        if title in self.at_tag:
            raise self.at_tag[title]
        return MOOD

    def run(self, *, again: bool = False) -> TagSummary:
        """Tag what is due, as `companion tag` does."""
        due = due_tracks(self.db, MODEL, self.now, again=again)
        return self.run_of(sorted(due, key=lambda one: one.id))

    def run_of(self, tracks: list[Track]) -> TagSummary:
        return tag_tracks(self.db, tracks, self.find, [self], lambda: self.now, self._tell)

    def _tell(self, done: Track, word: str) -> None:
        self.told.append((done.id, word))

    @property
    def tagged(self) -> list[str]:
        return [one.id for one, _ in tagged_tracks(self.db)]

    def recover(self) -> None:
        self.at_find.clear()
        self.at_tag.clear()
        self.told.clear()


@pytest.fixture
def studio(db: sqlite3.Connection) -> Studio:
    return Studio(db)


def test_each_track_gets_its_tag_and_is_told(studio: Studio) -> None:
    assert studio.run() == TagSummary(5, {})
    assert sorted(studio.told) == [(name, MOOD.quadrant.value) for name in "abcde"]
    assert list(tagged_tracks(studio.db)) == [(one, MOOD) for one in TRACKS]
    assert count_tags(studio.db).reasons == {}


def test_the_tag_keeps_which_clip_it_was_read_from(studio: Studio) -> None:
    studio.run()
    row = studio.db.execute("SELECT * FROM tags WHERE track_id = 'b'").fetchone()
    origin = (row["provider"], row["reference"], row["match"], row["matched_by"])
    assert origin == ("deezer", "clip of Song b", 0.9, "name")
    assert row["tagged_at"] == NOW.timestamp()


def test_nothing_due_is_nothing_done(studio: Studio) -> None:
    studio.run()
    studio.recover()
    assert studio.run() == TagSummary(0, {})
    assert studio.told == []
    assert studio.run(again=True).tagged == 5


def at_find(studio: Studio) -> dict[str, BaseException]:
    return studio.at_find


def at_tag(studio: Studio) -> dict[str, BaseException]:
    return studio.at_tag


@pytest.mark.parametrize(("kind", "reason"), CLIP_ERRORS.items())
@pytest.mark.parametrize("step", [at_find, at_tag])
def test_a_clip_that_fails_is_kept_with_its_reason_and_tried_again_later(
    studio: Studio,
    step: Callable[[Studio], dict[str, BaseException]],
    kind: type[ClipError],
    reason: str,
) -> None:
    step(studio)["Song b"] = kind("deezer: not this one.")
    assert studio.run() == TagSummary(4, {reason: 1})
    assert ("b", reason) in studio.told
    assert studio.tagged == ["a", "c", "d", "e"]
    row = studio.db.execute("SELECT * FROM untagged").fetchone()
    assert (row["track_id"], row["reason"], row["tries"]) == ("b", reason, 1)
    assert row["detail"] == "deezer: not this one."
    assert row["retry_at"] == (NOW + FIRST_RETRY).timestamp()


def test_a_failed_one_is_left_alone_until_it_is_due(studio: Studio) -> None:
    studio.at_find["Song b"] = ClipMissing("None.")
    studio.run()
    for wait, tries in [(timedelta(hours=23), 1), (timedelta(hours=1), 2), (timedelta(days=2), 3)]:
        studio.now += wait
        studio.run()
        assert studio.found["Song b"] == tries
    studio.recover()
    studio.now += timedelta(days=4)
    assert studio.run() == TagSummary(1, {})
    assert studio.tagged == list("abcde")
    assert count_tags(studio.db).reasons == {}


def test_the_reasons_are_counted(studio: Studio) -> None:
    for title, kind in zip(("Song a", "Song b", "Song c"), CLIP_ERRORS, strict=True):
        studio.at_find[title] = kind("Not this one.")
    studio.at_tag["Song d"] = ClipDamaged("Silent.")
    summary = studio.run()
    assert summary == TagSummary(1, {"no_clip": 1, "wrong_clip": 1, "damaged_clip": 2})
    assert count_tags(studio.db).reasons == summary.reasons


@pytest.mark.parametrize(
    "trouble",
    [ModelError("Damaged."), StoreError("Full.")],
    ids=lambda trouble: type(trouble).__name__,
)
@pytest.mark.parametrize("step", [at_find, at_tag])
@pytest.mark.parametrize("place", range(5))
def test_a_run_that_stops_keeps_all_and_the_next_goes_on_there(
    studio: Studio,
    place: int,
    step: Callable[[Studio], dict[str, BaseException]],
    trouble: BaseException,
) -> None:
    step(studio)[TRACKS[place].title] = trouble
    with pytest.raises(type(trouble)):
        studio.run()
    assert studio.tagged[:place] == [one.id for one in TRACKS[:place]]
    assert TRACKS[place].id not in studio.tagged
    assert len(studio.told) == len(studio.tagged)
    assert count_tags(studio.db).reasons == {}
    before = studio.tagged
    studio.recover()
    assert studio.run() == TagSummary(5 - len(before), {})
    assert studio.tagged == list("abcde")
    others = {one.title for one in TRACKS} - {TRACKS[place].title}
    assert all(studio.heard[title] == studio.found[title] == 1 for title in others)


@pytest.mark.parametrize("place", range(5))
def test_ctrl_c_loses_no_tag_and_the_next_run_goes_on(studio: Studio, place: int) -> None:
    studio.at_find[TRACKS[place].title] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        studio.run()
    kept = studio.tagged
    assert kept == [one.id for one in TRACKS[: len(kept)]]
    assert len(kept) >= place - 2  # as many clips may have been fetched ahead
    assert count_tags(studio.db).reasons == {}
    studio.recover()
    assert studio.run() == TagSummary(5 - len(kept), {})
    assert studio.tagged == list("abcde")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ClipMissing("x"), "no_clip"),
        (ClipForbidden("x"), "no_clip"),
        (ClipStrange("x"), "clip_failed"),
        (ClipError("x"), "clip_failed"),
        (ClipSourceBusy("x"), "source_busy"),
    ],
)
def test_an_error_of_a_kind_that_nobody_listed_has_a_word_too(
    studio: Studio, error: ClipError, word: str
) -> None:
    assert kind_of(type(error)).reason == word
    studio.at_find["Song b"] = error
    assert studio.run() == TagSummary(4, {word: 1})


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), IndexError("tag reader")])
@pytest.mark.parametrize("step", [at_find, at_tag])
def test_a_clip_that_trips_a_library_stops_no_other(
    studio: Studio, step: Callable[[Studio], dict[str, BaseException]], error: Exception
) -> None:
    step(studio)["Song b"] = error
    assert studio.run() == TagSummary(4, {"clip_failed": 1})
    detail = studio.db.execute("SELECT detail FROM untagged").fetchone()["detail"]
    assert type(error).__name__ in detail


def test_one_busy_answer_delays_its_track_only_an_hour(studio: Studio) -> None:
    studio.at_find["Song b"] = ClipSourceBusy("Too many requests.")
    assert studio.run() == TagSummary(4, {"source_busy": 1})
    studio.recover()
    studio.now += SHORT_RETRY - timedelta(seconds=1)
    assert studio.run() == TagSummary(0, {})
    studio.now += timedelta(seconds=1)
    assert studio.run() == TagSummary(1, {})


def test_a_source_that_stays_busy_ends_the_run(studio: Studio) -> None:
    for title in ("Song b", "Song c", "Song d", "Song e"):
        studio.at_find[title] = ClipSourceBusy("Too many requests.")
    with pytest.raises(ClipSourceBusy):
        studio.run()
    assert studio.tagged == ["a"]
    assert count_tags(studio.db).reasons == {"source_busy": FAILURES[ClipSourceBusy].most_in_a_row}
    studio.recover()
    assert studio.run() == TagSummary(1, {})


@pytest.mark.parametrize("between", [None, ClipMissing("None."), ClipMismatch("Another.")])
def test_only_busy_answers_in_a_row_end_it(studio: Studio, between: ClipError | None) -> None:
    for title in ("Song a", "Song b", "Song d", "Song e"):
        studio.at_find[title] = ClipSourceBusy("Too many requests.")
    if between:
        studio.at_find["Song c"] = between
    assert studio.run().reasons["source_busy"] == 4


@pytest.mark.parametrize(
    ("error", "most", "words"),
    [
        (WorkerLost("The worker died of signal 11."), 3, "died of signal 11"),
        (ClipDamaged("It cannot be decoded."), 10, "cannot be decoded"),
        (ValueError("odd"), 10, "ValueError: odd"),
    ],
)
def test_what_fails_for_every_track_ends_the_run_with_its_cause(
    studio: Studio, error: Exception, most: int, words: str
) -> None:
    tracks = [track(str(number)) for number in range(20)]
    save_tracks(studio.db, tracks, NOW)
    studio.at_tag = {one.title: error for one in tracks}
    with pytest.raises(CompanionError, match=rf"{most} tracks in a row got no tag.*{words}"):
        studio.run_of(tracks)
    assert sum(count_tags(studio.db).reasons.values()) in (most, most + 1)


def test_answers_that_make_no_sense_end_the_run_with_their_cause(studio: Studio) -> None:
    tracks = [track(str(number)) for number in range(20)]
    save_tracks(studio.db, tracks, NOW)
    studio.at_find = {one.title: ClipAnswerInvalid("deezer: no object.") for one in tracks}
    with pytest.raises(ClipAnswerInvalid, match=r"5 tracks in a row got no tag.*no object"):
        studio.run_of(tracks)
    assert count_tags(studio.db).reasons == {"odd_answer": 5}


def test_a_broken_source_ends_the_run_at_once_and_is_no_tracks_failure(studio: Studio) -> None:
    studio.at_find["Song c"] = ClipSourceBroken("deezer: no proxy.", "Correct HTTPS_PROXY.")
    with pytest.raises(ClipSourceBroken) as caught:
        studio.run()
    assert caught.value.remedy == "Correct HTTPS_PROXY."
    assert studio.tagged == ["a", "b"]  # which were fetched before
    assert studio.found["Song d"] == 0
    assert count_tags(studio.db).reasons == {}
    studio.recover()
    assert studio.run() == TagSummary(3, {})


def test_missing_clips_end_no_run(studio: Studio) -> None:
    tracks = [track(str(number)) for number in range(30)]
    save_tracks(studio.db, tracks, NOW)
    studio.at_find = {one.title: ClipMissing("None.") for one in tracks}
    assert studio.run_of(tracks).reasons == {"no_clip": 30}


def test_a_worker_that_fails_is_no_damaged_clip_and_is_tried_again_soon(studio: Studio) -> None:
    studio.at_tag["Song b"] = WorkerLost("The worker died of signal 9.")
    assert studio.run() == TagSummary(4, {"worker_failed": 1})
    studio.recover()
    studio.now += SHORT_RETRY
    assert studio.run() == TagSummary(1, {})


def test_an_interrupt_while_the_progress_is_told_loses_nothing(studio: Studio) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tag_tracks(studio.db, TRACKS, studio.find, [studio], lambda: NOW, interrupt)
    assert studio.tagged in (["a"], ["a", "b"])  # b was fetched, and may have been read
    studio.run()
    assert studio.tagged == list("abcde")
    assert studio.heard["Song a"] == 1


def test_tags_of_another_model_are_read_anew(studio: Studio) -> None:
    studio.run()
    newer = due_tracks(studio.db, "track_mood 2", NOW, again=False)
    assert [one.id for one in newer] == list("abcde")


@pytest.mark.parametrize(
    ("one", "query"),
    [
        (
            Track("1", "u", "A (Live)", ("X", "Y"), duration_ms=200_400, isrc="ZZAAA2600001"),
            ClipQuery("A (Live)", ("X", "Y"), 200.4, "ZZAAA2600001"),
        ),
        (Track("1", "u", "A"), ClipQuery("A", (), 0.0, None)),
        (Track("1", "u", "A", duration_ms=10**400), ClipQuery("A", (), 0.0, None)),
        (Track("1", "u", "A", duration_ms=2**63 - 1), ClipQuery("A", (), 0.0, None)),
        (Track("1", "u", "A", duration_ms=-5), ClipQuery("A", (), 0.0, None)),
    ],
)
def test_what_the_clip_providers_are_asked(one: Track, query: ClipQuery) -> None:
    assert make_query(one) == query
