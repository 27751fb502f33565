"""Fixtures of the simulator's tests."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from companion.demo.simulator.accounts import SCOPES, s256
from companion.demo.simulator.server import Simulator

CLIENT_ID = "0123456789abcdef"
CALLBACK = "http://127.0.0.1:8899/callback"
TIMEOUT_S = 10

Call = Callable[..., requests.Response]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def call(sim: Simulator) -> Call:
    """Asks the Web API with a good token: call("GET", "/me", limit=3)."""
    tokens = sim.accounts.sign_in()

    def ask(method: str, path: str, **query: Any) -> requests.Response:
        head = {"Authorization": f"Bearer {tokens.access}"}
        url = f"{sim.url}/v1{path}"
        return requests.request(method, url, params=query, headers=head, timeout=TIMEOUT_S)

    return ask


class Browser:
    """Signs in as a client would: authorize, be sent back, exchange, refresh."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.verifier = secrets.token_urlsafe(64)

    def authorize(self, **changes: str | None) -> requests.Response:
        query = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "state": "some-state",
            "scope": SCOPES,
            "code_challenge": s256(self.verifier),
            "code_challenge_method": "S256",
        } | changes
        return requests.get(
            f"{self.url}/authorize", params=query, allow_redirects=False, timeout=TIMEOUT_S
        )

    def code(self) -> str:
        location = urlsplit(self.authorize().headers["location"])
        return dict(parse_qsl(location.query))["code"]

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": CLIENT_ID,
            "code_verifier": self.verifier,
        }
        return self.token(form | changes)

    def refresh(self, refresh_token: str, **changes: str) -> requests.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.token(form | {"client_id": CLIENT_ID} | changes)

    def token(self, form: dict[str, str]) -> requests.Response:
        return requests.post(f"{self.url}/api/token", data=form, timeout=TIMEOUT_S)


@pytest.fixture
def browser(sim: Simulator) -> Browser:
    return Browser(sim.url)
