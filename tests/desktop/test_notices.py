from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from companion.desktop import notices
from companion.desktop.notices import notify, notify_macos, notify_windows, toast_xml
from tests.desktop.buses import Peer, PrivateBus
from tests.desktop.programs import Programs

NAME = "org.freedesktop.Notifications"
ODD = 'It\'s "odd" <b>& $(bold)</b> \u2018é\u2019 `ls` %TEMP% \\ 😀'


@pytest.fixture
def server(session_bus: PrivateBus) -> Peer:
    """A notice server; it shows what it is told under the number 1."""
    server = Peer(session_bus, NAME)
    server.methods[NAME, "GetCapabilities"] = ("as", (["body"],))
    server.methods[NAME, "Notify"] = ("u", (1,))
    return server


@pytest.mark.parametrize(
    ("abilities", "text"),
    [
        (["body"], ODD),
        (
            ["body", "body-markup"],
            ODD.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        ),
        ([], ODD),
    ],
)
def test_a_notice_is_shown(abilities: list[str], text: str, server: Peer) -> None:
    server.methods[NAME, "GetCapabilities"] = ("as", (abilities,))
    with server:
        assert notices.notify_linux("A title", ODD) is True
    method, values = server.calls[-1]
    assert method == "Notify"
    assert values == ("companion", 0, "", "A title", text, [], {}, -1)


def test_a_server_that_tells_no_abilities(server: Peer) -> None:
    del server.methods[NAME, "GetCapabilities"]
    with server:
        assert notices.notify_linux("A title", "a < b") is True
    assert server.calls[-1][1][4] == "a < b"


def test_a_server_that_refuses(server: Peer) -> None:
    del server.methods[NAME, "Notify"]
    with server:
        assert notices.notify_linux("A title", "text") is False


@pytest.mark.usefixtures("session_bus")
def test_no_server() -> None:
    assert notices.notify_linux("A title", "text") is False


def test_a_server_that_does_not_run_yet_is_started(session_bus: PrivateBus, tmp_path: Path) -> None:
    """Desktops without a shell of their own start it at the first notice."""
    mark = tmp_path / "started"
    service = f"[D-BUS Service]\nName={NAME}\nExec=/usr/bin/touch {mark}\n"
    (session_bus.folder / f"{NAME}.service").write_text(service)
    session_bus.stop()
    session_bus.start()
    assert notices.notify_linux("A title", "text") is False  # this one only leaves a mark
    assert mark.exists()


@pytest.mark.usefixtures("no_bus")
def test_no_bus() -> None:
    assert notices.notify_linux("A title", "text") is False


def test_macos_is_given_the_words_as_arguments(programs: Programs) -> None:
    programs.put("osascript", "")
    assert notify_macos("A title", ODD) is True
    (call,) = programs.calls("osascript")
    assert call.endswith(f"|A title|{ODD}")


def test_windows_is_given_a_script_with_the_words_in_it(programs: Programs) -> None:
    programs.put("powershell", "")
    assert notify_windows("A title", ODD) is True
    (call,) = programs.calls("powershell")
    script = base64.b64decode(call.rsplit("|", 1)[1]).decode("utf-16-le")
    found = re.search(r"LoadXml\('([^']*)'\)", script)
    assert found
    texts = [text.text for text in ElementTree.fromstring(found[1]).iter("text")]  # noqa: S314 - our own
    assert texts == ["A title", ODD]


@pytest.mark.parametrize("word", [ODD, "'", "\u2018\u2019\u201a\u201b", "]]>", "", "\n"])
def test_nothing_ends_the_string_in_the_script(word: str) -> None:
    toast = toast_xml(word, word)
    assert toast.isascii()
    assert "'" not in toast
    texts = [text.text or "" for text in ElementTree.fromstring(toast).iter("text")]  # noqa: S314 - our own
    assert texts == [word, word]


@pytest.mark.parametrize(
    ("platform", "program"), [("darwin", "osascript"), ("win32", "powershell")]
)
@pytest.mark.parametrize(("script", "shown"), [("", True), ("exit 1", False)])
def test_the_platforms_programs(
    platform: str,
    program: str,
    script: str,
    shown: bool,
    programs: Programs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    programs.put(program, script)
    assert notify("A title", "text") is shown
    assert len(programs.calls(program)) == 1


def test_linux_uses_the_bus(server: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with server:
        assert notify("A title", "text") is True


def test_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "freebsd14")
    assert notify("A title", "text") is False
