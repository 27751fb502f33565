"""No token, code or verifier in any log line, error or repr, at the most talkative level."""

from __future__ import annotations

import logging
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from companion.errors import CompanionError
from companion.spotify.auth.login import sign_in
from companion.spotify.client import SpotifySession, connect
from tests.spotify.fakes import FakeTime, MemoryKeyring, Reply, ScriptedServer, settings
from tests.spotify.memory_quota import MemoryQuota

CODE = "the-code-secret"
GRANT = {"access_token": "access-a-secret", "refresh_token": "refresh-a-secret", "expires_in": 3600}
URI = "spotify:track:1"


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def consent(scripted: ScriptedServer, backend: MemoryKeyring, time: FakeTime) -> str:
    """Sign in, and hand back what the browser was told, to be looked for."""
    visits: list[threading.Thread] = []
    states: list[str] = []

    def visit(address: str) -> None:
        asked = parse_qs(urlsplit(address).query)
        states.extend(asked["state"])
        back = f"{asked['redirect_uri'][0]}?code={CODE}&state={asked['state'][0]}"
        visits.append(threading.Thread(target=lambda: requests.get(back, timeout=5).close()))
        visits[0].start()

    sign_in(settings(scripted.url), backend, visit, deadline=5, now=time.now)
    visits[0].join()
    return states[0]


def test_nothing_secret_is_said(
    everything: pytest.LogCaptureFixture,
    scripted: ScriptedServer,
    backend: MemoryKeyring,
    fake_time: FakeTime,
    capfd: pytest.CaptureFixture[str],
) -> None:
    scripted.script("/api/token", Reply(200, GRANT))
    scripted.script("/v1/me/player", Reply(200, {"is_playing": True}))
    echo = {"error": {"message": "You sent access-a-secret"}}
    scripted.script(
        "/v1/me/player/queue",
        Reply(401, echo),
        Reply(403, echo),
        Reply(500, "You sent access-a-secret"),
    )
    consent(scripted, backend, fake_time)
    everything.clear()  # the browser of this test logs the address that it goes to
    said: list[object] = []
    time = fake_time
    with connect(
        settings(scripted.url), MemoryQuota(time.now), backend, now=time.now, sleep=time.sleep
    ) as session:
        session.player()
        for _ in range(3):
            with pytest.raises(CompanionError) as caught:
                session.add(URI)
            logging.getLogger("companion").error("failed", exc_info=caught.value)
            said += [str(caught.value), repr(caught.value), caught.value.remedy]
        ended = {"error": "invalid_grant", "error_description": "You sent refresh-a-secret"}
        scripted.script("/api/token", Reply(400, ended))
        fake_time.advance(3600)
        with pytest.raises(CompanionError) as caught:
            session.player()
        logging.getLogger("companion").error("failed", exc_info=caught.value)
        said += [str(caught.value), repr(caught.value)]
        said += [repr(vars(session)), *map(repr, vars(session._api).values())]
    heard = capfd.readouterr()
    text = "\n".join([everything.text, *map(str, said), heard.out, heard.err])
    assert "failed" in everything.text
    for secret in ("access-a-secret", "refresh-a-secret"):
        assert secret not in text


def test_signing_in_logs_nothing_secret(
    everything: pytest.LogCaptureFixture,
    scripted: ScriptedServer,
    backend: MemoryKeyring,
    fake_time: FakeTime,
    capfd: pytest.CaptureFixture[str],
) -> None:
    scripted.script("/api/token", Reply(200, GRANT))
    state = consent(scripted, backend, fake_time)
    heard = capfd.readouterr()
    ours = [
        record.getMessage()
        for record in everything.records
        if "/callback" not in record.getMessage()  # the browser of this test
    ]
    verifier = scripted.asked[0].form["code_verifier"]
    text = "\n".join([*ours, heard.out, heard.err])
    assert "/api/token" in text
    for secret in (CODE, state, verifier, "access-a-secret", "refresh-a-secret"):
        assert secret not in text


def test_spotipy_is_kept_quiet(
    everything: pytest.LogCaptureFixture, session: SpotifySession
) -> None:
    """At DEBUG it logs the headers, and so the token."""
    assert not logging.getLogger("spotipy.client").isEnabledFor(logging.DEBUG)
