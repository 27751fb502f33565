"""Signing in and out: Authorization Code with PKCE (RFC 7636)."""

import base64
import contextlib
import hashlib
import secrets
import webbrowser
from collections.abc import Callable
from urllib.parse import urlencode

from keyring.backend import KeyringBackend

from companion.config.schema import Spotify
from companion.errors import ConfigError, LoginNeeded, SpotifyUnreachable
from companion.spotify.auth.callback import Answer, CallbackServer
from companion.spotify.auth.credentials import Consent, CredentialStore, scopes_for
from companion.spotify.auth.tokens import TokenEndpoint
from companion.spotify.quota import Clock, utc_now
from companion.spotify.refusals import printable

SIGN_IN_SECONDS = 300.0  # until the user must have answered
NEEDS_APP = (
    "Run `companion setup`, or create an app in Spotify's dashboard with the redirect URI "
    "http://127.0.0.1/callback and write its Client ID into the config."
)


def sign_in(
    settings: Spotify,
    backend: KeyringBackend | None = None,
    show: Callable[[str], object] = webbrowser.open,
    deadline: float = SIGN_IN_SECONDS,
    now: Clock = utc_now,
) -> Consent:
    """Let the user consent in the browser, and keep the consent in the keyring.

    `show` shows the sign-in page at an address, and returns False if it cannot; the user must
    have answered within `deadline` seconds.

    Raises:
        ConfigError: no Client ID is set.
        KeyringMissing: the keyring cannot be used.
        LoginNeeded: the user said no, closed the tab, or Spotify did not take the answer.
        SpotifyUnreachable: Spotify's sign-in gives no answer that can be used.
        SpotifyError: the app is not set up as it must be.
    """
    check_client_id(settings)
    credentials = CredentialStore(backend)
    with contextlib.suppress(LoginNeeded):
        credentials.load()  # so that a locked keyring is found now, not after the consent
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    with CallbackServer(state) as server:
        redirect_uri = server.redirect_uri
        if show(_address(settings, redirect_uri, state, verifier)) is False:
            raise LoginNeeded("No browser could be opened.", "Run `companion login --no-browser`.")
        code = _code(server.wait(deadline))
    endpoint = TokenEndpoint(settings.accounts_url, settings.client_id, now)
    grant = endpoint.exchange(code, verifier, redirect_uri)
    if not grant.refresh_token:
        raise SpotifyUnreachable("Spotify's answer to the sign-in is incomplete.")
    scope = grant.scope or " ".join(scopes_for(settings))  # left out, it is what was asked for
    consent = Consent(settings.client_id, grant.refresh_token, scope, now().date())
    credentials.save(consent)
    return consent


def check_client_id(settings: Spotify) -> None:
    """Check that the user has set a Client ID.

    Raises:
        ConfigError: no Client ID is set.
    """
    if not settings.client_id:
        raise ConfigError("spotify.client_id is not set.", NEEDS_APP)


def _address(settings: Spotify, redirect_uri: str, state: str, verifier: str) -> str:
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes_for(settings)),
        "state": state,
        "code_challenge_method": "S256",
        "code_challenge": challenge(verifier),
    }
    return f"{settings.accounts_url.rstrip('/')}/authorize?{urlencode(query)}"


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _code(answer: Answer | None) -> str:
    if answer is None:
        raise LoginNeeded("Nobody answered Spotify's sign-in page in time.")
    if answer.error == "access_denied":
        raise LoginNeeded("You did not allow the companion to use your Spotify account.")
    if answer.error:
        raise LoginNeeded(f"Spotify's sign-in page ended with {printable(answer.error)}.")
    return answer.code
