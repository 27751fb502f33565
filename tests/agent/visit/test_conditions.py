from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from companion.agent.visit.conditions import (
    check_in_order,
    check_local,
    check_player,
    may_look,
    reached_limit,
)
from companion.agent.visit.outcome import Outcome
from companion.config.schema import Agent, Camera, Config
from companion.playback import Device, Initiative, ItemKind, PlayerState, Repeat
from companion.spotify.player import parse_player
from companion.store.history.overrides import Pause, save_pause
from companion.store.history.visits import Visit, save_visit
from companion.store.listening.plays import begin_play
from companion.track import Track

DEVICE = Device("d", "Desk", active=True)
PLAYING = PlayerState(
    Track("1", "spotify:track:1", "A", duration_ms=200_000),
    is_playing=True,
    position_ms=20_000,
    duration_ms=200_000,
    kind=ItemKind.TRACK,
    device=DEVICE,
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"repeat": Repeat.CONTEXT},
        {"position_ms": None},
        {"track": None},
        {"device": Device()},
        {"disallows": frozenset({"pausing", "skipping_next"})},
    ],
    ids=["plain", "repeat", "no position", "no track", "device", "disallows"],
)
def test_nothing_speaks_against_a_track_that_plays(change: dict[str, Any]) -> None:
    assert check_player(replace(PLAYING, **change)) is None


@pytest.mark.parametrize(
    ("change", "outcome", "why"),
    [
        ({"device": replace(DEVICE, private_session=True)}, Outcome.PRIVATE_SESSION, "private"),
        (
            {"device": replace(DEVICE, restricted=True)},
            Outcome.RESTRICTED,
            "Desk accepts no commands",
        ),
        ({"device": Device(restricted=True)}, Outcome.RESTRICTED, "the device accepts no commands"),
        (
            {"disallows": frozenset({"interrupting_playback"})},
            Outcome.RESTRICTED,
            "must not be interrupted",
        ),
        ({"is_playing": False}, Outcome.NOT_PLAYING, "paused"),
        ({"kind": ItemKind.AD, "track": None}, Outcome.NOT_PLAYING, "(ad)"),
        ({"kind": ItemKind.EPISODE}, Outcome.NOT_PLAYING, "listening to a podcast"),
        ({"kind": ItemKind.CHAPTER}, Outcome.NOT_PLAYING, "listening to an audiobook"),
        ({"kind": ItemKind.LOCAL}, Outcome.NOT_PLAYING, "(local)"),
        ({"kind": ItemKind.UNKNOWN, "track": None}, Outcome.NOT_PLAYING, "(unknown)"),
        ({"repeat": Repeat.TRACK}, Outcome.NOT_PLAYING, "on repeat"),
    ],
    ids=str,
)
def test_what_speaks_against_a_visit(change: dict[str, Any], outcome: Outcome, why: str) -> None:
    obstacle = check_player(replace(PLAYING, **change))
    assert obstacle is not None
    assert obstacle[0] is outcome
    assert why in obstacle[1]


def test_a_private_session_is_named_before_all_else() -> None:
    device = Device(private_session=True, restricted=True)
    worst = replace(PLAYING, device=device, is_playing=False, kind=ItemKind.AD, repeat=Repeat.TRACK)
    obstacle = check_player(worst)
    assert obstacle is not None
    assert obstacle[0] is Outcome.PRIVATE_SESSION


def test_no_player_is_no_device() -> None:
    assert check_player(None) == (Outcome.NO_DEVICE, "Spotify is open on no device")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, Outcome.NO_DEVICE),
        ({}, Outcome.NOT_PLAYING),
        ({"is_playing": "yes", "item": [], "device": 7}, Outcome.NOT_PLAYING),
        ({"is_playing": True, "item": None, "device": None}, Outcome.NOT_PLAYING),
        ({"is_playing": True, "currently_playing_type": "jingle"}, Outcome.NOT_PLAYING),
        ({"device": {"is_restricted": True, "name": None}}, Outcome.RESTRICTED),
    ],
    ids=str,
)
def test_an_absurd_answer_of_spotify_opens_no_camera(
    answer: dict[str, Any] | None, outcome: Outcome
) -> None:
    obstacle = check_player(parse_player(answer))
    assert obstacle is not None
    assert obstacle[0] is outcome


@dataclass
class FakePresence:
    """The desktop's answers; None is unknown."""

    locked: bool | None = False
    idle: float | None = 0.0
    battery: bool | None = False
    asked: list[str] = field(default_factory=list)

    def is_locked(self) -> bool | None:
        self.asked.append("lock")
        return self.locked

    def idle_seconds(self) -> float | None:
        self.asked.append("idle")
        return self.idle

    def on_battery(self) -> bool | None:
        self.asked.append("battery")
        return self.battery


NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
AGENT = Agent(away_minutes=10, most_an_hour=3, most_a_day=5, on_battery="pause")


def check(
    db: sqlite3.Connection, presence: FakePresence, agent: Agent = AGENT, *, camera: bool = True
) -> tuple[Outcome, str] | None:
    return check_local(db, presence, Config(agent=agent, camera=Camera(enabled=camera)), NOW)


def see(db: sqlite3.Connection, *minutes_ago: float, camera: bool = True) -> None:
    for minutes in minutes_ago:
        save_visit(db, Visit(NOW - timedelta(minutes=minutes), "no_face", "", camera))


@pytest.mark.parametrize(
    "presence",
    [
        FakePresence(),
        FakePresence(None, None, None),
        FakePresence(idle=599.9),
        FakePresence(battery=None),
    ],
    ids=str,
)
def test_nothing_here_speaks_against_a_visit(
    db: sqlite3.Connection, presence: FakePresence
) -> None:
    """An unknown condition prevents nothing."""
    assert check(db, presence) is None


@pytest.mark.parametrize(
    ("presence", "outcome", "why"),
    [
        (FakePresence(locked=True), Outcome.SCREEN_LOCKED, ""),
        (FakePresence(idle=600), Outcome.AWAY, "no keyboard and mouse for 10 min"),
        (FakePresence(idle=86_400), Outcome.AWAY, "for 1440 min"),
        (FakePresence(battery=True), Outcome.BY_USER, "on battery"),
        (FakePresence(locked=True, idle=9999, battery=True), Outcome.BY_USER, "on battery"),
        (FakePresence(locked=True, idle=9999), Outcome.SCREEN_LOCKED, ""),
    ],
    ids=str,
)
def test_what_at_the_desk_speaks_against_a_visit(
    db: sqlite3.Connection, presence: FakePresence, outcome: Outcome, why: str
) -> None:
    obstacle = check(db, presence)
    assert obstacle
    assert obstacle[0] is outcome
    assert why in obstacle[1]


def test_on_battery_a_visit_is_made_unless_it_is_to_pause(db: sqlite3.Connection) -> None:
    assert check(db, FakePresence(battery=True), replace(AGENT, on_battery="visit")) is None


def test_a_camera_that_the_user_keeps_shut_is_no_obstacle(db: sqlite3.Connection) -> None:
    see(db, 1, 2, 3, 4)
    assert check(db, FakePresence(), camera=False) is None


@pytest.mark.parametrize(
    ("hours", "may"),
    [("", True), ("00:00-23:59", True), ("11:00-13:00", True), ("13:00-11:00", False)],
)
def test_the_camera_is_opened_within_its_hours_only(
    hours: str, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = NOW.astimezone()
    noon = local.replace(hour=12, minute=0)
    assert may_look(Camera(hours=hours), noon) is may
    assert may_look(Camera(enabled=False, hours=hours), noon) is False


ALBUM = "spotify:album:1"


def play(db: sqlite3.Connection, *contexts: str, shuffled: bool = False) -> None:
    for number, context in enumerate(contexts):
        track = Track(str(number), f"spotify:track:{number}", "A", duration_ms=200_000)
        seen = replace(PLAYING, track=track, context=context, shuffled=shuffled)
        began = NOW + timedelta(minutes=3 * number)
        begin_play(db, seen, Initiative.CONTINUED, began)


def test_an_album_that_is_listened_to_in_order_is_left_alone(db: sqlite3.Connection) -> None:
    play(db, ALBUM, ALBUM)
    assert check_in_order(db, Config()) is None
    play(db, ALBUM)
    told = (Outcome.LISTENING_IN_ORDER, "you are listening to an album")
    assert check_in_order(db, Config()) == told
    assert check_in_order(db, Config(agent=Agent(leave_in_order=False))) is None


def test_in_random_order_it_is_not(db: sqlite3.Connection) -> None:
    play(db, ALBUM, ALBUM, ALBUM, shuffled=True)
    assert check_in_order(db, Config()) is None


@pytest.mark.parametrize(
    ("until", "words"), [(None, "until you resume"), (NOW + timedelta(hours=1), "until ")]
)
def test_a_pause_comes_before_all_else_and_asks_nothing(
    db: sqlite3.Connection, until: datetime | None, words: str
) -> None:
    save_pause(db, Pause(NOW, until))
    presence = FakePresence(locked=True, battery=True)
    obstacle = check(db, presence)
    assert obstacle
    assert obstacle[0] is Outcome.BY_USER
    assert words in obstacle[1]
    assert not presence.asked


def test_a_pause_that_is_over_is_none(db: sqlite3.Connection) -> None:
    save_pause(db, Pause(NOW - timedelta(hours=2), NOW))
    assert check(db, FakePresence()) is None


@pytest.mark.parametrize(
    ("minutes_ago", "limit"),
    [
        ((1, 20), None),
        ((1, 20, 59.9), "3 looks an hour"),
        ((1, 20, 60), None),
        ((1, 20, 100, 200, 1439), "5 looks a day"),
        ((1, 20, 100, 200, 1440), None),
        ((-1, -2, -3), None),  # before the clock was set back
    ],
)
def test_the_limits(
    db: sqlite3.Connection, minutes_ago: tuple[float, ...], limit: str | None
) -> None:
    see(db, *minutes_ago)
    see(db, *range(1, 50), camera=False)  # visits that opened no camera count for nothing
    assert reached_limit(db, AGENT, NOW) == (limit and (Outcome.LIMIT_REACHED, limit))


def test_a_limit_of_none_at_all_keeps_the_camera_shut(db: sqlite3.Connection) -> None:
    reached = reached_limit(db, replace(AGENT, most_a_day=0), NOW)
    assert reached == (Outcome.LIMIT_REACHED, "0 looks a day")
