"""Signing in, reading the library and tagging it, started by the page, against the simulator."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Iterator
from typing import Any

import pytest

from companion.demo.environment import CLIENT_ID, consent
from companion.demo.simulator.library import library
from companion.demo.simulator.server import Simulator
from companion.paths import Paths
from companion.spotify.auth.credentials import CredentialStore
from tests.page.served import Browser, serving

SAVED = 3  # tracks
DEADLINE_S = 240.0


@pytest.fixture
def spotify(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with Simulator(library(SAVED)) as running:
        for name, value in {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_API_URL": running.url,
            "SPOTIFY_ACCOUNTS_URL": running.url,
            "CLIPS_PROVIDERS": "deezer",
            "CLIPS_DEEZER_URL": running.deezer_url,
        }.items():
            monkeypatch.setenv(f"COMPANION_{name}", value)
        monkeypatch.setattr(webbrowser, "open", consent)
        yield running


@pytest.fixture
def browser(spotify: Simulator, paths: Paths) -> Iterator[Browser]:
    with serving(paths) as served:
        yield served.browser()


def finish(browser: Browser, kind: str) -> dict[str, Any]:
    """Start work as the page does, and give its last state."""
    assert browser.post("/api/start", {"kind": kind}).data == {}
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        task: dict[str, Any] = browser.get("/api/tasks").data[kind]
        if task["state"] != "running":
            return task
        time.sleep(0.05)
    raise AssertionError(f"{kind} did not end")


def test_the_library_is_read_after_the_sign_in(browser: Browser, spotify: Simulator) -> None:
    refused = finish(browser, "sync")
    assert (refused["state"], refused["problem"]) == ("failed", "You are not signed in to Spotify.")
    assert not browser.get("/api/setup").data["sign_in"]["done"]
    signed = finish(browser, "sign_in")
    assert signed["state"] == "done"
    assert signed["result"]["days"] > 100
    assert browser.get("/api/setup").data["sign_in"]["done"]
    read = finish(browser, "sync")
    assert (read["state"], read["done"], read["result"]["added"]) == ("done", SAVED, SAVED)
    assert browser.get("/api/setup").data["library"]["tracks"] == SAVED
    assert spotify.count("GET", "/v1/me/tracks") > 0


def test_an_empty_library_is_not_tagged(browser: Browser) -> None:
    ended = finish(browser, "tag")
    assert (ended["state"], ended["problem"]) == ("failed", "The library is empty.")


def test_no_answer_holds_what_the_sign_in_brought(browser: Browser) -> None:
    finish(browser, "sign_in")
    answers = b"".join(browser.get(f"/api/{name}").body for name in ("tasks", "setup", "settings"))
    kept = CredentialStore().load()
    assert kept is not None
    assert kept.refresh_token.encode() not in answers


@pytest.mark.slow
def test_the_library_is_tagged(browser: Browser) -> None:
    finish(browser, "sign_in")
    finish(browser, "sync")
    tagged = finish(browser, "tag")
    assert (tagged["state"], tagged["done"], tagged["total"]) == ("done", SAVED, SAVED)
    assert tagged["result"] == {"tagged": SAVED, "reasons": {}}
    assert len(browser.get("/api/map").data["id"]) == SAVED
