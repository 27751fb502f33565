from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion.agent.library.clip_sources import StorePace, make_providers
from companion.config.schema import Clips
from companion.errors import ConfigError
from companion.music.clips.deezer import GAP_S, DeezerClips
from companion.music.clips.local import LocalClips


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, tzinfo=UTC)
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.slept += seconds


def pace(db: sqlite3.Connection, time: Time, name: str = "deezer") -> StorePace:
    return StorePace(db, name, GAP_S, lambda: time.now, time.sleep)


def test_the_first_request_waits_for_nothing(db: sqlite3.Connection) -> None:
    time = Time()
    pace(db, time).wait()
    assert time.slept == 0


def test_requests_of_all_who_ask_are_kept_apart(db: sqlite3.Connection) -> None:
    time = Time()
    agent, command = pace(db, time), pace(db, time)
    for _ in range(5):
        agent.wait()
        command.wait()
    assert time.slept == pytest.approx(9 * GAP_S)


def test_it_asks_two_to_five_times_a_second() -> None:
    assert 2 <= 1 / GAP_S <= 5


def test_a_rest_of_one_is_a_rest_of_all(db: sqlite3.Connection) -> None:
    time = Time()
    pace(db, time).rest(5)
    pace(db, time).wait()
    assert time.slept == pytest.approx(5)
    pace(db, time, "other").wait()
    assert time.slept == pytest.approx(5)


def test_the_providers_come_in_the_order_of_the_settings(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    clips = Clips(providers=("deezer", "local"), folder=str(tmp_path))
    assert [type(one) for one in make_providers(clips, db)] == [DeezerClips, LocalClips]
    [local] = make_providers(Clips(providers=("local",), folder=str(tmp_path)), db)
    assert local.name == "local"


def test_no_provider_is_no_tagging(db: sqlite3.Connection) -> None:
    with pytest.raises(ConfigError, match="No source of clips is chosen") as raised:
        make_providers(Clips(), db)
    assert "companion setup" in raised.value.remedy


@pytest.mark.parametrize("folder", ["", "/no/such/folder", __file__])
def test_the_folder_must_be_there(db: sqlite3.Connection, folder: str) -> None:
    with pytest.raises(ConfigError, match="is not there"):
        make_providers(Clips(providers=("local",), folder=folder), db)


def test_the_folder_may_be_in_the_users_home(
    db: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "Music").mkdir()
    assert make_providers(Clips(providers=("local",), folder="~/Music"), db)
