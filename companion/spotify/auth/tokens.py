"""Access tokens: fetched from Spotify's token endpoint, held in memory, renewed before they end.

OAuth 2.0 (RFC 6749, sections 4.1.3 and 6) with PKCE (RFC 7636), so without a secret.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import requests

from companion.errors import LoginNeeded, SpotifyError, SpotifyUnreachable
from companion.http_client import BoundedSession, EnvironmentInvalid, describe_failure
from companion.spotify.auth.credentials import SCOPES, Consent, CredentialStore
from companion.spotify.json_fields import Json, count, text
from companion.spotify.quota import Clock, utc_now
from companion.spotify.refusals import is_good, read_json, spoken

TIMEOUT_SECONDS = (5.0, 10.0)  # to connect, and between two bytes
DEADLINE_SECONDS = 20.0  # for a whole answer
LARGEST_ANSWER_BYTES = 64 * 1024  # a grant has one kilobyte
RENEWED_BEFORE_END = timedelta(seconds=60)
LONGEST_LIFE_SECONDS = 3600  # of an access token; the one that Spotify gives


class GrantRefused(LoginNeeded):
    """`invalid_grant`: this code or refresh token will never be taken again."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An answer of the token endpoint; "" for a part that it left out."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str
    ends: datetime


class TokenEndpoint:
    """Spotify's token endpoint, for one Client ID."""

    def __init__(self, accounts_url: str, client_id: str, now: Clock = utc_now) -> None:
        self._url = f"{accounts_url.rstrip('/')}/api/token"
        self._client_id = client_id
        self._now = now

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> Grant:
        """Turn the code of a sign-in into tokens.

        Raises:
            GrantRefused: the code is not taken.
            SpotifyUnreachable: no answer that can be used; trying again may help.
            SpotifyError: the app is not set up as it must be.
        """
        form = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        return self._post("authorization_code", form, secrets=[code, verifier])

    def refresh(self, refresh_token: str) -> Grant:
        """Get a new access token.

        Raises:
            SpotifyError: as `exchange`; GrantRefused where the consent has ended.
        """
        return self._post("refresh_token", {"refresh_token": refresh_token}, [refresh_token])

    def _post(self, grant_type: str, form: dict[str, str], secrets: list[str]) -> Grant:
        form = {"grant_type": grant_type, "client_id": self._client_id, **form}
        try:
            with BoundedSession(DEADLINE_SECONDS, LARGEST_ANSWER_BYTES) as session:
                response = session.post(self._url, form, timeout=TIMEOUT_SECONDS)
        except EnvironmentInvalid as error:
            raise SpotifyUnreachable(error.problem, error.remedy) from error
        except requests.RequestException as error:
            why = describe_failure(error)
            raise SpotifyUnreachable(f"Spotify's sign-in cannot be reached: {why}.") from error
        if not is_good(response):
            raise _failure(response, spoken(response, secrets))
        body = read_json(response)
        if body is None or not _token(body, "access_token"):
            # without its words, which may hold a token that is cut short
            raise SpotifyUnreachable("Spotify's sign-in is not working: it gives no access token.")
        seconds = min(count(body, "expires_in") or LONGEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS)
        return Grant(
            access_token=_token(body, "access_token"),
            refresh_token=_token(body, "refresh_token"),
            scope=text(body, "scope"),
            ends=self._now() + timedelta(seconds=seconds),
        )


def _token(body: Json, key: str) -> str:
    """The token under the key; "" for what is none: no header could hold it (RFC 6749, A.12)."""
    found = body.get(key)
    fits = isinstance(found, str) and found.isascii() and found.isprintable()
    return text(body, key) if fits else ""


def _failure(response: requests.Response, words: str) -> SpotifyError:
    error = text(read_json(response) or {}, "error")
    if error == "invalid_grant":
        return GrantRefused(f"The sign-in has ended: {words}.")
    if response.status_code in (400, 401, 403) and error:
        return SpotifyError(
            f"Spotify refuses the app's sign-in: {words}.",
            "Check spotify.client_id in the config against Spotify's dashboard.",
        )
    return SpotifyUnreachable(f"Spotify's sign-in is not working: {words}.")


class AccessTokens:
    """The current access token, as spotipy's `auth_manager`.

    Safe to use from several threads: one refreshes, the others wait for it.
    """

    def __init__(
        self,
        endpoint: TokenEndpoint,
        credentials: CredentialStore,
        client_id: str,
        now: Clock,
        scopes: tuple[str, ...] = SCOPES,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._client_id = client_id
        self._now = now
        self._scopes = scopes
        self._lock = threading.Lock()
        self._consent: Consent | None = None
        self._grant: Grant | None = None

    def get_access_token(self, as_dict: bool = False) -> str:
        """Return a token that is valid for another minute; spotipy never sets `as_dict` here.

        Raises:
            LoginNeeded: nobody is signed in, or the consent has ended.
            KeyringMissing: the keyring cannot be read.
            SpotifyUnreachable: the token endpoint gives no answer; the sign-in stays.
        """
        with self._lock:
            if self._grant is None or self._now() >= self._grant.ends - RENEWED_BEFORE_END:
                self._grant = self._refresh()
            return self._grant.access_token

    def renew(self, refused: str) -> None:
        """Replace a refused token, unless another thread has done so.

        Raises:
            SpotifyError: as `get_access_token`.
        """
        with self._lock:
            if self._grant is not None and self._grant.access_token == refused:
                self._grant = None
                self._grant = self._refresh()

    def _refresh(self) -> Grant:
        consent = self._consent or self._load()
        try:
            grant = self._endpoint.refresh(consent.refresh_token)
        except GrantRefused:
            self._consent = None
            newer = self._load()  # `companion login` may have run beside us
            if newer.refresh_token == consent.refresh_token:
                self._credentials.forget()
                raise
            consent, grant = newer, self._endpoint.refresh(newer.refresh_token)
        self._consent = self._keep(consent, grant)
        return grant

    def _load(self) -> Consent:
        consent = self._credentials.load()
        if consent is None:
            raise LoginNeeded("You are not signed in to Spotify.")
        if consent.client_id != self._client_id:
            raise LoginNeeded("The sign-in belongs to another Client ID.")
        if not set(self._scopes) <= set(consent.scope.split()):
            raise LoginNeeded("The sign-in does not cover all that the companion needs.")
        return consent

    def _keep(self, consent: Consent, grant: Grant) -> Consent:
        """Save what the answer changes; most answers change nothing."""
        kept = replace(
            consent,
            refresh_token=grant.refresh_token or consent.refresh_token,
            scope=grant.scope or consent.scope,
        )
        if kept != consent:
            self._credentials.save(kept)
        return kept
