"""The contract that every player signal keeps, and which one a platform gets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import pytest

from companion.desktop.player.applescript import SEPARATOR, AppleScriptSignal
from companion.desktop.player.mpris import MprisSignal
from companion.desktop.player.signal import find_player_signal
from companion.playback import PlayerSignal, PlayerSnapshot
from companion.track import Track
from tests.desktop.buses import PrivateBus
from tests.desktop.players import ID, Player
from tests.desktop.programs import Programs

TRACK = Track(ID, f"spotify:track:{ID}", "Song", ("One",), duration_ms=180_000)
PLAYING = PlayerSnapshot(
    TRACK, is_playing=True, position_ms=30_000, duration_ms=180_000, exact=False
)


class Desk(Protocol):
    """A platform on which the track of `PLAYING` can be played."""

    def signal(self) -> PlayerSignal: ...

    def play(self, *, playing: bool = True) -> AbstractContextManager[object]: ...


class LinuxDesk:
    def __init__(self, bus: PrivateBus) -> None:
        self._bus = bus

    def signal(self) -> PlayerSignal:
        return MprisSignal()

    def play(self, *, playing: bool = True) -> AbstractContextManager[object]:
        player = Player(self._bus)
        player.tell(playing=playing, artists=["One"])
        return player


class MacDesk:
    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        programs.put("osascript", "echo")

    def signal(self) -> PlayerSignal:
        return AppleScriptSignal()

    def play(self, *, playing: bool = True) -> AbstractContextManager[object]:
        state = "playing" if playing else "paused"
        parts = (state, f"spotify:track:{ID}", "Song", "One", "180000", "30000")
        self._programs.put("osascript", f"echo '{SEPARATOR.join(parts)}'")
        return nullcontext()


@pytest.fixture(params=["linux", "macos"])
def desk(request: pytest.FixtureRequest) -> Desk:
    if request.param == "linux":
        return LinuxDesk(request.getfixturevalue("session_bus"))
    return MacDesk(request.getfixturevalue("programs"))


@pytest.fixture
def signal(desk: Desk) -> Iterator[PlayerSignal]:
    signal = desk.signal()
    yield signal
    signal.close()


def test_nothing_is_there(signal: PlayerSignal) -> None:
    assert signal.snapshot() is None


def test_what_plays(desk: Desk, signal: PlayerSignal) -> None:
    with desk.play():
        seen = signal.snapshot()
    assert seen == PLAYING


def test_what_is_paused(desk: Desk, signal: PlayerSignal) -> None:
    with desk.play(playing=False):
        seen = signal.snapshot()
    assert seen is not None
    assert (seen.track, seen.is_playing) == (TRACK, False)


def test_a_closed_signal_begins_anew(desk: Desk, signal: PlayerSignal) -> None:
    signal.close()
    signal.close()
    with desk.play():
        assert signal.snapshot() == PLAYING


@pytest.mark.parametrize(
    ("platform", "kind"), [("linux", MprisSignal), ("darwin", AppleScriptSignal)]
)
def test_the_platforms_way(
    platform: str, kind: type[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert type(find_player_signal()) is kind


@pytest.mark.parametrize("platform", ["win32", "freebsd14"])
def test_where_there_is_none(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert find_player_signal() is None
