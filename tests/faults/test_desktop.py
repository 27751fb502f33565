from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.desktop.bus import Bus
from companion.desktop.player.mpris import MprisSignal
from companion.desktop.presence.linux import SCREENSAVERS, LinuxPresence
from tests.agent.service.test_agent import outcomes
from tests.agent.simulated import Life
from tests.desktop.buses import Peer, PrivateBus
from tests.desktop.conftest import session_bus
from tests.faults.checks import queued_once, troubles

__all__ = ["session_bus"]

CASES = ["bus gone, presence"]
SAVER = SCREENSAVERS[0]


@pytest.fixture
def no_system_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")


@pytest.fixture
def presence(no_system_bus: None) -> Iterator[LinuxPresence]:
    made = LinuxPresence(Bus("system"), Bus("session"))
    yield made
    made.close()


def test_gone_in_the_middle_of_a_call(
    life: Life, presence: LinuxPresence, session_bus: PrivateBus
) -> None:
    """The agent asks the screen saver while a visit begins; the bus ends before it answers."""
    asked = threading.Event()

    def never_answer(*_: object) -> None:
        asked.set()
        threading.Thread(target=session_bus.stop).start()

    signal = MprisSignal(Bus("session"))
    with Peer(session_bus, SAVER.name) as saver:
        saver.methods[SAVER.interface, "GetActive"] = never_answer
        life.desktop.is_locked = presence.is_locked  # type: ignore[method-assign]
        life.desktop.idle_seconds = presence.idle_seconds  # type: ignore[method-assign]
        life.desktop.snapshot = signal.snapshot  # type: ignore[method-assign]
        life.start()
        life.live(minutes=30)
    assert asked.is_set()
    assert presence.is_locked() is None
    assert "queued" in outcomes(life)
    assert troubles(life) == ""
    queued_once(life)
    signal.close()
