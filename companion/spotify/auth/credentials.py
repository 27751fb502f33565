"""The user's consent, stored in the system's keyring and nowhere else."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from companion.config.schema import Spotify
from companion.errors import KeyringMissing, LoginNeeded
from companion.spotify.auth.consent import CONSENT_LIFETIME, WARNING_DAYS
from companion.spotify.json_fields import EARLIEST_YEAR, LATEST_YEAR

SCOPES = (
    "user-library-read",
    "user-read-currently-playing",
    "user-read-playback-state",
    "user-modify-playback-state",
    "user-read-recently-played",
)
PLAYLIST_SCOPE = "playlist-read-private"

SERVICE = "companion"
USER = "spotify"
LEAST_PRIORITY = 1  # in keyring, lower ones are plain files and backends that store nothing


@dataclass(frozen=True, slots=True)
class Consent:
    """The scope that the user granted, and the token that proves it.

    Attributes:
        client_id: the app that it was granted to.
        scope: the granted scopes, separated by blanks.
        given: the day of the sign-in.
    """

    client_id: str
    refresh_token: str = field(repr=False)
    scope: str
    given: date

    @property
    def ends(self) -> date:
        """The day on which Spotify asks for a new sign-in."""
        return self.given + CONSENT_LIFETIME

    def days_left(self, today: date) -> int:
        """Count the days until then; 0 when they are over."""
        return max(0, (self.ends - today).days)

    def warning(self, today: date) -> str | None:
        """Return the warning of the last two weeks, with the remedy; else None."""
        days = self.days_left(today)
        if days > WARNING_DAYS:
            return None
        if days == 0:
            return "The sign-in has ended. Run `companion login`."
        return f"The sign-in ends in {days} day{'s' * (days != 1)}. Run `companion login` before."


def scopes_for(settings: Spotify) -> tuple[str, ...]:
    """Return the scopes that the user is asked to grant."""
    return (*SCOPES, PLAYLIST_SCOPE) if settings.playlists else SCOPES


class CredentialStore:
    """The one entry of the program in the keyring, the system's own where no backend is given.

    Raises (every method too):
        KeyringMissing: no backend stores secrets safely, or it is locked or does not answer.
    """

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        with _keyring_errors():
            self._backend = backend or keyring.get_keyring()
            safe = self._backend.priority >= LEAST_PRIORITY
        if not safe:
            raise KeyringMissing("There is no system keyring to keep the sign-in in.")

    def load(self) -> Consent | None:
        """Read the consent; None where the user is not signed in.

        Raises:
            LoginNeeded: the entry is damaged.
        """
        with _keyring_errors():
            entry = self._backend.get_password(SERVICE, USER)
        return None if entry is None else _from_json(entry)

    def save(self, consent: Consent) -> None:
        """Store the consent in place of the previous one."""
        with _keyring_errors():
            self._backend.set_password(SERVICE, USER, _to_json(consent))

    def forget(self) -> bool:
        """Remove the consent; False where there was none."""
        with _keyring_errors():
            if self._backend.get_password(SERVICE, USER) is None:
                return False
            with contextlib.suppress(PasswordDeleteError):  # another process was faster
                self._backend.delete_password(SERVICE, USER)
            return True


@contextlib.contextmanager
def _keyring_errors() -> Iterator[None]:
    """Turn any error of a backend into ours: each raises those of its own library."""
    try:
        yield
    except Exception as error:
        raise KeyringMissing(f"The system keyring does not work: {error}.") from error


def _to_json(consent: Consent) -> str:
    # Without blanks: Windows holds 1,280 characters.
    return json.dumps(asdict(consent), separators=(",", ":"), default=date.isoformat)


def _from_json(entry: str) -> Consent:
    try:
        parts = json.loads(entry)
        given = date.fromisoformat(parts["given"])
        if not EARLIEST_YEAR <= given.year <= LATEST_YEAR:
            raise ValueError
        return Consent(
            client_id=_plain(parts["client_id"]),
            refresh_token=_plain(parts["refresh_token"]),
            scope=_plain(parts["scope"]),
            given=given,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        # Not chained: the error would quote the entry.
        raise LoginNeeded("The sign-in in the keyring cannot be read.") from None


def _plain(value: object) -> str:
    text = str(value)
    text.encode("ascii")  # what a request can hold
    return text
