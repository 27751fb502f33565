"""Sign-in: Authorization Code with PKCE (RFC 7636), access and refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from companion.demo.simulator.clock import DAY, Clock

ACCESS_SECONDS = 3600
CODE_SECONDS = 600
REFRESH_SECONDS = 182 * DAY  # six months from the consent; refreshing does not extend it
CALLBACK = re.compile(r"http://127\.0\.0\.1:\d{1,5}/callback")
SCOPES = (
    "user-library-read user-read-playback-state user-read-currently-playing "
    "user-modify-playback-state user-read-recently-played playlist-read-private user-top-read"
)


class AuthorizeRefused(Exception):
    """The sign-in page answers 400 with this text."""


class TokenRefused(Exception):
    """The token endpoint answers 400 with this OAuth error (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


@dataclass(frozen=True, slots=True)
class Consent:
    """The scope that a user granted, and to which client."""

    client_id: str
    scope: str
    at: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens; its repr shows neither."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "Tokens(***)"


@dataclass(frozen=True, slots=True)
class _Code:
    consent: Consent
    redirect_uri: str
    challenge: str


@dataclass(frozen=True, slots=True)
class _Access:
    consent: Consent
    expires_at: float


class Accounts:
    """The accounts service for the simulator's one user.

    Attributes:
        denies: the user says no on the sign-in page.
        rotates: a refresh gives a new refresh token, and the old one is void.
        tells_scope: a refresh answer names the scope.
    """

    def __init__(self, clock: Clock) -> None:
        self.denies = False
        self.rotates = False
        self.tells_scope = True
        self._clock = clock
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, _Access] = {}
        self._refresh: dict[str, Consent] = {}

    def authorize(self, query: Mapping[str, str]) -> str:
        """Answer the sign-in page at once, as a user would with a click.

        Returns:
            The address to send the browser to, with code and state, or the denial.

        Raises:
            AuthorizeRefused: the request is one that Spotify shows an error page for.
        """
        _check_authorize(query)
        redirect_uri = query["redirect_uri"]
        answer = {"state": query["state"]} if "state" in query else {}
        if self.denies:
            return f"{redirect_uri}?{urlencode({'error': 'access_denied'} | answer)}"
        consent = Consent(query["client_id"], query.get("scope", ""), self._clock.now())
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(consent, redirect_uri, query["code_challenge"])
        return f"{redirect_uri}?{urlencode({'code': code} | answer)}"

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Exchange a code or a refresh token.

        Raises:
            TokenRefused: as `invalid_grant`, `invalid_request` or `unsupported_grant_type`.
        """
        grant = form.get("grant_type", "")
        if grant == "authorization_code":
            return self._exchange(form)
        if grant == "refresh_token":
            return self._renew(form)
        raise TokenRefused("unsupported_grant_type", "grant_type parameter is missing or unknown")

    def sign_in(self, scope: str = SCOPES, client_id: str = "0123456789abcdef") -> Tokens:
        """Tokens without the ceremony, for tests of what comes after it."""
        consent = Consent(client_id, scope, self._clock.now())
        return Tokens(self._new_access(consent), self._new_refresh(consent))

    def revoke(self) -> None:
        """The user removes the app: every token is void from now on."""
        for grants in (self._codes, self._access, self._refresh):
            grants.clear()

    def scope_of(self, access_token: str) -> frozenset[str] | None:
        """Return the scopes of a token; None where it is unknown or has expired."""
        access = self._access.get(access_token)
        if access is None or self._clock.now() >= access.expires_at:
            return None
        return frozenset(access.consent.scope.split())

    def issued(self, access_token: str) -> bool:
        """Return True if the token was ever issued, expired or not."""
        return access_token in self._access

    def _exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self._clock.now() > code.consent.at + CODE_SECONDS:
            raise TokenRefused("invalid_grant", "Invalid authorization code")
        if form.get("redirect_uri") != code.redirect_uri:
            raise TokenRefused("invalid_grant", "Invalid redirect URI")
        if form.get("client_id") != code.consent.client_id:
            raise TokenRefused("invalid_client", "Invalid client")
        if s256(form.get("code_verifier", "")) != code.challenge:
            raise TokenRefused("invalid_grant", "code_verifier was incorrect")
        answer = self._answer(code.consent)
        return answer | {
            "refresh_token": self._new_refresh(code.consent),
            "scope": code.consent.scope,
        }

    def _renew(self, form: Mapping[str, str]) -> dict[str, Any]:
        old = form.get("refresh_token", "")
        consent = self._refresh.get(old)
        if consent is None or self._clock.now() >= consent.at + REFRESH_SECONDS:
            raise TokenRefused("invalid_grant", "Refresh token revoked")
        if form.get("client_id") != consent.client_id:
            raise TokenRefused("invalid_client", "Invalid client")
        answer = self._answer(consent)
        if self.tells_scope:
            answer["scope"] = consent.scope
        if self.rotates:
            del self._refresh[old]
            answer["refresh_token"] = self._new_refresh(consent)
        return answer

    def _answer(self, consent: Consent) -> dict[str, Any]:
        access = self._new_access(consent)
        return {"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}

    def _new_access(self, consent: Consent) -> str:
        token = secrets.token_urlsafe(64)
        self._access[token] = _Access(consent, self._clock.now() + ACCESS_SECONDS)
        return token

    def _new_refresh(self, consent: Consent) -> str:
        token = secrets.token_urlsafe(96)
        self._refresh[token] = consent
        return token


def s256(verifier: str) -> str:
    """The code challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _check_authorize(query: Mapping[str, str]) -> None:
    if not re.fullmatch("[0-9a-zA-Z]{8,64}", query.get("client_id", "")):
        raise AuthorizeRefused("INVALID_CLIENT: Invalid client")
    if not CALLBACK.fullmatch(query.get("redirect_uri", "")):
        raise AuthorizeRefused("INVALID_CLIENT: Invalid redirect URI")
    if query.get("response_type") != "code":
        raise AuthorizeRefused("response_type must be code")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        raise AuthorizeRefused("code_challenge_method must be S256")
    unknown = set(query.get("scope", "").split()) - set(SCOPES.split())
    if unknown:
        raise AuthorizeRefused("INVALID_SCOPE: Invalid scope")
