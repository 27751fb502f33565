from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.desktop.player.applescript import (
    ANSWER_SECONDS,
    SEPARATOR,
    AppleScriptSignal,
    move_on,
    read_answer,
)
from companion.playback import PlayerSnapshot
from companion.track import Track
from tests.desktop.programs import Programs

TRACK = Track("abc", "spotify:track:abc", "Song", ("One",), duration_ms=180_000)
PLAYING = PlayerSnapshot(
    TRACK, is_playing=True, position_ms=30_000, duration_ms=180_000, exact=False
)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signal(clock: Clock) -> AppleScriptSignal:
    return AppleScriptSignal(clock)


def play(programs: Programs, position: int = 30_000, state: str = "playing") -> None:
    parts = (state, "spotify:track:abc", "Song", "One", "180000", str(position))
    programs.put("osascript", f"echo '{SEPARATOR.join(parts)}'")


def test_a_question_is_not_asked_twice_at_once(
    signal: AppleScriptSignal, clock: Clock, programs: Programs
) -> None:
    play(programs)
    assert signal.snapshot() == PLAYING
    clock.now += ANSWER_SECONDS - 1
    assert signal.snapshot() == replace(
        PLAYING, position_ms=30_000 + round(ANSWER_SECONDS - 1) * 1000
    )
    assert len(programs.calls("osascript")) == 1
    clock.now += 1
    play(programs, 60_000)
    assert signal.snapshot() == replace(PLAYING, position_ms=60_000)
    assert len(programs.calls("osascript")) == 2


def test_at_the_end_of_the_track_it_asks_anew(
    signal: AppleScriptSignal, clock: Clock, programs: Programs
) -> None:
    play(programs, 179_000)
    signal.snapshot()
    clock.now += 2
    play(programs, 500)
    assert signal.snapshot() == replace(PLAYING, position_ms=500)


def test_no_answer_is_remembered_too(
    signal: AppleScriptSignal, clock: Clock, programs: Programs
) -> None:
    programs.put("osascript", "echo 'not allowed' >&2; exit 1")
    assert signal.snapshot() is None
    clock.now += 1
    assert signal.snapshot() is None
    assert len(programs.calls("osascript")) == 1


def test_without_osascript(signal: AppleScriptSignal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert signal.snapshot() is None


def test_no_application_is_started(signal: AppleScriptSignal, programs: Programs) -> None:
    """The script asks first whether it runs: a `tell` alone would start it."""
    play(programs)
    signal.snapshot()
    script = programs.calls("osascript")[0]
    assert script.index("is not running then return") < script.index("tell application id")


def answer(**changes: str) -> str:
    parts = {
        "state": "playing",
        "uri": "spotify:track:abc",
        "title": "Song",
        "artist": "One",
        "duration": "180000",
        "position": "30000",
    }
    return SEPARATOR.join((parts | changes).values()) + "\n"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (answer(), PLAYING),
        (answer(state="paused"), replace(PLAYING, is_playing=False)),
        (answer(title="a, b\nc"), replace(PLAYING, track=replace(TRACK, title="a, b c"))),
        (answer(artist=""), replace(PLAYING, track=replace(TRACK, artists=()))),
        (
            answer(uri="spotify:local:One::Song:180"),
            replace(PLAYING, track=replace(TRACK, id="", uri="")),
        ),
        (answer(uri="missing value"), replace(PLAYING, track=replace(TRACK, id="", uri=""))),
        (
            answer(duration="0"),
            replace(PLAYING, track=replace(TRACK, duration_ms=0), duration_ms=0),
        ),
        (
            answer(duration="1.8E+5"),
            replace(PLAYING, track=replace(TRACK, duration_ms=0), duration_ms=0),
        ),
        (
            answer(duration="9" * 5000),
            replace(PLAYING, track=replace(TRACK, duration_ms=0), duration_ms=0),
        ),
        (answer(position=str(2**70)), replace(PLAYING, position_ms=None)),
        (answer(position="٣"), replace(PLAYING, position_ms=None)),
        (answer(position="0"), replace(PLAYING, position_ms=0)),
        (answer(position="30,5"), replace(PLAYING, position_ms=None)),
        (answer(position="-1"), replace(PLAYING, position_ms=None)),
        ("stopped\n", PlayerSnapshot(exact=False)),
        ("\n", None),
        ("", None),
        ("playing\n", None),
        (answer() + SEPARATOR, None),
    ],
)
def test_what_the_script_prints(text: str, seen: PlayerSnapshot | None) -> None:
    assert read_answer(text) == seen


@given(st.text())
def test_whatever_is_printed_is_read(text: str) -> None:
    read_answer(text)
    read_answer(answer(position=text.replace(SEPARATOR, "")))


@pytest.mark.parametrize(
    ("changes", "elapsed", "position"),
    [
        ({}, 0, 30_000),
        ({}, 5.5, 35_500),
        ({}, 1e6, 180_000),
        ({"is_playing": False}, 5, 30_000),
        ({"position_ms": None}, 5, None),
        ({"duration_ms": 0}, 5, 30_000),
    ],
)
def test_the_position_moves_with_the_clock(
    changes: dict[str, object], elapsed: float, position: int | None
) -> None:
    seen: PlayerSnapshot = replace(PLAYING, **changes)  # type: ignore[arg-type]
    assert move_on(seen, elapsed).position_ms == position
