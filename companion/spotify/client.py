"""A signed-in session: the few things that the companion asks of Spotify.

    with connect(config.spotify) as session:
        state = session.player()

Every method raises a `SpotifyError` whose kind says what is wrong. One thread owns a
session.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from keyring.backend import KeyringBackend

from companion.config.schema import Spotify
from companion.errors import SpotifyError
from companion.spotify.auth.credentials import Wallet, scopes_for
from companion.spotify.auth.login import check_client_id
from companion.spotify.auth.tokens import AccessTokens, TokenEndpoint
from companion.spotify.json_fields import Json, text
from companion.spotify.library import (
    PAGE_SIZE,
    Page,
    Playlist,
    read_playlists,
    read_tracks,
)
from companion.spotify.player import PlayerState, QueueView, parse_player, parse_queue
from companion.spotify.quota import Clock, Gate, Group, MemoryGate, utc_now
from companion.spotify.transport import PATIENCE, Ask, WebApi

PACE = 0.2  # seconds between two pages


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in.

    Attributes:
        id: stays with the account.
        user: what playlists name as their owner.
        name: "" where Spotify gives none.
    """

    id: str
    user: str
    name: str


def connect(
    settings: Spotify,
    ring: KeyringBackend | None = None,
    gate: Gate | None = None,
    patience: float = PATIENCE,
    now: Clock = utc_now,
    sleep: Callable[[float], object] = time.sleep,
) -> SpotifySession:
    """Open a session with the consent in the keyring; nothing is asked of Spotify yet.

    Args:
        settings: the client id and the addresses.
        ring: the keyring; the system's own where it is None.
        gate: what counts the calls and holds them back; one that forgets where it is None.
        patience: seconds to wait at most when Spotify asks for a wait.
        now: the clock.
        sleep: how to wait.

    Raises:
        ConfigError: no client id is set.
        KeyringMissing: there is no keyring.
    """
    check_client_id(settings)
    endpoint = TokenEndpoint(settings.accounts_url, settings.client_id, now)
    scopes = scopes_for(settings)
    tokens = AccessTokens(endpoint, Wallet(ring), settings.client_id, now, scopes)
    gate = MemoryGate(now) if gate is None else gate
    return SpotifySession(WebApi(settings.api_url, tokens, gate, patience, now, sleep))


class SpotifySession:
    """What `connect` opens; use it in a `with` block, or close it."""

    def __init__(self, api: WebApi) -> None:
        self._api = api

    def __enter__(self) -> SpotifySession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def me(self) -> Account:
        """Who is signed in."""
        body = self._read(Group.LIBRARY, lambda client: client.me())
        user = text(body, "id")
        return Account(text(body, "account_id") or user, user, text(body, "display_name"))

    def player(self) -> PlayerState | None:
        """What plays, and on what; None while no device is active."""
        return parse_player(
            self._api.get(
                Group.PLAYER,
                lambda client: client.current_playback(additional_types="track,episode"),
            )
        )

    def queue(self) -> QueueView:
        """What plays and what comes."""
        return parse_queue(self._read(Group.PLAYER, lambda client: client.queue()))

    def add(self, uri: str) -> None:
        """Put a track at the end of the queue; it is sent once, whatever the answer.

        Raises:
            QueueUnclear: it was sent, but nobody knows whether it was queued: look at
                `queue()` before anything else.
            NoDevice: nothing plays anywhere.
            PremiumNeeded: the account or the app's owner has no Premium.
            Restricted: the device or the context takes no commands.
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
            self._api.pause(PACE)
            return self._read(Group.LIBRARY, lambda client: client.next({"next": url}))

        return fetch

    def _read(self, group: Group, ask: Ask) -> Json:
        body: Json | None = self._api.get(group, ask)
        return {} if body is None else body
