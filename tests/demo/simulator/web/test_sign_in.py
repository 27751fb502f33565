from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from companion.demo.simulator.server import Simulator
from tests.demo.simulator.conftest import CALLBACK, Browser


def test_the_whole_way_from_consent_to_a_new_token(sim: Simulator, browser: Browser) -> None:
    tokens = browser.exchange(browser.code()).json()
    fresh = browser.refresh(tokens["refresh_token"]).json()
    assert sim.accounts.scope_of(fresh["access_token"]) is not None


def test_consent_leads_back_with_code_and_state(browser: Browser) -> None:
    answer = browser.authorize()
    assert answer.status_code == 302
    address = answer.headers["location"]
    assert address.startswith(f"{CALLBACK}?")
    query = dict(parse_qsl(urlsplit(address).query))
    assert query["state"] == "some-state"
    assert query["code"]


def test_a_bad_redirect_uri_is_a_text_and_no_redirect(browser: Browser) -> None:
    answer = browser.authorize(redirect_uri="http://localhost:1/callback")
    assert (answer.status_code, answer.text) == (400, "INVALID_CLIENT: Invalid redirect URI")
    assert "location" not in answer.headers


def test_a_wrong_verifier_is_an_oauth_error(browser: Browser) -> None:
    answer = browser.exchange(browser.code(), code_verifier="wrong")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_a_body_that_is_no_form_is_an_oauth_error(browser: Browser) -> None:
    answer = browser.token({"\xff": "\x00"})
    assert answer.json()["error"] == "unsupported_grant_type"
