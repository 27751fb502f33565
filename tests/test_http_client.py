from __future__ import annotations

import gzip
import json
import math
import signal
import socket
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import spotipy
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    JSONDecodeError,
    RequestException,
    Timeout,
)

from companion.http_client import (
    AnswerTooLarge,
    BoundedSession,
    DeadlineExceeded,
    EnvironmentInvalid,
    describe_failure,
    parse_json,
)
from tests.raw_host import RawHost, answer, serve_raw

DEADLINE_SECONDS = 0.6
MAX_BYTES = 100_000
NOTICEABLY_SECONDS = 3.0  # a deadline that took so long did not hold
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def session() -> Iterator[BoundedSession]:
    with BoundedSession(DEADLINE_SECONDS, MAX_BYTES) as one:
        yield one


@contextmanager
def says(content: bytes) -> Iterator[RawHost]:
    with serve_raw(lambda connection, _: connection.sendall(content)) as host:
        yield host


def drip(content: bytes) -> Callable[[socket.socket, bytes], None]:
    """Sends a byte every so often, for ever."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(content)
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")

    return behave


def hang(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def continue_for_ever(connection: socket.socket, _: bytes) -> None:
    while True:
        time.sleep(0.05)
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


class TestDeadline:
    @pytest.mark.parametrize(
        "behave",
        [
            pytest.param(hang, id="silence"),
            pytest.param(drip(b""), id="status line"),
            pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), id="headers"),
            pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), id="body"),
            pytest.param(drip(b"HTTP/1.1 200 OK\r\n\r\n"), id="body without a length"),
            pytest.param(
                drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"), id="chunk"
            ),
            pytest.param(
                drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;"), id="chunk's size"
            ),
            pytest.param(continue_for_ever, id="100 Continue"),
            pytest.param(
                drip(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 9999\r\n\r\n"),
                id="body of a redirect",
            ),
        ],
    )
    def test_holds_wherever_the_host_is_slow(
        self, session: BoundedSession, behave: Callable[[socket.socket, bytes], None]
    ) -> None:
        with serve_raw(behave) as host:
            start = time.monotonic()
            with pytest.raises(DeadlineExceeded):
                session.get(host.url)
            assert time.monotonic() - start < NOTICEABLY_SECONDS
            assert_threads_end()

    def test_holds_on_a_connection_that_is_used_again(self, session: BoundedSession) -> None:
        slow = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        asked: list[bytes] = []

        def behave(connection: socket.socket, head: bytes) -> None:
            asked.append(head)
            if len(asked) == 1:
                connection.sendall(answer(b"fine"))
            else:
                slow(connection, head)

        with serve_raw(behave) as host:
            assert session.get(host.url).content == b"fine"
            with pytest.raises(DeadlineExceeded):
                session.get(host.url)
            assert_threads_end()

    def test_holds_while_a_name_is_looked_up(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = threading.Event()

        def look_up(*_: Any, **__: Any) -> Any:
            found.wait(10)
            raise socket.gaierror("no such name")

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        start = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            session.get("http://slow.example")
        assert time.monotonic() - start < NOTICEABLY_SECONDS
        found.set()
        assert_threads_end()

    def test_a_read_timeout_ends_it_earlier(self, session: BoundedSession) -> None:
        with serve_raw(hang) as host, pytest.raises(Timeout) as raised:
            session.get(host.url, timeout=(1, 0.1))
        assert not isinstance(raised.value, DeadlineExceeded)


def assert_threads_end() -> None:
    """Nothing of an exchange that was broken off is left."""
    end = time.monotonic() + NOTICEABLY_SECONDS
    while any(thread.name == "http" for thread in threading.enumerate()):
        assert time.monotonic() < end, "a thread still waits for the host"
        time.sleep(0.01)


def bomb(size: int) -> bytes:
    """Zeros, packed."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


class TestSize:
    @pytest.mark.parametrize("excess", [-1, 0])
    def test_what_fits_is_taken(self, session: BoundedSession, excess: int) -> None:
        with says(answer(b"x" * (MAX_BYTES + excess))) as host:
            assert len(session.get(host.url).content) == MAX_BYTES + excess

    @pytest.mark.parametrize("headers", [(), ("Content-Encoding: gzip",)])
    def test_what_does_not_fit_is_not(
        self, session: BoundedSession, headers: tuple[str, ...]
    ) -> None:
        body = b"x" * (MAX_BYTES + 1)
        with (
            says(answer(gzip.compress(body) if headers else body, *headers)) as host,
            pytest.raises(AnswerTooLarge),
        ):
            session.get(host.url)

    def test_an_endless_body(self, session: BoundedSession) -> None:
        def behave(connection: socket.socket, _: bytes) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"[" * 65_536)

        with serve_raw(behave) as host, pytest.raises(AnswerTooLarge):
            session.get(host.url)

    @pytest.mark.parametrize("status", ["200 OK", "302 Found", "500 Error"])
    def test_a_gzip_bomb_takes_no_memory(self, session: BoundedSession, status: str) -> None:
        content = answer(bomb(200_000_000), "Content-Encoding: gzip", "Location: /", status=status)
        with says(content) as host:
            tracemalloc.start()
            with pytest.raises(AnswerTooLarge):
                session.get(host.url)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert peak < 5e6

    def test_endless_headers(self, session: BoundedSession) -> None:
        def behave(connection: socket.socket, _: bytes) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"X: y\r\n" * 1000)

        with serve_raw(behave) as host, pytest.raises(RequestException):
            session.get(host.url)


class TestUnpacking:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(b"fine", mtime=0)),
            ("x-gzip", gzip.compress(b"fine", mtime=0)),
            ("GZIP", gzip.compress(b"fi", mtime=0) + gzip.compress(b"ne", mtime=0)),
            ("deflate", zlib.compress(b"fine")),
            ("identity", b"fine"),
            ("", b"fine"),
        ],
    )
    def test_packed_answers(self, session: BoundedSession, encoding: str, packed: bytes) -> None:
        with says(answer(packed, f"Content-Encoding: {encoding}")) as host:
            assert session.get(host.url).text == "fine"

    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(b"fine", mtime=0)[:-3]),
            ("gzip", b"fine"),
            ("gzip", gzip.compress(b"fine", mtime=0) + b"rubbish"),
            ("br", b"fine"),
            ("gzip, gzip", gzip.compress(gzip.compress(b"fine", mtime=0), mtime=0)),
            ("zstd", b"fine"),
        ],
    )
    def test_what_cannot_be_unpacked(
        self, session: BoundedSession, encoding: str, packed: bytes
    ) -> None:
        with (
            says(answer(packed, f"Content-Encoding: {encoding}")) as host,
            pytest.raises(ContentDecodingError),
        ):
            session.get(host.url)

    def test_nothing_is_nothing_packed(self, session: BoundedSession) -> None:
        with says(answer(b"", "Content-Encoding: gzip")) as host:
            assert session.get(host.url).content == b""

    def test_only_gzip_is_asked_for(self, session: BoundedSession) -> None:
        with says(answer(b"fine")) as host:
            session.get(host.url)
            assert b"Accept-Encoding: gzip\r\n" in host.heads[0]

    @given(st.binary(max_size=5000), st.integers(1, 9), st.integers(1, 40))
    def test_any_content_comes_out_as_it_went_in(self, part: bytes, level: int, times: int) -> None:
        content = part * times
        with (
            says(answer(gzip.compress(content, level), "Content-Encoding: gzip")) as host,
            BoundedSession(5, 1_000_000) as session,
        ):
            assert session.get(host.url).content == content


class TestBrokenAnswers:
    def test_a_body_that_breaks_off(self, session: BoundedSession) -> None:
        def behave(connection: socket.socket, _: bytes) -> None:
            connection.sendall(answer(b"half", length=8))
            connection.shutdown(socket.SHUT_RDWR)

        with serve_raw(behave) as host, pytest.raises(ChunkedEncodingError):
            session.get(host.url)

    def test_a_body_that_is_longer_than_it_claims(self, session: BoundedSession) -> None:
        with says(answer(b"fine, and more", length=4)) as host:
            assert session.get(host.url).content == b"fine"
            assert session.get(host.url).content == b"fine"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"rubbish",
            b"HTTP/1.1 2000000 OK\r\n\r\n",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/9 200 OK\r\n\r\n",
            b"\0" * 70_000,
            b"HTTP/1.1 200 " + b"K" * 70_000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ],
    )
    def test_what_is_no_http(self, session: BoundedSession, content: bytes) -> None:
        def behave(connection: socket.socket, _: bytes) -> None:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_RDWR)

        with serve_raw(behave) as host, pytest.raises(RequestException):
            session.get(host.url)

    @pytest.mark.parametrize(
        "url",
        [
            "http://[::1",
            "http://",
            "http://a..b/",
            f"http://{'a' * 70}.example/",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:x/",
            "http://\ud800/",
            "file:///etc/hostname",
            "no address",
            "",
        ],
    )
    def test_what_is_no_address(self, session: BoundedSession, url: str) -> None:
        with pytest.raises((RequestException, ValueError)):
            session.get(url)


class TestRedirects:
    @pytest.mark.parametrize("location", ["/", "http://[::1", "http://\xff\xfe", "//", "file:///x"])
    def test_are_answers_and_not_followed(self, session: BoundedSession, location: str) -> None:
        with says(answer(b"", f"Location: {location}", status="302 Found")) as host:
            assert session.get(host.url, allow_redirects=True).status_code == 302
            assert len(host.heads) == 1


class TestCredentials:
    @pytest.fixture(params=["file", "home"])
    def netrc(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / ".netrc"
        file.write_text("machine 127.0.0.1 login me password secret\ndefault login a password b\n")
        file.chmod(0o600)
        if request.param == "file":
            monkeypatch.setenv("NETRC", str(file))

    @pytest.mark.usefixtures("netrc")
    def test_netrc_would_be_used_by_requests_alone(self) -> None:
        with says(answer(b"")) as host, requests.Session() as plain:
            plain.get(host.url)
            assert b"Authorization: Basic" in host.heads[0]

    @pytest.mark.usefixtures("netrc")
    def test_netrc_is_not_used(self, session: BoundedSession) -> None:
        with says(answer(b"")) as host:
            session.get(host.url)
            assert b"Authorization" not in host.heads[0]

    @pytest.mark.usefixtures("netrc")
    def test_the_callers_token_stays(self, session: BoundedSession) -> None:
        with says(answer(b"")) as host:
            session.get(host.url, headers={"Authorization": "Bearer token"})
            assert b"Authorization: Bearer token\r\n" in host.heads[0]

    @pytest.mark.usefixtures("netrc")
    def test_spotipys_token_stays(self, session: BoundedSession) -> None:
        with says(answer(b'{"id": "me"}', "Content-Type: application/json")) as host:
            client = spotipy.Spotify(auth="token", requests_session=session)
            client.prefix = f"{host.url}/v1/"
            assert client.me() == {"id": "me"}
            assert b"Authorization: Bearer token\r\n" in host.heads[0]

    def test_a_session_of_credentials_may_be_asked_for(self, session: BoundedSession) -> None:
        with says(answer(b"")) as host:
            session.get(host.url, auth=("a", "b"))
            assert b"Authorization: Basic YTpi\r\n" in host.heads[0]

    def test_no_cookie_is_kept(self, session: BoundedSession) -> None:
        with says(answer(b"", "Set-Cookie: who=you; Path=/")) as host:
            session.get(host.url)
            session.get(host.url)
            assert b"Cookie" not in host.heads[1]


class TestEnvironment:
    def test_a_proxy_is_used(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with says(answer(b"from the proxy")) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            assert session.get("http://music.example/song").text == "from the proxy"
            assert proxy.heads[0].startswith(b"GET http://music.example/song ")

    def test_the_deadline_holds_behind_a_proxy(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serve_raw(drip(b"")) as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY"):
                monkeypatch.setenv(name, proxy.url)
            for url in ("http://music.example", "https://music.example"):
                with pytest.raises(DeadlineExceeded):
                    session.get(url)
            assert_threads_end()

    def test_no_proxy_is_heeded(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with says(answer(b"direct")) as host:
            assert session.get(host.url).text == "direct"

    @pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
    def test_a_socks_proxy_needs_its_package(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        monkeypatch.setenv(variable, "socks5h://me:secret@127.0.0.1:9")
        with pytest.raises(EnvironmentInvalid, match=rf"{variable}.* SOCKS .*PySocks") as raised:
            session.get("http://music.example")
        assert "Install PySocks" in raised.value.remedy
        assert "secret" not in raised.value.problem + raised.value.remedy

    @pytest.mark.parametrize("proxy", ["http://[::1", "foo://a:1", "http://:1", "http://a:x"])
    def test_a_proxy_that_is_none(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch, proxy: str
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(EnvironmentInvalid, match="HTTPS_PROXY names a proxy by no address"):
            session.get("https://music.example")

    def test_a_proxy_that_does_not_answer(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with pytest.raises(RequestException) as raised:
            session.get("http://music.example")
        assert "proxy" in describe_failure(raised.value)

    @pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    @pytest.mark.parametrize("content", [None, "", "no certificates"])
    def test_certificates_that_cannot_be_read(
        self,
        session: BoundedSession,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        variable: str,
        content: str | None,
    ) -> None:
        file = tmp_path / "ca.pem"
        if content is not None:
            file.write_text(content)
        monkeypatch.setenv(variable, str(file))
        with pytest.raises(EnvironmentInvalid, match=rf"^{variable} names a file .*ca\.pem\.$"):
            session.get("https://music.example")

    def test_certificates_that_are_put_right(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        file = tmp_path / "ca.pem"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
        with pytest.raises(EnvironmentInvalid):
            session.get("https://127.0.0.1:9")
        file.write_text(Path(requests.utils.DEFAULT_CA_BUNDLE_PATH).read_text("ascii"), "ascii")
        with pytest.raises(requests.ConnectionError):
            session.get("https://127.0.0.1:9")

    def test_plain_http_needs_no_certificates(
        self, session: BoundedSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
        with says(answer(b"fine")) as host:
            assert session.get(host.url).text == "fine"


class TestJson:
    @pytest.mark.parametrize(
        ("body", "value"),
        [
            (b"{}", {}),
            (b"[1]", [1]),
            (b"null", None),
            ('"é"'.encode(), "é"),
            (b"7", 7),
            (b"9" * 5_000, math.inf),
        ],
    )
    def test_json(self, body: bytes, value: object) -> None:
        assert parse_json(body) == value

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"\xff\xfe\x00",
            b'"\xe9"',
            b"{'a': 1}",
        ],
    )
    def test_what_is_none(self, body: bytes) -> None:
        with pytest.raises(JSONDecodeError):
            parse_json(body)

    def test_an_answer_reads_its_json_so(self, session: BoundedSession) -> None:
        with says(answer(b"[" * 50_000)) as host, pytest.raises(JSONDecodeError):
            session.get(host.url).json()
        with says(answer(json.dumps({"a": 1}).encode())) as host:
            assert session.get(host.url).json() == {"a": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_ends_the_exchange_at_once(interruptible: None) -> None:
    main = threading.get_ident()
    with serve_raw(hang) as host, BoundedSession(60) as session:
        threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
        start = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            session.get(host.url)
        assert time.monotonic() - start < NOTICEABLY_SECONDS
        assert_threads_end()


def test_many_answers_use_one_connection(session: BoundedSession) -> None:
    connections: set[int] = set()

    def behave(connection: socket.socket, _: bytes) -> None:
        connections.add(connection.fileno())
        connection.sendall(answer(b"fine"))

    with serve_raw(behave) as host:
        for _ in range(5):
            assert session.get(host.url).ok
    assert len(connections) == 1


def test_words_for_failures_hold_no_address(session: BoundedSession) -> None:
    with suppress(OSError), socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/?token=secret"
        with pytest.raises(RequestException) as raised:
            session.get(url)
        assert describe_failure(raised.value) == "no connection"
