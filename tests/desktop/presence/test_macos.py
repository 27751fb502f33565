from __future__ import annotations

import os
import plistlib
from typing import Any

import pytest

from companion.desktop.presence.macos import MacPresence, read_idle, read_locked
from tests.desktop.programs import Programs

ME = 501
IN_FRONT = {"kCGSSessionUserIDKey": ME, "kCGSSessionOnConsoleKey": True}
LOCKED = IN_FRONT | {"CGSSessionScreenIsLocked": True}
BEHIND = IN_FRONT | {"kCGSSessionOnConsoleKey": False}
OTHER = IN_FRONT | {"kCGSSessionUserIDKey": 502}


def root(*sessions: dict[str, Any]) -> bytes:
    return plistlib.dumps({"IORegistryEntryName": "Root", "IOConsoleUsers": list(sessions)})


@pytest.mark.parametrize(
    ("answer", "locked"),
    [
        (root(IN_FRONT), False),
        (root(LOCKED), True),
        (root(BEHIND), True),
        (root(OTHER, IN_FRONT), False),
        (root(OTHER | {"CGSSessionScreenIsLocked": True}, IN_FRONT), False),
        (root(OTHER, BEHIND), True),
        (root(OTHER), None),
        (root(), None),
        (plistlib.dumps([{"IOConsoleUsers": [IN_FRONT]}]), False),
        (plistlib.dumps({}), None),
        (plistlib.dumps([]), None),
        (plistlib.dumps("no"), None),
        (b"", None),
        (b"+-o Root  <class IORegistryEntry>", None),
        (b"<?xml version='1.0'?><plist><dict>", None),
    ],
)
def test_the_lock(answer: bytes, locked: bool | None) -> None:
    assert read_locked(answer, ME) is locked


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (plistlib.dumps([{"HIDIdleTime": 2_500_000_000}]), 2.5),
        (plistlib.dumps([{"HIDIdleTime": 0}]), 0.0),
        (plistlib.dumps([{"other": 1}, {"HIDIdleTime": 1_000_000_000}]), 1.0),
        (plistlib.dumps({"HIDIdleTime": 1_000_000_000}), 1.0),
        (plistlib.dumps([{"HIDIdleTime": b"\0\0"}]), None),
        (plistlib.dumps([{"HIDIdleTime": "1"}]), None),
        (plistlib.dumps(["HIDIdleTime"]), None),
        (plistlib.dumps([]), None),
        (b"", None),
    ],
)
def test_the_idle_time(answer: bytes, seconds: float | None) -> None:
    assert read_idle(answer) == seconds


def test_ioreg_is_asked(programs: Programs) -> None:
    mine = IN_FRONT | {"kCGSSessionUserIDKey": os.getuid()}
    (programs.folder / "root").write_bytes(root(mine | {"CGSSessionScreenIsLocked": True}))
    (programs.folder / "hid").write_bytes(plistlib.dumps([{"HIDIdleTime": 7_000_000_000}]))
    programs.put(
        "ioreg",
        f'case "$*" in *IOHIDSystem*) cat "{programs.folder}/hid" ;;'
        f' *Root*) cat "{programs.folder}/root" ;; esac',
    )
    assert MacPresence().is_locked() is True
    assert MacPresence().idle_seconds() == 7.0


def test_without_ioreg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert MacPresence().is_locked() is None
    assert MacPresence().idle_seconds() is None
