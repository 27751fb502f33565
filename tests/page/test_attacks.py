"""Attacks on the real server, as another site or another user of the machine would try them."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from companion.page.server import security_middleware
from companion.page.server.peers import is_own
from companion.page.server.process import fresh_address
from companion.page.server.security_middleware import COOKIE, MOST_BYTES, POLICY
from companion.page.tabs.routes import ACTS, VIEWS
from tests.page.served import Browser, Served, fill, make_paths, serving

FORBIDDEN, UNAUTHORIZED = HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED
EVERYTHING = ("/", "/static/app.js", "/api/now", "/api/events", "/api/camera", "/api/clip?track=1")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    paths = make_paths(tmp_path_factory.mktemp("attacked"))
    fill(paths)
    with serving(paths) as found:
        yield found


@pytest.fixture
def browser(served: Served) -> Browser:
    return served.browser()


def lower(headers: object) -> dict[str, str]:
    return {name.lower(): value for name, value in dict(headers).items()}  # type: ignore[call-overload]


class TestTheWayIn:
    def test_a_token_is_exchanged_for_a_cookie_and_leaves_the_address(self, served: Served) -> None:
        browser = Browser(served.port)
        answer = browser.open(served.fresh())
        assert answer.status == HTTPStatus.SEE_OTHER
        assert lower(answer.headers)["location"] == "/"
        cookie = lower(answer.headers)["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))
        assert "domain" not in cookie
        assert browser.get("/api/now").status == HTTPStatus.OK

    def test_a_token_is_good_once(self, served: Served) -> None:
        address = served.fresh()
        assert Browser(served.port).open(address).status == HTTPStatus.SEE_OTHER
        second = Browser(served.port).open(address)
        assert second.status == UNAUTHORIZED
        assert "set-cookie" not in lower(second.headers)

    @pytest.mark.parametrize("token", ["", "x", "0" * 43, "%00", "a" * 5000])
    def test_a_guess_is_not_good(self, served: Served, token: str) -> None:
        answer = Browser(served.port).get(f"/enter?token={token}", Sec_Fetch_Site="none")
        assert answer.status == UNAUTHORIZED

    @pytest.mark.parametrize("path", EVERYTHING)
    @pytest.mark.parametrize("cookie", ["", "x", "../../etc/passwd", '"'])
    def test_without_a_session_nothing_is_shown(
        self, served: Served, path: str, cookie: str
    ) -> None:
        answer = Browser(served.port, cookie).get(path)
        assert answer.status == UNAUTHORIZED
        assert b"companion open" in answer.body

    def test_a_cookie_of_another_process_is_not_good(self, served: Served, tmp_path: Path) -> None:
        with serving(make_paths(tmp_path / "other")) as other:
            stolen = other.browser().cookie
        assert Browser(served.port, stolen).get("/api/now").status == UNAUTHORIZED


class TestAnotherSite:
    @pytest.mark.parametrize(
        "host",
        ["evil.example", "localhost:{}", "127.0.0.1", "127.0.0.1:{}.evil.example", "[::1]:{}", ""],
    )
    @pytest.mark.parametrize("path", ["/", "/api/now", "/enter?token=x", "/admit"])
    def test_a_rebound_name_is_turned_away(self, browser: Browser, host: str, path: str) -> None:
        answer = browser.get(path, Host=host.format(browser.port))
        assert answer.status in (HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.BAD_REQUEST)

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense", "", None])
    @pytest.mark.parametrize("act", sorted(ACTS))
    def test_its_post_is_turned_away(self, browser: Browser, act: str, site: str | None) -> None:
        assert browser.post(f"/api/{act}", Sec_Fetch_Site=site).status == FORBIDDEN

    @pytest.mark.parametrize(
        "origin",
        ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:{}", None, ""],
    )
    def test_its_origin_is_turned_away(self, browser: Browser, origin: str | None) -> None:
        named = origin if origin is None else origin.format(browser.port)
        assert browser.post("/api/pause", {"length": "open"}, Origin=named).status == FORBIDDEN
        assert browser.get("/api/now").data["pause"] is None

    @pytest.mark.parametrize("site", ["cross-site", "same-site", None])
    @pytest.mark.parametrize("view", sorted(VIEWS))
    def test_its_view_is_turned_away(self, browser: Browser, view: str, site: str | None) -> None:
        assert browser.get(f"/api/{view}", Sec_Fetch_Site=site).status == FORBIDDEN

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_its_link_to_the_page_is_turned_away(self, served: Served, site: str) -> None:
        address = served.fresh().partition(str(served.port))[2]
        assert Browser(served.port).get(address, Sec_Fetch_Site=site).status == FORBIDDEN
        assert Browser(served.port).get(address, Sec_Fetch_Site="none").status == 303

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
    def test_its_form_is_turned_away(self, browser: Browser, kind: str | None) -> None:
        status = browser.post("/api/pause", {"length": "open"}, Content_Type=kind).status
        assert status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def test_no_method_but_these(self, browser: Browser) -> None:
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            answer = browser.ask(method, "/api/pause", Origin="http://evil.example")
            assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
            assert not [name for name in lower(answer.headers) if name.startswith("access-")]

    @pytest.mark.parametrize("path", [*EVERYTHING[:3], "/api/none", "/api/clip?track=1"])
    def test_every_answer_has_the_headers(self, browser: Browser, path: str) -> None:
        headers = lower(browser.get(path).headers)
        assert headers["content-security-policy"] == POLICY
        assert "unsafe" not in POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert not [name for name in headers if name.startswith("access-control")]

    def test_the_page_has_no_inline_script_or_style(self, browser: Browser) -> None:
        text = browser.get("/").body.decode()
        assert "<script>" not in text
        assert "<style" not in text
        assert " on" not in text.replace("only", "")
        assert "style=" not in text


class TestLargeRequests:
    def test_a_large_body_is_turned_away(self, browser: Browser) -> None:
        answer = browser.post("/api/mood", {"mood": "x" * MOST_BYTES})
        assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def test_a_body_in_chunks_is_counted(self, browser: Browser) -> None:
        size = 8192
        chunk = f"{size:x}\r\n".encode() + b" " * size + b"\r\n"
        body = chunk * (2 * MOST_BYTES // size) + b"0\r\n\r\n"
        answer = browser.ask("POST", "/api/mood", body, Transfer_Encoding="chunked")
        assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def test_a_file_to_import_may_be_larger_yet_has_an_end(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(security_middleware, "MOST_IMPORTED", 3 * MOST_BYTES)
        kind = "application/zip"
        spaces = browser.ask("POST", "/api/import", b" " * 2 * MOST_BYTES, Content_Type=kind)
        assert spaces.status == HTTPStatus.CONFLICT  # it was read, and is no export
        larger = browser.ask("POST", "/api/import", b" " * 4 * MOST_BYTES, Content_Type=kind)
        assert larger.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
    def test_a_form_of_another_site_cannot_import(self, browser: Browser, kind: str) -> None:
        answer = browser.ask("POST", "/api/import", b"PK", Content_Type=kind)
        assert answer.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def test_a_large_header_is_turned_away(self, browser: Browser) -> None:
        with socket.create_connection(("127.0.0.1", browser.port), 10) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000)
            assert raw.recv(100).startswith(b"HTTP/1.1 400")

    @pytest.mark.parametrize("body", [b"[]", b"1", b"{", b"\xff", b"[" * 60_000, b'"x"'])
    def test_a_body_that_is_no_object_is_turned_away(self, browser: Browser, body: bytes) -> None:
        answer = browser.ask("POST", "/api/mood", body)
        assert answer.status == HTTPStatus.BAD_REQUEST

    @pytest.mark.parametrize("path", ["/static/../server/sessions.py", "/static/%2e%2e/context.py"])
    def test_no_way_leads_out_of_the_files(self, browser: Browser, path: str) -> None:
        assert browser.get(path).status == HTTPStatus.NOT_FOUND


class TestAnotherUser:
    def test_the_state_is_for_this_user_only(self, served: Served) -> None:
        for file in (served.paths.runtime / "page.json", served.paths.runtime / "page.lock"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(served.paths.runtime.stat().st_mode) == 0o700

    def test_it_listens_on_loopback_only(self, served: Served) -> None:
        for name in {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None)}:
            if not str(name).startswith("127."):
                with pytest.raises(OSError, match="refused"):
                    socket.create_connection((str(name), served.port), 2)

    @pytest.mark.parametrize(
        ("given", "browser"),
        [
            ({"Authorization": "Bearer wrong", "X-Token": "t" * 40}, {}),
            ({"Authorization": "Bearer ", "X-Token": "t" * 40}, {}),
            ({"X-Token": "t" * 40}, {}),
        ],
    )
    def test_a_token_is_taken_with_the_key_only(
        self, served: Served, given: dict[str, str], browser: dict[str, str]
    ) -> None:
        none = {"Sec_Fetch_Site": None, "Origin": None, "Content_Type": None}
        answer = Browser(served.port).ask("POST", "/admit", None, **(none | given | browser))
        assert answer.status == FORBIDDEN
        entered = Browser(served.port).get(f"/enter?token={'t' * 40}", Sec_Fetch_Site="none")
        assert entered.status == UNAUTHORIZED

    def test_a_browser_may_bring_no_token_even_with_the_key(self, served: Served) -> None:
        key = json.loads((served.paths.runtime / "page.json").read_text())["key"]
        given = {"Authorization": f"Bearer {key}", "X-Token": "t" * 40}
        assert Browser(served.port).ask("POST", "/admit", None, **given).status == FORBIDDEN

    def test_a_short_token_is_not_taken(self, served: Served) -> None:
        key = json.loads((served.paths.runtime / "page.json").read_text())["key"]
        none = {"Sec_Fetch_Site": None, "Origin": None, "Content_Type": None}
        given = {"Authorization": f"Bearer {key}", "X-Token": "short"}
        assert (
            Browser(served.port).ask("POST", "/admit", None, **(none | given)).status == FORBIDDEN
        )

    @pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user"
    )
    def test_another_users_process_gets_nothing_even_with_all_secrets(
        self, served: Served, browser: Browser
    ) -> None:
        token = served.fresh().partition("token=")[2]
        script = (
            "import http.client, sys\n"
            "for path, site in (('/api/now', 'same-origin'), (sys.argv[3], 'none')):\n"
            "    c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))\n"
            "    c.request('GET', path, headers={'Cookie': sys.argv[2], 'Sec-Fetch-Site': site})\n"
            "    print(c.getresponse().status)\n"
        )
        cookie = f"{COOKIE}={browser.cookie}"
        words = [
            "/usr/bin/python3",
            "-c",
            script,
            str(served.port),
            cookie,
            f"/enter?token={token}",
        ]
        if not Path(words[0]).exists():
            pytest.skip("needs a Python that another user may run")
        ended = subprocess.run(  # noqa: S603 - the words here
            words, user=65534, capture_output=True, text=True, check=True, timeout=60
        )
        assert ended.stdout.split() == ["403", "403"]

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose a connection is")
    def test_whose_a_connection_is(self, tmp_path: Path) -> None:
        line = "{}: 0100007F:{:04X} 0100007F:{:04X} 01 0:0 0:0 0 {} 0 1 1 0 100 0 0 10 0\n"
        table = tmp_path / "tcp"
        table.write_text(
            "head\n" + line.format(0, 1000, 80, os.getuid()) + line.format(1, 1001, 80, 99_999)
        )
        server = ("127.0.0.1", 80)
        assert is_own(("127.0.0.1", 1000), server, table)
        assert not is_own(("127.0.0.1", 1001), server, table)
        assert not is_own(("127.0.0.1", 1002), server, table)
        assert not is_own(("127.0.0.1", 1000), ("127.0.0.1", 81), table)
        assert is_own(("127.0.0.1", 1000), server, tmp_path / "hidden")

    def test_nobody_is_sent_to_who_took_the_port_of_a_page_that_ended(
        self, served: Served, tmp_path: Path
    ) -> None:
        paths = make_paths(tmp_path / "ended")
        state = json.dumps({"port": served.port, "key": "k" * 43})
        (paths.runtime / "page.json").write_text(state)
        assert fresh_address(paths) is None


class TestAnswers:
    def test_no_answer_holds_a_secret(self, served: Served, browser: Browser) -> None:
        key = json.loads((served.paths.runtime / "page.json").read_text())["key"]
        for name in VIEWS:
            if name == "doctor":  # it takes seconds, and has its own test
                continue
            answer = browser.get(f"/api/{name}")
            assert answer.status == HTTPStatus.OK, name
            for secret in (key, browser.cookie):
                assert secret.encode() not in answer.body

    @pytest.mark.parametrize("act", sorted(set(ACTS) - {"undo", "resume", "visit"}))
    def test_an_act_without_its_values_changes_nothing(
        self, browser: Browser, served: Served, act: str
    ) -> None:
        if act in ("setup-camera", "setup-service"):
            pytest.skip("a missing value means no")
        answer = browser.post(f"/api/{act}")
        assert answer.status == HTTPStatus.CONFLICT
        assert answer.data["problem"]
        assert not served.paths.config.exists()
