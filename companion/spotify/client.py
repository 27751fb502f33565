"""A signed-in session: the requests that the companion makes to Spotify.

    with connect(config.spotify, quota) as session:
        state = session.player()

Every method raises a `SpotifyError` whose class says what is wrong. One thread owns a session.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from keyring.backend import KeyringBackend

from companion.config.schema import Spotify
from companion.errors import SpotifyError
from companion.playback import PlayerState, QueueView
from companion.spotify.auth.credentials import CredentialStore, scopes_for
from companion.spotify.auth.login import check_client_id
from companion.spotify.auth.tokens import AccessTokens, TokenEndpoint
from companion.spotify.json_fields import Json, text
from companion.spotify.library import PAGE_SIZE, Page, Playlist, read_playlists, read_tracks
from companion.spotify.player import parse_player, parse_queue, parse_recently_played
from companion.spotify.quota import Clock, Group, Quota, utc_now
from companion.spotify.transport import LONGEST_WAIT_SECONDS, Ask, WebApi

PAGE_PAUSE_SECONDS = 0.2  # between two pages


@dataclass(frozen=True, slots=True)
class Account:
    """The account that is signed in.

    Attributes:
        id: stays with the account.
        user: the owner's id in playlists.
        name: "" where Spotify gives none.
    """

    id: str
    user: str
    name: str


def connect(
    settings: Spotify,
    quota: Quota,
    backend: KeyringBackend | None = None,
    longest_wait: float = LONGEST_WAIT_SECONDS,
    now: Clock = utc_now,
    sleep: Callable[[float], object] = time.sleep,
) -> "SpotifySession":
    """Open a session with the consent in the keyring; no request is made yet.

    When Spotify asks for a wait, it waits `longest_wait` seconds at most.

    Raises:
        ConfigError: no Client ID is set.
        KeyringMissing: there is no keyring.
    """
    check_client_id(settings)
    endpoint = TokenEndpoint(settings.accounts_url, settings.client_id, now)
    scopes = scopes_for(settings)
    tokens = AccessTokens(endpoint, CredentialStore(backend), settings.client_id, now, scopes)
    return SpotifySession(WebApi(settings.api_url, tokens, quota, longest_wait, now, sleep))


class SpotifySession:
    """An open session; use it in a `with` block, or close it."""

    def __init__(self, api: WebApi) -> None:
        self._api = api

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def me(self) -> Account:
        """Return the account that is signed in."""
        body = self._read(Group.LIBRARY, lambda client: client.me())
        user = text(body, "id")
        return Account(text(body, "account_id") or user, user, text(body, "display_name"))

    def player(self) -> PlayerState | None:
        """Return what plays, and on which device; None while no device is active."""
        return parse_player(
            self._api.get(
                Group.PLAYER,
                lambda client: client.current_playback(additional_types="track,episode"),
            )
        )

    def queue(self) -> QueueView:
        """Return what plays and what comes next."""
        return parse_queue(self._read(Group.PLAYER, lambda client: client.queue()))

    def recently_played(self) -> list[tuple[str, datetime]]:
        """Return the ids of the tracks that played last, with when; newest first, 50 at most."""
        body = self._read(
            Group.PLAYER, lambda client: client.current_user_recently_played(PAGE_SIZE)
        )
        return parse_recently_played(body)

    def add(self, uri: str) -> None:
        """Put a track at the end of the queue; it is sent once, whatever the answer.

        Raises:
            QueueUnclear: it was sent, but nobody knows whether it was queued: look at
                `queue()` before anything else.
            NoDevice: nothing plays anywhere.
            PremiumNeeded: the account or the app's owner has no Premium.
            Restricted: the device or the context accepts no commands.
            SpotifyError: any other kind: it was not queued.
        """
        if not re.fullmatch(r"spotify:track:[0-9A-Za-z]+", uri):
            raise SpotifyError("Only tracks of Spotify's catalogue can be queued.")
        self._api.send(Group.PLAYER, lambda client: client.add_to_queue(uri))

    def saved_tracks(
        self, known: Callable[[str], bool] | None = None, start: int = 0
    ) -> Iterator[Page]:
        """The saved tracks, page by page; see `library.read_tracks`."""
        pages = self._pages(lambda client, at: client.current_user_saved_tracks(PAGE_SIZE, at))
        return read_tracks(pages, known, start)

    def own_playlists(self) -> Iterator[Playlist]:
        """The playlists that the user owns: only of these may an app read the tracks."""
        pages = self._pages(lambda client, at: client.current_user_playlists(PAGE_SIZE, at))
        me = self.me()
        return read_playlists(pages, {me.user, me.id})

    def playlist_tracks(self, playlist: str, start: int = 0) -> Iterator[Page]:
        """The tracks of a playlist, page by page; see `library.read_tracks`."""
        pages = self._pages(
            lambda client, at: client.playlist_items(playlist, limit=PAGE_SIZE, offset=at)
        )
        return read_tracks(pages, start=start)

    def _pages(self, ask: Callable[[Any, int], Any]) -> Callable[[str, int], Json]:
        """Fetches a page by its address, or where that is "" by its offset."""

        def fetch(url: str, offset: int) -> Json:
            if not url:
                return self._read(Group.LIBRARY, lambda client: ask(client, offset))
            if not url.startswith(self._api.prefix):
                raise SpotifyError("Spotify's next page lies on another server; it is not asked.")
            self._api.pause(PAGE_PAUSE_SECONDS)
            return self._read(Group.LIBRARY, lambda client: client.next({"next": url}))

        return fetch

    def _read(self, group: Group, ask: Ask) -> Json:
        body: Json | None = self._api.get(group, ask)
        return {} if body is None else body
