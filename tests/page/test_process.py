"""`companion open` as real processes: one page for each user, which outlives the command."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from companion.errors import AgentRunning
from companion.page.server.lifetime import Lifetime
from companion.page.server.process import serve
from companion.paths import Paths
from tests.page.served import Browser, Served

HEAVY = {"jax", "mediapipe", "librosa", "cv2", "matplotlib", "flax"}
LIGHT = (
    "import sys\nfrom companion.page.server import process\n"
    "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
)


def run(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run this Python to its end."""
    return subprocess.run(  # noqa: S603 - the words here
        (sys.executable, "-P", *words),
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def of_the_page(modules: str) -> list[str]:
    found = ("companion.page", "starlette", "uvicorn")
    return [name for name in modules.split() if name.startswith(found)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    backend = "keyring.backends.null.Keyring"
    return os.environ | {
        "COMPANION_HOME": str(tmp_path / "home"),
        "PYTHON_KEYRING_BACKEND": backend,
    }


@pytest.fixture
def opened(environment: dict[str, str], tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of two commands, one after the other."""
    addresses = [
        run("-m", "companion", "open", "--no-browser", env=environment).stdout.strip()
        for _ in range(2)
    ]
    yield addresses
    for process in _pages(tmp_path):
        process.kill()


def _pages(tmp_path: Path) -> list[psutil.Process]:
    home = str(tmp_path / "home")
    return [
        one
        for one in psutil.process_iter(["cmdline"])
        if "--stay" in (one.info["cmdline"] or ()) and one.environ().get("COMPANION_HOME") == home
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals end a process otherwise there")
def test_one_page_for_all_commands(opened: list[str], tmp_path: Path) -> None:
    first, second = map(urlsplit, opened)
    assert first.port == second.port
    assert first.query != second.query
    for address in opened:
        browser = Browser(first.port or 0)
        assert browser.open(address).status == http.client.SEE_OTHER
        assert browser.get("/api/tasks").data == {}
    (page,) = _pages(tmp_path)
    assert first.query not in " ".join(page.cmdline())
    page.send_signal(signal.SIGTERM)
    page.wait(20)
    assert list((tmp_path / "home" / "run").iterdir()) == [tmp_path / "home" / "run" / "page.lock"]


def test_it_is_served_once(served: Served) -> None:
    with pytest.raises(AgentRunning):
        serve(served.paths)


def test_it_ends_by_itself_after_its_last_tab(paths: Paths) -> None:
    now = 0.0
    life = Lifetime(lambda: now)
    started = threading.Event()
    addresses: list[str] = []

    def note(address: str) -> None:
        addresses.append(address)
        started.set()

    thread = threading.Thread(target=serve, args=(paths, note, life), daemon=True)
    thread.start()
    assert started.wait(20)
    browser = Browser(urlsplit(addresses[0]).port or 0)
    browser.open(addresses[0])
    tab = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=20)
    tab.request(
        "GET",
        "/api/events",
        headers={"Cookie": f"companion_page={browser.cookie}", "Sec-Fetch-Site": "same-origin"},
    )
    answer = tab.getresponse()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.readline() == b"event: hello\n"
    assert life.tabs == 1
    now = 10_000.0
    thread.join(1.5)
    assert thread.is_alive()  # the tab keeps it
    answer.close()
    tab.close()
    deadline = time.monotonic() + 20
    while life.tabs and time.monotonic() < deadline:
        time.sleep(0.05)
    assert life.tabs == 0
    now += 601
    thread.join(20)
    assert not thread.is_alive()
    assert not (paths.runtime / "page.json").exists()


def test_the_page_loads_nothing_heavy(environment: dict[str, str]) -> None:
    ended = run("-c", LIGHT, env=environment)
    assert HEAVY.isdisjoint(ended.stdout.split())


@pytest.mark.parametrize("words", [("status",), ("--help",), ("--version",)])
def test_other_commands_load_nothing_of_the_page(
    environment: dict[str, str], words: tuple[str, ...]
) -> None:
    script = (
        "import sys\nfrom companion.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    ended = run("-c", script, *words, env=environment)
    assert of_the_page(ended.stderr) == []


def test_the_agent_loads_nothing_of_the_page() -> None:
    script = "import sys, companion.agent.service.serve\nprint(*sys.modules)"
    ended = run("-c", script)
    assert of_the_page(ended.stdout) == []


def test_what_changes_is_told(served: Served) -> None:
    browser = served.browser()
    tab = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=20)
    headers = {"Cookie": f"companion_page={browser.cookie}", "Sec-Fetch-Site": "same-origin"}
    tab.request("GET", "/api/events", headers=headers)
    answer = tab.getresponse()
    assert answer.readline() == b"event: hello\n"
    browser.post("/api/pause", {"length": "open"})
    told: list[object] = [None, None]
    deadline = time.monotonic() + 30
    while told[0] is None:
        line = answer.readline()
        assert line
        assert time.monotonic() < deadline
        if line.startswith(b'data: {"'):
            told = json.loads(line[6:])["override"]
    answer.close()
    tab.close()
