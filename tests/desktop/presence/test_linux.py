from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from companion.desktop.bus import Bus
from companion.desktop.presence.linux import LinuxPresence, read_idle_hint, read_lock_hint
from tests.desktop.buses import PrivateBus
from tests.desktop.sessions import Logind, Mutter, Plasma, Screensaver

NOW = 5000.0  # seconds of the monotonic clock


@pytest.fixture
def presence() -> Iterator[LinuxPresence]:
    buses = Bus("system"), Bus("session")
    yield LinuxPresence(*buses, clock=lambda: NOW)
    for bus in buses:
        bus.close()


@pytest.fixture
def logind(system_bus: PrivateBus) -> Iterator[Logind]:
    with Logind(system_bus) as logind:
        yield logind


@pytest.mark.usefixtures("no_bus")
def test_without_buses_all_is_unknown(presence: LinuxPresence) -> None:
    assert presence.is_locked() is None
    assert presence.idle_seconds() is None


@pytest.mark.usefixtures("session_bus", "system_bus")
def test_on_empty_buses_all_is_unknown(presence: LinuxPresence) -> None:
    assert presence.is_locked() is None
    assert presence.idle_seconds() is None


@pytest.mark.usefixtures("session_bus")
@pytest.mark.parametrize("locked", [False, True])
def test_logind_tells_of_the_lock(locked: bool, presence: LinuxPresence, logind: Logind) -> None:
    logind.tell(locked=locked)
    assert presence.is_locked() is locked


@pytest.mark.usefixtures("session_bus")
def test_behind_another_users_session_is_as_good_as_locked(
    presence: LinuxPresence, logind: Logind
) -> None:
    logind.tell(active=False)
    assert presence.is_locked() is True


@pytest.mark.usefixtures("session_bus")
@pytest.mark.parametrize(
    ("name", "path"), [("", "/"), ("9", "/org/freedesktop/login1/session/_39")]
)
def test_without_a_session_at_a_screen(
    name: str, path: str, presence: LinuxPresence, logind: Logind
) -> None:
    logind.show(name, path)
    assert presence.is_locked() is None
    assert presence.idle_seconds() is None


@pytest.mark.parametrize(
    "name",
    [
        "org.freedesktop.ScreenSaver",
        "org.gnome.ScreenSaver",
        "org.cinnamon.ScreenSaver",
        "org.mate.ScreenSaver",
        "org.xfce.ScreenSaver",
    ],
)
@pytest.mark.usefixtures("system_bus")
def test_every_screen_saver_is_asked(
    name: str, presence: LinuxPresence, session_bus: PrivateBus
) -> None:
    with Screensaver(session_bus, name) as saver:
        assert presence.is_locked() is False
        saver.tell(active=True)
        assert presence.is_locked() is True


@pytest.mark.parametrize("hint", [False, True])
@pytest.mark.parametrize("active", [False, True])
def test_one_that_says_locked_is_believed(
    hint: bool, active: bool, presence: LinuxPresence, logind: Logind, session_bus: PrivateBus
) -> None:
    logind.tell(locked=hint)
    with Screensaver(session_bus) as saver:
        saver.tell(active=active)
        assert presence.is_locked() is (hint or active)


@pytest.mark.usefixtures("logind")
def test_a_screen_saver_that_cannot_tell(presence: LinuxPresence, session_bus: PrivateBus) -> None:
    """GNOME's stand-in for the freedesktop name answers with an error."""
    with Screensaver(session_bus, "org.freedesktop.ScreenSaver") as saver:
        saver.methods.clear()
        assert presence.is_locked() is False


@pytest.mark.usefixtures("system_bus")
@pytest.mark.parametrize("clock", [Mutter, Plasma])
@pytest.mark.parametrize("milliseconds", [0, 1500, 4_000_000_000])
def test_the_desktops_idle_clocks(
    clock: type[Mutter | Plasma],
    milliseconds: int,
    presence: LinuxPresence,
    session_bus: PrivateBus,
) -> None:
    with clock(session_bus, milliseconds):
        assert presence.idle_seconds() == milliseconds / 1000


def test_an_idle_clock_is_better_than_the_hint(
    presence: LinuxPresence, logind: Logind, session_bus: PrivateBus
) -> None:
    logind.tell(idle=True, since=NOW - 900)
    assert presence.idle_seconds() == 900
    with Mutter(session_bus, 3000):
        assert presence.idle_seconds() == 3


@pytest.mark.usefixtures("session_bus")
def test_a_session_that_is_not_idle_tells_no_time(presence: LinuxPresence, logind: Logind) -> None:
    logind.tell(idle=False, since=NOW - 900)
    assert presence.idle_seconds() is None


@pytest.mark.parametrize(
    ("session", "locked"),
    [
        ({}, None),
        ({"Active": True}, None),
        ({"Active": True, "LockedHint": False}, False),
        ({"LockedHint": True}, True),
        ({"Active": False}, True),
        ({"Active": False, "LockedHint": False}, True),
        ({"LockedHint": "yes"}, None),
        ({"Active": "no", "LockedHint": None}, None),
    ],
)
def test_the_lock_hint(session: dict[str, Any], locked: bool | None) -> None:
    assert read_lock_hint(session) is locked


@pytest.mark.parametrize(
    ("idle", "since", "seconds"),
    [
        (True, 4_999_000_000, 1.0),
        (True, 5_001_000_000, 0.0),
        (True, 0, 5000.0),
        (False, 4_999_000_000, None),
        (True, None, None),
        (True, "1", None),
        (None, 4_999_000_000, None),
        ("yes", 4_999_000_000, None),
    ],
)
def test_the_idle_hint(idle: Any, since: Any, seconds: float | None) -> None:
    assert read_idle_hint({"IdleHint": idle, "IdleSinceHintMonotonic": since}, NOW) == seconds


def test_a_hint_that_is_missing() -> None:
    assert read_idle_hint({}, NOW) is None
