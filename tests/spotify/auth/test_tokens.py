from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest

from companion.errors import KeyringMissing, LoginNeeded, SpotifyError, SpotifyUnreachable
from companion.spotify.auth import tokens as tokens_module
from companion.spotify.auth.credentials import SCOPES, CredentialStore
from companion.spotify.auth.tokens import AccessTokens, GrantRefused, TokenEndpoint
from tests.spotify.fakes import (
    CLIENT_ID,
    REFRESH,
    FakeTime,
    MemoryKeyring,
    Reply,
    ScriptedServer,
    consent,
    signed_in_keyring,
)

TOKEN = "/api/token"  # noqa: S105 - a path
GRANTED = {"access_token": "access-a-secret", "token_type": "Bearer", "expires_in": 3600}
REVOKED = Reply(400, {"error": "invalid_grant", "error_description": "Refresh token revoked"})

TEMPORARY = [
    pytest.param(Reply(500, {"error": "server_error"}), id="500 in JSON"),
    pytest.param(Reply(502, "<html>Bad gateway</html>"), id="502 in text"),
    pytest.param(Reply(503, "upstream connect error"), id="503 in text"),
    pytest.param(Reply(429, "", {"Retry-After": "5"}), id="429"),
    pytest.param(Reply(429, {"error": {"status": 429}}), id="429 in JSON"),
    pytest.param(Reply(400, "bad request"), id="400 in text"),
    pytest.param(Reply(200, "signed in"), id="200 in text"),
    pytest.param(Reply(200, {}), id="200 without a token"),
    pytest.param(Reply(200, {**GRANTED, "access_token": None}), id="200 with a null token"),
    pytest.param(Reply(200, {**GRANTED, "access_token": "tökén"}), id="200 with what is no token"),
    pytest.param(Reply(302, "", {"Location": "/elsewhere"}), id="a redirect"),
    pytest.param(Reply(200, GRANTED, cut=True), id="a broken body"),
    pytest.param(Reply(hang_up=True), id="no answer"),
]


def make(server: ScriptedServer, backend: MemoryKeyring, time: FakeTime) -> AccessTokens:
    endpoint = TokenEndpoint(server.url, CLIENT_ID, time.now)
    return AccessTokens(endpoint, CredentialStore(backend), CLIENT_ID, time.now)


@pytest.fixture
def signed_in() -> MemoryKeyring:
    return signed_in_keyring()


@pytest.fixture
def tokens(scripted: ScriptedServer, signed_in: MemoryKeyring, fake_time: FakeTime) -> AccessTokens:
    return make(scripted, signed_in, fake_time)


def test_refreshes_once_and_keeps_the_token_in_memory(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    assert {tokens.get_access_token() for _ in range(5)} == {"access-1-secret"}
    (asked,) = scripted.asked
    assert asked.form == {
        "grant_type": "refresh_token",
        "client_id": CLIENT_ID,
        "refresh_token": REFRESH,
    }
    assert (signed_in.reads, signed_in.writes) == (1, 1)  # the write is the sign-in


def test_refreshes_a_minute_before_the_end(tokens: AccessTokens, fake_time: FakeTime) -> None:
    tokens.get_access_token()
    fake_time.advance(3539)
    assert tokens.get_access_token() == "access-1-secret"
    fake_time.advance(1)
    assert tokens.get_access_token() == "access-2-secret"


@pytest.mark.parametrize("life", [None, "long", 0, -1, 10**15])
def test_an_absurd_life_is_an_hour(
    life: object, scripted: ScriptedServer, tokens: AccessTokens, fake_time: FakeTime
) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "expires_in": life}))
    tokens.get_access_token()
    fake_time.advance(3000)
    tokens.get_access_token()
    assert len(scripted.asked) == 1
    fake_time.advance(600)
    tokens.get_access_token()
    assert len(scripted.asked) == 2


def test_threads_wait_for_one_refresh(scripted: ScriptedServer, tokens: AccessTokens) -> None:
    scripted.script(TOKEN, Reply(200, GRANTED, delay=0.1))
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(tokens.get_access_token())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["access-a-secret"] * 6
    assert len(scripted.asked) == 1


def test_renews_a_refused_token_once(scripted: ScriptedServer, tokens: AccessTokens) -> None:
    refused = tokens.get_access_token()
    tokens.renew(refused)
    tokens.renew(refused)
    assert tokens.get_access_token() == "access-2-secret"
    assert len(scripted.asked) == 2


def test_an_answer_that_changes_nothing_is_not_saved(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "scope": " ".join(SCOPES)}))
    tokens.get_access_token()
    assert signed_in.writes == 1


def test_a_rotated_refresh_token_is_saved_and_used(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring, fake_time: FakeTime
) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "refresh_token": "rotated"}), Reply(200, GRANTED))
    tokens.get_access_token()
    assert CredentialStore(signed_in).load() == consent("rotated")  # the consent's date stays
    fake_time.advance(3600)
    tokens.get_access_token()
    assert [asked.form["refresh_token"] for asked in scripted.asked] == [REFRESH, "rotated"]


@pytest.mark.parametrize("absurd", ["é", "\ud800", 7, None, {}, ["new"], ""])
def test_a_rotated_refresh_token_that_is_none_does_not_replace_the_good_one(
    absurd: object, scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "refresh_token": absurd}))
    tokens.get_access_token()
    kept = CredentialStore(signed_in).load()
    assert kept
    assert kept.refresh_token == REFRESH


def test_a_smaller_scope_is_kept_and_asks_for_a_sign_in_next_time(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring, fake_time: FakeTime
) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "scope": "user-library-read"}))
    tokens.get_access_token()
    with pytest.raises(LoginNeeded, match="does not cover"):
        make(scripted, signed_in, fake_time).get_access_token()


def test_an_ended_consent_is_dropped(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    scripted.script(TOKEN, REVOKED)
    with pytest.raises(GrantRefused, match="Refresh token revoked") as caught:
        tokens.get_access_token()
    assert "companion login" in caught.value.remedy
    assert signed_in.entries == {}
    with pytest.raises(LoginNeeded, match="not signed in"):
        tokens.get_access_token()
    assert len(scripted.asked) == 1


def test_a_sign_in_made_beside_us_is_taken_up(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring, fake_time: FakeTime
) -> None:
    tokens.get_access_token()
    CredentialStore(signed_in).save(consent("newer"))
    scripted.script(TOKEN, REVOKED, Reply(200, GRANTED))
    fake_time.advance(3600)
    assert tokens.get_access_token() == "access-a-secret"
    assert [asked.form["refresh_token"] for asked in scripted.asked[1:]] == [REFRESH, "newer"]
    assert CredentialStore(signed_in).load() == consent("newer")


@pytest.mark.parametrize("reply", TEMPORARY)
def test_a_temporary_failure_keeps_the_sign_in(
    reply: Reply, scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    scripted.script(TOKEN, reply, Reply(200, GRANTED))
    with pytest.raises(SpotifyUnreachable):
        tokens.get_access_token()
    assert CredentialStore(signed_in).load() == consent()
    assert tokens.get_access_token() == "access-a-secret"
    assert len(scripted.asked) == 2


def test_a_closed_port_is_unreachable(signed_in: MemoryKeyring, fake_time: FakeTime) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = TokenEndpoint(f"http://127.0.0.1:{probe.getsockname()[1]}", CLIENT_ID)
        with pytest.raises(SpotifyUnreachable):
            endpoint.refresh(REFRESH)


def test_a_slow_endpoint_is_unreachable(
    scripted: ScriptedServer, tokens: AccessTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens_module, "TIMEOUT_SECONDS", (0.2, 0.2))
    scripted.script(TOKEN, Reply(200, GRANTED, delay=0.6))
    with pytest.raises(SpotifyUnreachable):
        tokens.get_access_token()


def test_a_wrong_client_id_keeps_the_sign_in_and_names_the_config(
    scripted: ScriptedServer, tokens: AccessTokens, signed_in: MemoryKeyring
) -> None:
    scripted.script(TOKEN, Reply(400, {"error": "invalid_client"}))
    with pytest.raises(SpotifyError) as caught:
        tokens.get_access_token()
    assert type(caught.value) is SpotifyError
    assert "client_id" in caught.value.remedy
    assert CredentialStore(signed_in).load() == consent()


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (MemoryKeyring(), "not signed in"),
        (signed_in_keyring(), "another Client ID"),
    ],
)
def test_without_a_sign_in_of_ours_nothing_is_asked(
    backend: MemoryKeyring, words: str, scripted: ScriptedServer, fake_time: FakeTime
) -> None:
    client_id = "another0client0id"
    endpoint = TokenEndpoint(scripted.url, client_id, fake_time.now)
    with pytest.raises(LoginNeeded, match=words):
        AccessTokens(
            endpoint, CredentialStore(backend), client_id, fake_time.now
        ).get_access_token()
    assert scripted.asked == []


def test_a_keyring_that_breaks_later_says_so(
    scripted: ScriptedServer,
    tokens: AccessTokens,
    signed_in: MemoryKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(service: str, username: str) -> str | None:
        raise OSError("the bus is gone")

    monkeypatch.setattr(signed_in, "get_password", broken)
    with pytest.raises(KeyringMissing, match="the bus is gone"):
        tokens.get_access_token()
    assert scripted.asked == []


def test_the_endpoint_reads_a_whole_grant(scripted: ScriptedServer, fake_time: FakeTime) -> None:
    scripted.script(TOKEN, Reply(200, {**GRANTED, "refresh_token": "r-secret", "scope": "a b"}))
    grant = TokenEndpoint(scripted.url, CLIENT_ID, fake_time.now).exchange("c", "v", "uri")
    assert (grant.access_token, grant.refresh_token) == ("access-a-secret", "r-secret")
    assert grant.scope == "a b"
    assert grant.ends - fake_time.now() == timedelta(hours=1)
    assert "secret" not in repr(grant)
    assert scripted.asked[0].form == {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": "c",
        "code_verifier": "v",
        "redirect_uri": "uri",
    }


def test_a_refusal_repeats_no_secret(scripted: ScriptedServer) -> None:
    scripted.script(TOKEN, Reply(400, {"error": "invalid_grant", "error_description": REFRESH}))
    with pytest.raises(GrantRefused) as caught:
        TokenEndpoint(scripted.url, CLIENT_ID).refresh(REFRESH)
    assert REFRESH not in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 400, 503])
def test_a_damaged_grant_is_not_quoted(status: int, scripted: ScriptedServer) -> None:
    scripted.script(TOKEN, Reply(status, '{"access_token": "a-new-secret", "sco[[['))
    endpoint = TokenEndpoint(scripted.url, CLIENT_ID)
    with pytest.raises(SpotifyUnreachable) as caught:
        endpoint.refresh(REFRESH)
    assert "a-new-secret" not in str(caught.value)
