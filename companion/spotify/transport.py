"""Calls of Spotify's Web API through spotipy, with our own errors, retries and gate.

spotipy builds the requests and reads the answers. Left to itself it would sleep for
hours in a rate limit, send a POST again after a 5xx and turn text answers into other
exceptions; so it gets a plain session that hands it nothing but good answers.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from companion.errors import QueueUnclear, QuotaExceeded, SpotifyError, SpotifyUnreachable
from companion.spotify.auth.tokens import TIMEOUT, AccessTokens
from companion.spotify.lean import import_spotipy
from companion.spotify.quota import Clock, Gate, Group, utc_now
from companion.spotify.refusals import TokenRefused, is_good, read_json, refusal, spoken

PAUSES = (0.5, 1.0)  # seconds before the second and the third try
PATIENCE = 10.0  # seconds

Ask = Callable[[Any], Any]


class Transport(requests.Session):
    """A session whose answers are good ones; every other is raised as one of our errors."""

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__()
        self._now = now

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """As requests has it, but it follows no redirect: the token goes nowhere else."""
        try:
            response = super().request(method, url, *args, **{**kwargs, "allow_redirects": False})
        except requests.RequestException as error:
            raise _unreachable(method, error) from error
        problem = self._problem(response)
        if method == "POST" and isinstance(problem, SpotifyUnreachable):
            raise QueueUnclear(str(problem))
        if problem is not None:
            raise problem
        return response

    def _problem(self, response: requests.Response) -> SpotifyError | None:
        token = response.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not is_good(response):
            return refusal(response, spoken(response, [token]), self._now())
        reads = response.request.method == "GET" and response.status_code == HTTPStatus.OK
        if reads and read_json(response) is None:
            return SpotifyUnreachable(f"Spotify answers in text: {spoken(response, [token])}.")
        return None


def _unreachable(method: Any, error: requests.RequestException) -> SpotifyError:
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    unsent = isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError)
    if method == "POST" and not unsent:
        return QueueUnclear("Spotify did not say whether it queued the track.")
    if isinstance(error, requests.Timeout):
        return SpotifyUnreachable("Spotify did not answer in time.")
    return SpotifyUnreachable("Spotify cannot be reached.")


class WebApi:
    """Asks Spotify, one call at a time.

    Args:
        api_url: the Web API's address, without the version.
        tokens: gives and renews the access token.
        gate: counts the calls and holds them back.
        patience: seconds to wait at most, in one go, when Spotify asks for a wait.
        sleep: how to wait.
    """

    def __init__(
        self,
        api_url: str,
        tokens: AccessTokens,
        gate: Gate,
        patience: float = PATIENCE,
        now: Clock = utc_now,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        spotipy = import_spotipy()  # a quarter of a second

        logging.getLogger("spotipy").setLevel(logging.WARNING)  # below, it logs tokens
        self._tokens, self._gate = tokens, gate
        self._patience, self._now, self._sleep = patience, now, sleep
        self._transport = Transport(now)
        self._client = spotipy.Spotify(
            auth_manager=tokens, requests_session=self._transport, requests_timeout=TIMEOUT
        )
        self.prefix = f"{api_url.rstrip('/')}/v1/"
        self._client.prefix = self.prefix

    def get(self, group: Group, ask: Ask) -> Any:
        """Read something; a failure that may pass is tried again.

        Args:
            group: the endpoint's.
            ask: makes the call on a `spotipy.Spotify`.

        Returns:
            The JSON object, or None after a 204.

        Raises:
            SpotifyError: the kind says why.
        """
        for pause in PAUSES:
            try:
                return self.send(group, ask)
            except SpotifyUnreachable:
                self._sleep(pause * random.SystemRandom().uniform(0.5, 1.5))
            except QuotaExceeded as error:
                wait = self._seconds_until(error)
                if wait > self._patience:
                    raise
                self._sleep(wait)
        return self.send(group, ask)

    def send(self, group: Group, ask: Ask) -> Any:
        """Make one call; only a refused access token, renewed, leads to a second one.

        Raises:
            QueueUnclear: a POST was sent, and whether it worked is not known.
            SpotifyError: of another kind: it did not work.
        """
        token = self._tokens.get_access_token()
        try:
            return self._pass_gate(group, ask)
        except TokenRefused:
            self._tokens.renew(token)
            return self._pass_gate(group, ask)

    def _pass_gate(self, group: Group, ask: Ask) -> Any:
        self._gate.before(group)
        try:
            return ask(self._client)
        except QuotaExceeded as error:
            if error.retry_at is not None:
                self._gate.after(group, error.retry_at)
            raise

    def _seconds_until(self, error: QuotaExceeded) -> float:
        if error.retry_at is None:
            return self._patience
        return max(0.0, (error.retry_at - self._now()).total_seconds())

    def pause(self, seconds: float) -> None:
        """Let some time pass between two calls."""
        self._sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
