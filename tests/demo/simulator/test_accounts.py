from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from companion.demo.simulator.accounts import (
    ACCESS_SECONDS,
    CODE_SECONDS,
    REFRESH_SECONDS,
    SCOPES,
    Accounts,
    AuthorizeRefused,
    TokenRefused,
    s256,
)
from companion.demo.simulator.clock import ManualClock

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
ASK = {
    "client_id": "0123456789abcdef",
    "response_type": "code",
    "redirect_uri": "http://127.0.0.1:43210/callback",
    "state": "s",
    "scope": SCOPES,
    "code_challenge": s256(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def accounts(clock: ManualClock) -> Accounts:
    return Accounts(clock)


def exchange_form(accounts: Accounts, **changes: str) -> dict[str, str]:
    location = accounts.authorize(ASK)
    form = {
        "grant_type": "authorization_code",
        "code": dict(parse_qsl(urlsplit(location).query))["code"],
        "redirect_uri": ASK["redirect_uri"],
        "client_id": ASK["client_id"],
        "code_verifier": VERIFIER,
    }
    return form | changes


def refresh_form(refresh_token: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": ASK["client_id"],
    }


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B
    assert s256(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_becomes_tokens(accounts: Accounts) -> None:
    answer = accounts.token(exchange_form(accounts))
    assert accounts.scope_of(answer["access_token"]) == frozenset(SCOPES.split())
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"code_verifier": "ü" * 43},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"client_id": "f" * 16},
        {"code": "made-up"},
        {"grant_type": "password"},
        {"grant_type": ""},
    ],
)
def test_a_wrong_exchange_is_refused(accounts: Accounts, changes: dict[str, str]) -> None:
    with pytest.raises(TokenRefused):
        accounts.token(exchange_form(accounts, **changes))


def test_a_code_works_once_even_after_a_wrong_try(accounts: Accounts) -> None:
    form = exchange_form(accounts)
    with pytest.raises(TokenRefused):
        accounts.token(form | {"code_verifier": "wrong"})
    with pytest.raises(TokenRefused):
        accounts.token(form)


def test_a_code_dies_of_age(accounts: Accounts, clock: ManualClock) -> None:
    form = exchange_form(accounts)
    clock.advance(CODE_SECONDS + 1)
    with pytest.raises(TokenRefused):
        accounts.token(form)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": ""},
        {"client_id": "<script>"},
        {"response_type": "token"},
        {"redirect_uri": "http://localhost:8000/callback"},
        {"redirect_uri": "https://example.org/callback"},
        {"redirect_uri": "http://127.0.0.1:8000/other"},
        {"redirect_uri": "http://127.0.0.1/callback.evil.example"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"scope": "user-library-read everything"},
    ],
)
def test_what_spotify_shows_an_error_page_for(accounts: Accounts, changes: dict[str, str]) -> None:
    with pytest.raises(AuthorizeRefused):
        accounts.authorize(ASK | changes)


def test_denial_gives_the_error_and_the_state_and_no_code(accounts: Accounts) -> None:
    accounts.denies = True
    query = dict(parse_qsl(urlsplit(accounts.authorize(ASK)).query))
    assert query == {"error": "access_denied", "state": "s"}


def test_an_access_token_lasts_an_hour(accounts: Accounts, clock: ManualClock) -> None:
    token = accounts.sign_in().access
    clock.advance(ACCESS_SECONDS - 1)
    assert accounts.scope_of(token) is not None
    clock.advance(1)
    assert accounts.scope_of(token) is None
    assert accounts.issued(token)


def test_a_refresh_keeps_the_old_token_unless_it_rotates(accounts: Accounts) -> None:
    old = accounts.sign_in().refresh
    assert "refresh_token" not in accounts.token(refresh_form(old))
    accounts.rotates = True
    new = accounts.token(refresh_form(old))["refresh_token"]
    assert new != old
    with pytest.raises(TokenRefused):
        accounts.token(refresh_form(old))
    assert "access_token" in accounts.token(refresh_form(new))


def test_a_refresh_may_be_silent_about_the_scope(accounts: Accounts) -> None:
    old = accounts.sign_in("user-library-read").refresh
    assert accounts.token(refresh_form(old))["scope"] == "user-library-read"
    accounts.tells_scope = False
    assert "scope" not in accounts.token(refresh_form(old))


def test_a_refresh_token_dies_six_months_after_the_consent_however_often_it_is_used(
    accounts: Accounts, clock: ManualClock
) -> None:
    accounts.rotates = True
    token = accounts.sign_in().refresh
    for _ in range(2):
        clock.advance(REFRESH_SECONDS / 2 - 1)
        token = accounts.token(refresh_form(token))["refresh_token"]
    clock.advance(2)
    with pytest.raises(TokenRefused) as refused:
        accounts.token(refresh_form(token))
    assert refused.value.error == "invalid_grant"


def test_after_revoking_nothing_is_good(accounts: Accounts) -> None:
    tokens = accounts.sign_in()
    accounts.revoke()
    assert accounts.scope_of(tokens.access) is None
    with pytest.raises(TokenRefused):
        accounts.token(refresh_form(tokens.refresh))


def test_tokens_do_not_show_themselves(accounts: Accounts) -> None:
    tokens = accounts.sign_in()
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)
