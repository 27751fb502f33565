from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from companion.spotify.auth.callback import Answer, CallbackServer, read_answer

STATE = "the-right-state"
SOON = 10.0  # seconds


@contextmanager
def waiting(seconds: float = SOON) -> Iterator[tuple[CallbackServer, list[Answer | None]]]:
    """A server that waits in a thread; the list gets what it waited for."""
    found: list[Answer | None] = []
    with CallbackServer(STATE) as server:
        thread = threading.Thread(target=lambda: found.append(server.wait(seconds)))
        thread.start()
        yield server, found
        thread.join(SOON)
        assert not thread.is_alive()


def get(url: str) -> requests.Response:
    with requests.Session() as session:
        return session.get(url, headers={"Connection": "close"}, timeout=SOON)


def origin(server: CallbackServer) -> str:
    return server.redirect_uri.removesuffix("/callback")


def test_listens_on_loopback_at_the_registered_path() -> None:
    with CallbackServer(STATE) as server:
        parts = urlsplit(server.redirect_uri)
        assert (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "/callback")
        assert parts.port


def test_two_sign_ins_at_once_have_two_ports() -> None:
    with CallbackServer(STATE) as one, CallbackServer(STATE) as other:
        assert one.redirect_uri != other.redirect_uri


def test_takes_the_code() -> None:
    with waiting() as (server, found):
        page = get(f"{server.redirect_uri}?code=the-code&state={STATE}")
    assert found == [Answer(code="the-code")]
    assert page.status_code == 200
    assert "Go back to the terminal" in page.text
    assert "the-code" not in page.text


def test_takes_a_denial() -> None:
    with waiting() as (server, found):
        page = get(f"{server.redirect_uri}?error=access_denied&state={STATE}")
    assert found == [Answer(error="access_denied")]
    assert "companion login" in page.text


def test_escapes_what_it_shows() -> None:
    with waiting() as (server, found):
        page = get(f"{server.redirect_uri}?error=%3Cscript%3Ealert(1)%3C/script%3E&state={STATE}")
    assert found == [Answer(error="<script>alert(1)</script>")]
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/favicon.ico", 404),
        ("/", 404),
        (f"/callback/?code=x&state={STATE}", 404),
        (f"/Callback?code=x&state={STATE}", 404),
        ("/callback", 400),
        ("/callback?code=x", 400),
        ("/callback?code=x&state=", 400),
        ("/callback?code=x&state=wrong", 400),
        ("/callback?code=x&state=%C3%A9%FF", 400),
        (f"/callback?code=x&state={STATE}x", 400),
        (f"/callback?code=x&state={STATE}&state=wrong", 400),
        ("/callback?error=access_denied&state=wrong", 400),
        (f"/callback?state={STATE}", 400),
        (f"/callback?code=&state={STATE}", 400),
    ],
)
def test_survives_requests_that_are_not_ours(path: str, status: int) -> None:
    with waiting() as (server, found):
        assert get(origin(server) + path).status_code == status
        assert found == []
        get(f"{server.redirect_uri}?code=right&state={STATE}")
    assert found == [Answer(code="right")]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"nonsense\r\n\r\n",
        b"POST /callback HTTP/1.1\r\n\r\n",
        b"GET //[ HTTP/1.1\r\n\r\n",
    ],
)
def test_survives_connections_that_say_nothing_or_nonsense(sent: bytes) -> None:
    with waiting() as (server, found):
        address = ("127.0.0.1", urlsplit(server.redirect_uri).port or 0)
        with socket.create_connection(address) as idle:
            idle.sendall(sent)
            get(f"{server.redirect_uri}?code=right&state={STATE}")
    assert found == [Answer(code="right")]


def test_the_first_answer_counts() -> None:
    with CallbackServer(STATE) as server:
        threads = []
        for code in ("first", "second"):
            thread = threading.Thread(
                target=get, args=(f"{server.redirect_uri}?code={code}&state={STATE}",)
            )
            thread.start()
            threads.append(thread)
            time.sleep(0.05)
            server.handle_request()
        for thread in threads:
            thread.join()
        assert server.wait(0) == Answer(code="first")


def test_a_closed_tab_ends_with_the_deadline() -> None:
    begin = time.monotonic()
    with waiting(0.1) as (_, found):
        pass
    assert found == [None]
    assert time.monotonic() - begin < 2


def test_the_port_is_closed_afterwards() -> None:
    with CallbackServer(STATE) as server:
        uri = server.redirect_uri
    with pytest.raises(requests.ConnectionError):
        get(uri)


def test_shows_no_code() -> None:
    assert "secret" not in repr(Answer(code="secret"))


@given(st.text("abcstate=&%1é ", max_size=40))
def test_no_query_without_the_state_is_an_answer(query: str) -> None:
    assert read_answer(parse_qs(query), STATE.encode()) is None
