from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from companion.face import camera
from companion.face.camera import Camera, Source
from tests.cli.shell import HAPPY, Run, Stage
from tests.face.fakes import FakeCamera, grey
from tests.faults.checks import nothing_is_lost, shows

CASES = [
    *("camera missing", "camera busy", "camera hangs opening", "camera hangs reading"),
    *("camera black", "camera sizes"),
]
SIZES = ((1, 1), (48, 64), (2000, 3), (7, 900), (480, 640))
LOOK = 120  # frames; more than a look has
Open = Callable[[Source], Camera]


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Waited for by what hangs, until the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def watched(signed_in: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Something plays, the library is tagged, and the mood must be looked for."""
    for name in ("OPEN", "FRAME", "CLOSE"):
        monkeypatch.setattr(camera, f"{name}_DEADLINE_SECONDS", 0.5)
    signed_in.play()
    signed_in.tag_all(HAPPY)
    return signed_in


def test_missing(watched: Stage, run: Run) -> None:
    shows("camera missing", run("once", "--source", "63"))
    nothing_is_lost(watched)
    assert not watched.spotify.player.queued()


def make_opener(name: str, never: threading.Event) -> Open:
    def hang(_: object) -> Camera:
        never.wait()
        raise AssertionError

    def hang_later(count: int) -> None:
        if count == 5:
            never.wait()

    grown = [grey(120, SIZES[k % len(SIZES)]) for k in range(LOOK)]
    openers: dict[str, Open] = {
        "camera busy": FakeCamera([]).open,
        "camera hangs opening": hang,
        "camera hangs reading": FakeCamera([grey(120)] * LOOK, before=hang_later).open,
        "camera black": FakeCamera([grey(2, (480, 640))] * LOOK).open,
        "camera sizes": FakeCamera(grown).open,
    }
    return openers[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES[1:])
def test_a_stand_in(
    name: str,
    never: threading.Event,
    watched: Stage,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(camera, "open_source", make_opener(name, never))
    shows(name, run("once", "--source", "0"))
    assert not watched.spotify.player.queued()
    assert watched.rows("visits") == 1
    nothing_is_lost(watched)
