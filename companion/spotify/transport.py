"""Calls of Spotify's Web API through spotipy, with our own errors, retries and quota.

spotipy builds the requests and reads the answers. By itself it would sleep for hours in a rate
limit, repeat a POST after a 5xx and raise other exceptions for answers in text; so it gets a
session that returns good answers only.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import requests
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, ProxyError
from urllib3.exceptions import NewConnectionError

from companion.errors import QueueUnclear, QuotaExceeded, SpotifyError, SpotifyUnreachable
from companion.http_client import BoundedSession, EnvironmentInvalid, describe_failure
from companion.spotify.auth.tokens import TIMEOUT_SECONDS, AccessTokens
from companion.spotify.quota import Clock, Group, Quota, utc_now
from companion.spotify.refusals import TokenRefused, is_good, read_json, refusal, spoken
from companion.spotify.spotipy_without_redis import import_spotipy

RETRY_PAUSES_SECONDS = (0.5, 1.0)  # before the second and the third try
DEADLINE_SECONDS = 20.0  # for a whole answer
LARGEST_ANSWER_BYTES = 8 * 1024 * 1024  # 50 tracks with all their markets have half of one
NEVER_SENT = (requests.ConnectTimeout, ProxyError, InvalidURL, InvalidSchema, MissingSchema)
LONGEST_WAIT_SECONDS = 10.0  # in one go, when Spotify asks for a wait

Ask = Callable[[Any], Any]


class Transport(BoundedSession):
    """A session that returns good answers only; others are raised as one of our errors."""

    def __init__(self, now: Clock = utc_now) -> None:
        super().__init__(DEADLINE_SECONDS, LARGEST_ANSWER_BYTES)
        self._now = now

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request; no redirect is followed, so the token goes nowhere else."""
        try:
            response = super().request(method, url, *args, **kwargs)
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
        if response.request.method == "GET":
            empty = response.status_code == HTTPStatus.NO_CONTENT
            body = None if empty else read_json(response)
            if body is None and not empty:
                return SpotifyUnreachable(f"Spotify answers in text: {spoken(response, [token])}.")
            vars(response)["json"] = lambda: body  # spotipy would parse it again, more strictly
        return None


def _unreachable(method: Any, error: requests.RequestException) -> SpotifyError:
    if isinstance(error, EnvironmentInvalid):  # it is raised before anything is sent
        return SpotifyUnreachable(error.problem, error.remedy)
    if method == "POST" and not _is_unsent(error):
        return QueueUnclear("Spotify did not say whether it queued the track.")
    return SpotifyUnreachable(f"Spotify cannot be reached: {describe_failure(error)}.")


def _is_unsent(error: requests.RequestException) -> bool:
    """Tell whether the request cannot have arrived, as there never was a connection."""
    if isinstance(error, NEVER_SENT):
        return True
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(cause, NewConnectionError)


class WebApi:
    """Calls the Web API, one call at a time.

    Args:
        api_url: the Web API's address, without the version.
        tokens: gives and renews the access token.
        quota: counts the calls and holds them back.
        longest_wait: seconds to wait at most, in one go, when Spotify asks for a wait.
        sleep: how to wait.
    """

    def __init__(
        self,
        api_url: str,
        tokens: AccessTokens,
        quota: Quota,
        longest_wait: float = LONGEST_WAIT_SECONDS,
        now: Clock = utc_now,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        spotipy = import_spotipy()  # a quarter of a second

        logging.getLogger("spotipy").setLevel(logging.WARNING)  # below, it logs tokens
        self._tokens, self._quota = tokens, quota
        self._longest_wait, self._now, self._sleep = longest_wait, now, sleep
        self._transport = Transport(now)
        self._client = spotipy.Spotify(
            auth_manager=tokens, requests_session=self._transport, requests_timeout=TIMEOUT_SECONDS
        )
        self.prefix = f"{api_url.rstrip('/')}/v1/"
        self._client.prefix = self.prefix

    def get(self, group: Group, ask: Ask) -> Any:
        """Make a reading call; a failure that may pass is retried.

        Args:
            group: the endpoint's.
            ask: makes the call on a `spotipy.Spotify`.

        Returns:
            The JSON object, or None after a 204.

        Raises:
            SpotifyError: its class says why.
        """
        for pause in RETRY_PAUSES_SECONDS:
            try:
                return self.send(group, ask)
            except SpotifyUnreachable:
                self._sleep(pause * random.SystemRandom().uniform(0.5, 1.5))
            except QuotaExceeded as error:
                wait = self._seconds_until(error)
                if wait > self._longest_wait:
                    raise
                self._sleep(wait)
        return self.send(group, ask)

    def send(self, group: Group, ask: Ask) -> Any:
        """Make one call; only a refused access token leads to a second one.

        Raises:
            QueueUnclear: a POST was sent, and whether it worked is not known.
            SpotifyError: of another class: it did not work.
        """
        token = self._tokens.get_access_token()
        try:
            return self._count_and_ask(group, ask)
        except TokenRefused:
            self._tokens.renew(token)
            return self._count_and_ask(group, ask)

    def _count_and_ask(self, group: Group, ask: Ask) -> Any:
        self._quota.count_call(group)
        try:
            return ask(self._client)
        except QuotaExceeded as error:
            if error.retry_at is not None:
                self._quota.wait_until(group, error.retry_at)
            raise

    def _seconds_until(self, error: QuotaExceeded) -> float:
        if error.retry_at is None:
            return self._longest_wait
        return max(0.0, (error.retry_at - self._now()).total_seconds())

    def pause(self, seconds: float) -> None:
        """Wait between two calls."""
        self._sleep(seconds)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
