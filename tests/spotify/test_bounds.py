"""The real client against hosts and environments that overstep: time, size, credentials."""

from __future__ import annotations

import gzip
import json
import socket
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from companion.errors import QueueUnclear, SpotifyUnreachable
from companion.spotify import transport
from companion.spotify.auth import tokens
from companion.spotify.client import SpotifySession, connect
from tests.raw_host import Behaviour, answer, serve_raw
from tests.spotify.fakes import FakeTime, settings, signed_in_keyring
from tests.spotify.memory_quota import MemoryQuota

DEADLINE_SECONDS = 0.8
LONGEST_SECONDS = 10.0  # three tries and a busy machine; without a deadline none would end
GRANT = json.dumps({"access_token": "access-secret", "expires_in": 3600}).encode()
BOMB = gzip.compress(b" " * 300_000_000, 1)
MUCH_MEMORY = 100_000_000  # bytes
URI = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(transport, "DEADLINE_SECONDS", DEADLINE_SECONDS)
    monkeypatch.setattr(tokens, "DEADLINE_SECONDS", DEADLINE_SECONDS)


def open_session(url: str, api_url: str = "") -> SpotifySession:
    present = FakeTime()
    address = replace(settings(url), api_url=api_url or url)
    quota = MemoryQuota(present.now)
    return connect(address, quota, signed_in_keyring(), now=present.now, sleep=present.sleep)


def after_the_grant(behave: Behaviour) -> Behaviour:
    """The token endpoint answers well; the Web API as told."""

    def both(connection: socket.socket, head: bytes) -> None:
        if head.startswith(b"POST /api/token"):
            if head.endswith(b"\r\n\r\n"):
                connection.recv(4096)  # the form, where it did not come with the head
            connection.sendall(answer(GRANT))
        else:
            behave(connection, head)

    return both


def drip(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    while True:
        time.sleep(0.05)
        connection.sendall(b" ")


def bomb(connection: socket.socket, _: bytes) -> None:
    connection.sendall(answer(BOMB, "Content-Encoding: gzip"))


def endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" " * 65_536)


OVERSTEPPING = [
    pytest.param(drip, "too slowly", id="a drip"),
    pytest.param(bomb, "too large", id="a gzip bomb"),
    pytest.param(endless, "too large|too slowly", id="an endless answer"),
]


@pytest.mark.parametrize(("behave", "words"), OVERSTEPPING)
def test_an_answer_of_the_web_api_is_bounded(behave: Behaviour, words: str) -> None:
    with serve_raw(after_the_grant(behave)) as host, open_session(host.url) as session:
        began = time.monotonic()
        tracemalloc.start()
        with pytest.raises(SpotifyUnreachable, match=words):
            session.player()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.monotonic() - began < LONGEST_SECONDS
    assert most < MUCH_MEMORY


@pytest.mark.parametrize(("behave", "words"), OVERSTEPPING)
def test_an_answer_of_the_token_endpoint_is_bounded(behave: Behaviour, words: str) -> None:
    with serve_raw(behave) as host, open_session(host.url) as session:
        began = time.monotonic()
        with pytest.raises(SpotifyUnreachable, match=f"sign-in.*(?:{words})"):
            session.player()
    assert time.monotonic() - began < LONGEST_SECONDS


@pytest.mark.parametrize("behave", [drip, bomb])
def test_an_add_whose_answer_oversteps_is_unclear_and_sent_once(behave: Behaviour) -> None:
    with serve_raw(after_the_grant(behave)) as host, open_session(host.url) as session:
        with pytest.raises(QueueUnclear):
            session.add(URI)
        assert sum(b"/queue" in head for head in host.heads) == 1


@pytest.mark.parametrize("entry", ["default", "machine 127.0.0.1"])
def test_netrc_replaces_no_token(entry: str, tmp_path: Path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"{entry} login someone password netrc-secret\n")
    netrc.chmod(0o600)
    fine = answer(b'{"is_playing": true}')
    behave = after_the_grant(lambda connection, _: connection.sendall(fine))
    with serve_raw(behave) as host, open_session(host.url) as session:
        assert session.player() is not None
        grant, player = host.heads
    assert b"Authorization" not in grant
    assert b"Authorization: Bearer access-secret" in player
    assert b"Basic" not in grant + player


def certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")


def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")


@pytest.mark.parametrize(
    ("spoil", "name"), [(certificates, "REQUESTS_CA_BUNDLE"), (proxy, "HTTPS_PROXY")]
)
@pytest.mark.parametrize("part", ["token endpoint", "Web API"])
def test_an_environment_that_cannot_work_is_named_and_nothing_is_sent(
    spoil: Callable[[pytest.MonkeyPatch], None],
    name: str,
    part: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve_raw(after_the_grant(drip)) as host:
        spoil(monkeypatch)
        secure = "https://127.0.0.1:9"
        accounts = secure if part == "token endpoint" else host.url
        with (
            open_session(accounts, api_url=secure) as session,
            pytest.raises(SpotifyUnreachable, match=name) as caught,
        ):
            session.add(URI)
    assert not isinstance(caught.value, QueueUnclear)
    assert name in caught.value.remedy
    assert "queue" not in caught.value.remedy


def test_an_add_behind_a_proxy_that_is_away_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_raw(after_the_grant(drip)) as host, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused.getsockname()[1]}")
        with (
            open_session(host.url, api_url="https://127.0.0.1:9") as session,
            pytest.raises(SpotifyUnreachable, match="the proxy") as caught,
        ):
            session.add(URI)
    assert not isinstance(caught.value, QueueUnclear)
