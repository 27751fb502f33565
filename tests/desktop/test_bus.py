from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.desktop import bus as bus_module
from companion.desktop.bus import DEADLINE_SECONDS, Bus, BusObject
from tests.desktop.buses import Peer, PrivateBus

ECHO = BusObject("test.Echo", "/test/Echo", "test.Echo")


@pytest.fixture
def bus() -> Iterator[Bus]:
    bus = Bus("session")
    yield bus
    bus.close()


@pytest.fixture
def echo(session_bus: PrivateBus) -> Iterator[Peer]:
    with Peer(session_bus, ECHO.name) as peer:
        peer.methods[ECHO.interface, "Say"] = lambda *words: ("ss", words)
        peer.methods[ECHO.interface, "Nod"] = ("", ())
        yield peer


def test_a_call_is_answered(bus: Bus, echo: Peer) -> None:
    assert bus.call(ECHO, "Say", "ss", "one", "é") == ("one", "é")
    assert echo.calls == [("Say", ("one", "é"))]


def test_an_answer_without_values_is_an_answer(bus: Bus, echo: Peer) -> None:
    assert bus.call(ECHO, "Nod") == ()


def test_properties_come_without_their_types(bus: Bus, echo: Peer) -> None:
    echo.properties[ECHO.path, ECHO.interface] = {"Age": ("t", 7), "Names": ("as", ["a", "b"])}
    assert bus.properties(ECHO) == {"Age": 7, "Names": ["a", "b"]}


@pytest.mark.usefixtures("echo")
def test_an_error_is_no_answer(bus: Bus) -> None:
    assert bus.call(ECHO, "Sing") is None
    assert bus.properties(ECHO) is None
    assert bus.call(ECHO, "Say", "ss", "still", "there") == ("still", "there")


@pytest.mark.usefixtures("session_bus")
def test_nobody_has_the_name(bus: Bus) -> None:
    assert bus.call(ECHO, "Say", "ss", "any", "body") is None


@pytest.mark.parametrize(
    "address",
    [
        "unix:path=/nowhere",
        "unix:path=/dev/null",
        "tcp:host=127.0.0.1,port=1",
        "autolaunch:",
        "no address",
        "",
    ],
)
def test_no_bus_at_the_address(address: str, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    assert bus.call(ECHO, "Nod") is None


def test_no_address_at_all(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert bus.call(ECHO, "Nod") is None


def test_without_an_address_the_runtime_folder_has_the_bus(
    bus: Bus, echo: Peer, session_bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session_bus.folder))
    assert bus.call(ECHO, "Nod") == ()


@pytest.mark.usefixtures("session_bus")
def test_the_two_buses_are_two(bus: Bus, system_bus: PrivateBus) -> None:
    system = Bus("system")
    with Peer(system_bus, ECHO.name) as peer:
        peer.methods[ECHO.interface, "Nod"] = ("", ())
        assert system.call(ECHO, "Nod") == ()
        assert bus.call(ECHO, "Nod") is None
    system.close()


@pytest.mark.usefixtures("echo")
def test_one_connection_is_kept(bus: Bus) -> None:
    bus.call(ECHO, "Nod")
    connection = bus._connection
    for _ in range(5):
        bus.call(ECHO, "Nod")
        bus.call(ECHO, "Sing")
    assert connection is not None
    assert bus._connection is connection


def test_a_bus_that_ends_is_found_again(bus: Bus, session_bus: PrivateBus) -> None:
    with Peer(session_bus, ECHO.name) as peer:
        peer.methods[ECHO.interface, "Nod"] = ("", ())
        assert bus.call(ECHO, "Nod") == ()
        session_bus.stop()
        assert bus.call(ECHO, "Nod") is None
        assert bus.call(ECHO, "Nod") is None
    session_bus.start()
    with Peer(session_bus, ECHO.name) as peer:
        peer.methods[ECHO.interface, "Nod"] = ("", ())
        assert bus.call(ECHO, "Nod") == ()


def test_a_closed_bus_opens_at_the_next_call(bus: Bus, echo: Peer) -> None:
    assert bus.call(ECHO, "Nod") == ()
    bus.close()
    bus.close()
    assert bus.call(ECHO, "Nod") == ()


def test_a_program_that_hangs_costs_the_deadline_and_no_more(bus: Bus, echo: Peer) -> None:
    echo.methods[ECHO.interface, "Sleep"] = None
    begin = time.monotonic()
    assert bus.call(ECHO, "Sleep") is None
    assert DEADLINE_SECONDS <= time.monotonic() - begin < 3 * DEADLINE_SECONDS
    assert bus.call(ECHO, "Say", "ss", "and", "on") == ("and", "on")


def test_a_bus_that_hangs_costs_the_deadline_and_no_more(
    bus: Bus, echo: Peer, session_bus: PrivateBus
) -> None:
    assert bus.call(ECHO, "Nod") == ()
    session_bus.signal(signal.SIGSTOP)
    try:
        for _ in range(2):  # on the old connection, then on a new one
            begin = time.monotonic()
            assert bus.call(ECHO, "Nod") is None
            assert time.monotonic() - begin < 3 * DEADLINE_SECONDS
    finally:
        session_bus.signal(signal.SIGCONT)
    assert bus.call(ECHO, "Nod") == ()


@pytest.mark.usefixtures("echo")
def test_a_bus_that_reads_nothing_costs_the_deadline_and_no_more(
    bus: Bus, session_bus: PrivateBus
) -> None:
    assert bus.call(ECHO, "Nod") == ()
    session_bus.signal(signal.SIGSTOP)
    try:
        begin = time.monotonic()
        assert bus.call(ECHO, "Say", "ss", "more than fits on the way " * 100_000, "") is None
        assert time.monotonic() - begin < 3 * DEADLINE_SECONDS
    finally:
        session_bus.signal(signal.SIGCONT)


def test_a_bus_that_never_greets_costs_the_deadline(
    bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the sign-in, then says nothing more."""
    monkeypatch.setattr(bus_module, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/mute")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "mute"))
        server.listen()

        def let_in() -> None:
            link, _ = server.accept()
            with link:
                link.recv(1024)
                link.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
                while link.recv(1024):
                    pass

        before = open_descriptors()
        host = threading.Thread(target=let_in)
        host.start()
        begin = time.monotonic()
        assert bus.call(ECHO, "Nod") is None
        assert time.monotonic() - begin < 2
        host.join(5)
        assert not host.is_alive()
        assert not open_descriptors() - before


@pytest.mark.parametrize("start", [False, True])
def test_only_a_call_that_may_starts_a_program(
    start: bool, bus: Bus, session_bus: PrivateBus, tmp_path: Path
) -> None:
    mark = tmp_path / "started"
    service = f"[D-BUS Service]\nName={ECHO.name}\nExec=/usr/bin/touch {mark}\n"
    (session_bus.folder / f"{ECHO.name}.service").write_text(service)
    session_bus.stop()
    session_bus.start()
    assert bus.call(ECHO, "Nod", start=start) is None
    assert mark.exists() is start


def test_threads_may_share_it(bus: Bus, echo: Peer) -> None:
    wrong: list[str] = []

    def ask(word: str) -> None:
        wrong.extend(
            word for _ in range(50) if bus.call(ECHO, "Say", "ss", word, word) != (word,) * 2
        )

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(echo.calls) == 200


def open_descriptors() -> set[tuple[str, str]]:
    """The numbers of this process's open descriptors, each with what it is."""
    found = set()
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208 - Path.iterdir opens one too
        with contextlib.suppress(OSError):  # the one of the listing itself
            found.add((number, os.readlink(f"/proc/self/fd/{number}")))  # noqa: PTH115
    return found


def test_no_descriptor_is_left_open(echo: Peer) -> None:
    before = open_descriptors()
    for _ in range(20):
        bus = Bus("session")
        bus.call(ECHO, "Sing")
        bus.close()
    assert not open_descriptors() - before


def test_the_library_is_imported_only_with_the_module() -> None:
    """The other platforms do not have it."""
    code = (
        "import sys; import companion.desktop.player.signal, companion.desktop.presence.presence;"
        "import companion.desktop.notices, companion.desktop.service.service;"
        "sys.exit('jeepney' in sys.modules or 'psutil' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the code above
