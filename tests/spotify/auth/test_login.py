from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailRing

from companion.config.schema import Spotify
from companion.demo.simulator.server import Simulator
from companion.demo.simulator.web.spotify_json import ACCOUNT_ID
from companion.errors import ConfigError, KeyringMissing, LoginNeeded, SpotifyUnreachable
from companion.spotify.auth.credentials import SCOPES, SERVICE, USER, CredentialStore
from companion.spotify.auth.login import challenge, sign_in
from companion.spotify.client import connect
from tests.spotify.fakes import (
    CLIENT_ID,
    FakeTime,
    MemoryKeyring,
    Reply,
    ScriptedServer,
    consent,
    settings,
    signed_in_keyring,
)
from tests.spotify.memory_quota import MemoryQuota

SOON = 10.0  # seconds


class Browser:
    """Opens an address as a user's browser would, while the caller waits for the answer."""

    def __init__(self, answer: Callable[[str], str] = lambda address: address) -> None:
        self.address = ""
        self.page = ""
        self._answer = answer
        self._thread = threading.Thread()

    def open(self, address: str) -> bool:
        self.address = address
        self._thread = threading.Thread(target=self._visit)
        self._thread.start()
        return True

    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.address).query)

    def close(self) -> None:
        if self._thread.ident is not None:
            self._thread.join(SOON)

    def _visit(self) -> None:
        with requests.Session() as session:
            answer = session.get(self._answer(self.address), timeout=SOON)
            self.page = answer.text


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


def back_with(query: str) -> Callable[[str], str]:
    """Goes to the callback at once, with this query in which {state} is the right one."""

    def answer(address: str) -> str:
        asked = parse_qs(urlsplit(address).query)
        return f"{asked['redirect_uri'][0]}?{query.format(state=asked['state'][0])}"

    return answer


def test_signs_in(simulator: Simulator, backend: MemoryKeyring, browser: Browser) -> None:
    def now() -> datetime:
        return datetime.fromtimestamp(simulator.clock.now(), UTC)

    given = sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON, now=now)
    browser.close()
    assert "Spotify has answered" in browser.page
    assert (given.client_id, given.given) == (CLIENT_ID, now().date())
    assert set(given.scope.split()) == set(SCOPES)
    assert CredentialStore(backend).load() == given
    with connect(settings(simulator.url), MemoryQuota(now), backend, now=now) as session:
        assert session.me().id == ACCOUNT_ID
    assert simulator.count("GET", "/authorize") == 1
    assert simulator.count("POST", "/api/token") == 2


def test_asks_as_spotify_wants_it(
    simulator: Simulator, backend: MemoryKeyring, browser: Browser
) -> None:
    sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON)
    query = browser.query()
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert query["scope"] == [" ".join(SCOPES)]
    assert urlsplit(query["redirect_uri"][0]).path == "/callback"


def test_every_sign_in_has_its_own_secrets(simulator: Simulator, backend: MemoryKeyring) -> None:
    seen = set()
    for _ in range(2):
        browser = Browser()
        sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON)
        browser.close()
        seen |= {browser.query()["state"][0], browser.query()["code_challenge"][0]}
    assert len(seen) == 4


def test_the_challenge_is_that_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_denial(simulator: Simulator, backend: MemoryKeyring, browser: Browser) -> None:
    simulator.accounts.denies = True
    with pytest.raises(LoginNeeded, match="did not allow") as caught:
        sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON)
    assert "companion login" in caught.value.remedy
    browser.close()
    assert "Not signed in" in browser.page
    assert backend.entries == {}


def test_another_error_is_said_in_one_line(
    scripted: ScriptedServer, backend: MemoryKeyring
) -> None:
    browser = Browser(back_with("error=server%0Aerror&state={state}"))
    with pytest.raises(LoginNeeded, match="ended with server error"):
        sign_in(settings(scripted.url), backend, show=browser.open, deadline=SOON)
    browser.close()


def test_a_closed_tab(scripted: ScriptedServer, backend: MemoryKeyring) -> None:
    with pytest.raises(LoginNeeded, match="in time"):
        sign_in(settings(scripted.url), backend, show=lambda _: True, deadline=0.05)


def test_no_browser(scripted: ScriptedServer, backend: MemoryKeyring) -> None:
    with pytest.raises(LoginNeeded, match="No browser") as caught:
        sign_in(settings(scripted.url), backend, show=lambda _: False)
    assert "--no-browser" in caught.value.remedy


def test_an_address_that_is_only_printed(simulator: Simulator, backend: MemoryKeyring) -> None:
    browser = Browser()

    def print_it(address: str) -> None:
        browser.open(address)

    assert sign_in(settings(simulator.url), backend, show=print_it, deadline=SOON)
    browser.close()


def test_a_forged_code_is_not_taken(simulator: Simulator, backend: MemoryKeyring) -> None:
    browser = Browser(back_with("code=forged&state={state}"))
    with pytest.raises(LoginNeeded, match="Invalid authorization code"):
        sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON)
    browser.close()
    assert backend.entries == {}


def test_a_grant_that_cannot_be_refreshed(scripted: ScriptedServer, backend: MemoryKeyring) -> None:
    browser = Browser(back_with("code=c&state={state}"))
    with pytest.raises(SpotifyUnreachable, match="incomplete"):
        sign_in(settings(scripted.url), backend, show=browser.open, deadline=SOON)
    browser.close()
    assert backend.entries == {}


def test_a_grant_without_scope_covers_what_was_asked(
    scripted: ScriptedServer, backend: MemoryKeyring, fake_time: FakeTime
) -> None:
    grant = {"access_token": "a", "refresh_token": "r", "expires_in": 3600}
    scripted.script("/api/token", Reply(200, grant))
    browser = Browser(back_with("code=c&state={state}"))
    address = settings(scripted.url)
    given = sign_in(address, backend, browser.open, deadline=SOON, now=fake_time.now)
    browser.close()
    assert given == consent("r")


def test_a_failed_sign_in_leaves_the_one_before(scripted: ScriptedServer) -> None:
    backend = signed_in_keyring()
    with pytest.raises(LoginNeeded):
        sign_in(settings(scripted.url), backend, show=lambda _: True, deadline=0.05)
    assert CredentialStore(backend).load() == consent()


def test_a_damaged_entry_does_not_keep_from_signing_in(
    simulator: Simulator, backend: MemoryKeyring, browser: Browser
) -> None:
    backend.entries[SERVICE, USER] = "damaged"
    given = sign_in(settings(simulator.url), backend, show=browser.open, deadline=SOON)
    assert CredentialStore(backend).load() == given


def test_without_a_keyring_nothing_is_opened(scripted: ScriptedServer) -> None:
    shown: list[str] = []
    make_ring: Callable[[], KeyringBackend] = FailRing
    with pytest.raises(KeyringMissing):
        sign_in(settings(scripted.url), make_ring(), show=shown.append)
    assert shown == []


def test_without_a_client_id_it_says_where_to_get_one(backend: MemoryKeyring) -> None:
    for use in (sign_in, lambda wanted, kept: connect(wanted, MemoryQuota(), kept)):
        with pytest.raises(ConfigError) as caught:
            use(Spotify(), backend)
        assert "http://127.0.0.1/callback" in caught.value.remedy


def test_signs_out() -> None:
    backend = signed_in_keyring()
    assert CredentialStore(backend).forget()
    assert CredentialStore(backend).load() is None
    assert not CredentialStore(backend).forget()
