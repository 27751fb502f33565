from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.affect import KeptFeatures, TrackMood
from companion.agent.clock import Moment
from companion.agent.library import background
from companion.agent.library.background import (
    BUSY_MACHINE,
    BUSY_PART,
    IDLE,
    ON_BATTERY,
    STEP_SECONDS,
    STEP_TRACKS,
    BackgroundTagging,
    Machine,
)
from companion.config.schema import Agent, Clips, Config
from companion.errors import ClipSourceBusy
from companion.music.clips.provider import Clip, ClipQuery, Match, MatchedBy
from companion.music.features_version import VERSION
from companion.store.database import open_database
from companion.store.metadata import LIBRARY_SYNCED_AT, save_time
from companion.store.tracks.library import save_tracks
from companion.store.tracks.tags import Origin, count_tagged, count_tags, save_tag
from companion.weights import open_model
from tests.agent.fake_work import BRIGHT
from tests.choose.makers import track

pytestmark = pytest.mark.slow

BEGIN = datetime(2026, 10, 1, 12, tzinfo=UTC)
LABEL = open_model("track_mood").label
MOOD = replace(BRIGHT, model=LABEL, features=KeptFeatures(VERSION, b"heard"))
CORES = 4


@dataclass
class Bench:
    """A machine whose time only the work and the rests take.

    Attributes:
        cpu, wall: what a clip costs, in seconds.
        others: the share of all cores that other processes use.
    """

    cpu: float = 0.8
    wall: float = 1.0
    others: float = 0.0
    battery: bool | None = False
    pid: int | None = 7
    cpu_seconds: float = 0.0
    passed: float = 0.0
    fetched: list[str] = field(default_factory=list)
    broken: bool = False
    renewed: list[bytes] = field(default_factory=list)
    label: str = LABEL

    def clock(self) -> Moment:
        return Moment(BEGIN + timedelta(seconds=self.passed), self.passed, self.passed)

    def busy(self) -> float:
        return self.others * CORES * self.passed + self.cpu_seconds

    def pass_(self, seconds: float) -> None:
        self.passed += seconds

    def tag(self, audio: bytes | Path) -> TrackMood:
        self.passed += self.wall
        self.cpu_seconds += self.cpu
        return MOOD

    def tag_features(self, kept: KeptFeatures) -> TrackMood:
        self.renewed.append(kept.numbers)
        self.passed += self.wall / 4
        self.cpu_seconds += self.cpu / 4
        return replace(MOOD, model=self.label)

    def find(self, _: object, query: ClipQuery) -> Clip:
        self.fetched.append(query.title)
        if self.broken:
            raise ClipSourceBusy("It is throttled.")
        return Clip(b"", "deezer", query.title, Match(MatchedBy.ISRC, 1.0))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench()
    monkeypatch.setattr(background, "find_clip", made.find)
    monkeypatch.setattr(background, "make_providers", lambda *_: [])
    return made


@pytest.fixture
def tagging(bench: Bench) -> BackgroundTagging:
    return BackgroundTagging(
        Machine(bench.clock, bench, lambda: bench.battery, bench.busy, cores=CORES)
    )


def config(share: float = 0.5) -> Config:
    return Config(clips=Clips(("deezer",)), agent=Agent(tagging_share=share))


def fill(db: sqlite3.Connection, count: int) -> None:
    save_tracks(db, [track(f"{n:04}", f"Artist {n}") for n in range(count)], BEGIN)
    save_time(db, LIBRARY_SYNCED_AT, BEGIN)


def live(tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection, share: float) -> None:
    for _ in range(40):
        bench.pass_(tagging.step(db, config(share)).total_seconds())


@pytest.mark.parametrize("share", [0.05, 0.25, 0.5, 0.8])
def test_the_worker_takes_its_share_of_one_core_and_no_more(
    share: float, tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 1000)
    live(tagging, bench, db, share)
    assert bench.cpu_seconds / bench.passed == pytest.approx(share, rel=0.2)
    assert bench.cpu_seconds / bench.passed <= share + 0.01


def test_it_goes_on_without_pauses_where_the_clips_are_slower_than_the_share(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 1000)
    bench.wall = 6.0
    live(tagging, bench, db, 0.5)
    assert count_tagged(db) * 6.0 > 0.8 * bench.passed


def test_beside_a_busy_machine_it_takes_a_part_of_the_share(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 1000)
    bench.others = 0.9
    live(tagging, bench, db, 0.4)
    assert bench.cpu_seconds / bench.passed == pytest.approx(0.4 * BUSY_PART, rel=0.3)
    told = tagging.report()
    assert told
    assert told["resting"] == BUSY_MACHINE
    bench.others = 0.1
    live(tagging, bench, db, 0.4)
    told = tagging.report()
    assert told
    assert told["resting"] == ""


def test_its_own_work_does_not_make_the_machine_busy(bench: Bench, db: sqlite3.Connection) -> None:
    fill(db, 1000)
    own = BackgroundTagging(Machine(bench.clock, bench, lambda: None, bench.busy, cores=1))
    live(own, bench, db, 1.0)
    told = own.report()
    assert told
    assert told["resting"] == ""


def test_on_battery_nothing_is_tagged_and_the_report_says_so(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 20)
    tagging.step(db, config())
    bench.battery = True
    before = count_tagged(db)
    assert tagging.step(db, config()) == IDLE
    assert count_tagged(db) == before
    assert tagging.report() == {"left": 15, "done_at": None, "resting": ON_BATTERY}


def test_it_foretells_when_it_will_be_done(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 200)
    for _ in range(10):
        bench.pass_(tagging.step(db, config()).total_seconds())
    told = tagging.report()
    assert told
    promised = (datetime.fromisoformat(told["done_at"]) - bench.clock().wall).total_seconds()
    assert told["left"] == 150
    began = bench.passed
    while tagging.report():
        bench.pass_(tagging.step(db, config()).total_seconds())
    assert bench.passed - began == pytest.approx(promised, rel=0.1)
    assert tagging.step(db, config()) == IDLE


def test_a_step_is_short(tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection) -> None:
    fill(db, 20)
    tagging.step(db, config())
    assert count_tagged(db) == STEP_TRACKS
    bench.wall = 20.0
    before = count_tagged(db)
    tagging.step(db, config())
    assert count_tagged(db) - before <= 2


def test_what_another_process_tagged_meanwhile_is_left_out(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 20)
    tagging.step(db, config())
    done = set(bench.fetched)
    for number in range(20):
        save_tag(db, f"{number:04}", MOOD, Origin("deezer", "1", 1.0), BEGIN)
    assert tagging.step(db, config()) >= timedelta(seconds=1)
    assert set(bench.fetched) == done
    assert tagging.report() is None


@pytest.mark.parametrize("synced", [True, False])
def test_a_sync_is_met_with_a_new_search(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection, *, synced: bool
) -> None:
    fill(db, 5)
    tagging.step(db, config())
    save_tracks(db, [track("new")], BEGIN)
    if synced:
        save_time(db, LIBRARY_SYNCED_AT, BEGIN + timedelta(hours=6))
    tagging.step(db, config())
    assert count_tagged(db) == 5 + synced


def test_a_store_that_was_opened_anew_is_used(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection, file: Path
) -> None:
    fill(db, 20)
    tagging.step(db, config())
    db.close()
    with open_database(file) as again:
        tagging.step(again, config())
        assert count_tagged(again) == 2 * STEP_TRACKS


def test_without_a_source_nothing_happens(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 5)
    assert tagging.step(db, Config()) == IDLE
    assert tagging.report() is None
    assert bench.fetched == []


def test_a_source_that_is_down_ends_the_step_and_the_rest_is_kept(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 20)
    bench.broken = True
    with pytest.raises(ClipSourceBusy):
        tagging.step(db, config())
    told = tagging.report()
    assert told
    assert told["left"] == 17
    bench.broken = False
    tagging.step(db, config())
    assert count_tagged(db) == STEP_TRACKS


def test_a_worker_that_was_replaced_counts_from_its_start(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    fill(db, 20)
    bench.cpu_seconds = 500.0
    tagging.step(db, config())
    bench.pid, bench.cpu_seconds = 8, 0.0
    rest = tagging.step(db, config())
    assert rest < timedelta(seconds=10)


def tag_by_older_weights(db: sqlite3.Connection, count: int) -> None:
    fill(db, count)
    for number in range(count):
        older = replace(MOOD, model="track_mood/0")
        save_tag(db, f"{number:04}", older, Origin("deezer", "1", 1.0), BEGIN)


def test_older_tags_are_renewed_without_their_clips(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    tag_by_older_weights(db, 100)
    live(tagging, bench, db, 0.25)
    assert count_tags(db).models == {LABEL: 100}
    assert (len(bench.renewed), bench.fetched) == (100, [])
    assert tagging.report() is None


def test_renewing_takes_its_share_of_a_core_and_short_steps(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    tag_by_older_weights(db, 100)
    rest = tagging.step(db, config(0.25))
    assert bench.passed <= STEP_SECONDS + bench.wall
    assert bench.cpu_seconds / (bench.passed + rest.total_seconds()) == pytest.approx(0.25)
    assert 0 < len(bench.renewed) < 100


def test_without_a_source_older_tags_are_renewed_all_the_same(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    tag_by_older_weights(db, 3)
    tagging.step(db, Config())
    assert count_tags(db).models == {LABEL: 3}
    assert tagging.step(db, Config()) == IDLE


def test_a_worker_of_older_weights_holds_nothing_up(
    tagging: BackgroundTagging, bench: Bench, db: sqlite3.Connection
) -> None:
    tag_by_older_weights(db, 3)
    save_tracks(db, [track("new")], BEGIN)
    bench.label = "track_mood/0"
    tagging.step(db, config())
    assert "Song new" in bench.fetched
