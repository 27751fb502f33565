"""Spotify's JSON: full, or as development mode strips it since 2026."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from companion.demo.simulator.clock import iso
from companion.demo.simulator.library import (
    Advert,
    Album,
    Artist,
    Episode,
    Item,
    LocalFile,
    Playlist,
    Saved,
    Track,
)
from companion.demo.simulator.player import Device, Play, Snapshot

JSON = dict[str, Any]
USER_ID = "simulated-listener"
ACCOUNT_ID = "acc00simulated"
MARKETS = ["AT", "DE", "GB", "SE", "US"]


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """Writes things as Spotify does.

    Attributes:
        origin: the simulator's own address, without a slash at the end.
        full: with the fields that development mode leaves out.
    """

    origin: str
    full: bool = False

    def me(self, *, premium: bool) -> JSON:
        user = self._thing("user", USER_ID) | {
            "account_id": ACCOUNT_ID,
            "display_name": "A Listener",
            "images": [],
            "product": "premium" if premium else "free",
        }
        if self.full:
            user |= {
                "country": "AT",
                "email": "listener@example.org",
                "followers": {"href": None, "total": 3},
                "explicit_content": {"filter_enabled": False, "filter_locked": False},
            }
        return user

    def item(self, item: Item) -> JSON | None:
        """A track, a local file or an episode; an advert is null."""
        match item:
            case Track():
                return self.track(item)
            case LocalFile():
                return _local(item)
            case Episode():
                return self._episode(item)
            case Advert():
                return None

    def track(self, track: Track) -> JSON:
        shape = self._thing("track", track.id) | {
            "album": self._album(track.album),
            "artists": [self._artist(artist) for artist in track.artists],
            "disc_number": 1,
            "duration_ms": track.duration_ms,
            "explicit": False,
            "external_ids": {"isrc": track.isrc} if track.isrc else {},
            "is_local": False,
            "is_playable": True,
            "name": track.name,
            "preview_url": None,
            "track_number": track.track_number,
        }
        if self.full:
            shape |= {"available_markets": MARKETS, "popularity": 40}
        return shape

    def saved(self, entry: Saved) -> JSON:
        return {"added_at": iso(entry.added_at), "track": self.item(entry.track)}

    def playlist(self, playlist: Playlist) -> JSON:
        items = f"{self.origin}/v1/playlists/{playlist.id}/items"
        total = {"href": items, "total": len(playlist.tracks)}
        return self._thing("playlist", playlist.id) | {
            "collaborative": False,
            "description": "",
            "images": None,
            "items": total,
            "name": playlist.name,
            "owner": self._thing("user", playlist.owner) | {"display_name": None},
            "public": False,
            "snapshot_id": f"snapshot{len(playlist.tracks)}",
            "tracks": total,
        }

    def playlist_item(self, track: Track | LocalFile, added_at: float) -> JSON:
        item = self.item(track)
        return {
            "added_at": iso(added_at),
            "added_by": self._thing("user", USER_ID),
            "is_local": isinstance(track, LocalFile),
            "item": item,
            "track": item,
        }

    def player(self, state: Snapshot, *, episodes: bool) -> JSON:
        """Write the answer of GET player, with an episode only if episodes are asked for."""
        return self.playing(state, episodes=episodes) | {
            "device": device(state.device),
            "repeat_state": state.repeat_state,
            "shuffle_state": False,
        }

    def playing(self, state: Snapshot, *, episodes: bool) -> JSON:
        hidden = isinstance(state.item, Episode) and not episodes
        restricted = isinstance(state.item, Advert) or state.device.is_restricted
        return {
            "actions": {"disallows": _disallows(state.is_playing, restricted=restricted)},
            "context": self._context(state.context_uri),
            "currently_playing_type": _kind(state.item),
            "is_playing": state.is_playing,
            "item": None if hidden else self.item(state.item),
            "progress_ms": state.progress_ms,
            "timestamp": state.timestamp_ms,
        }

    def play(self, play: Play, track: Track) -> JSON:
        return {"context": None, "played_at": iso(play.ended_at), "track": self.track(track)}

    def _context(self, uri: str | None) -> JSON | None:
        if uri is None:
            return None
        _, kind, name = uri.split(":", 2)
        thing = self._thing(kind, name)
        return {key: thing[key] for key in ("type", "href", "external_urls")} | {"uri": uri}

    def _album(self, album: Album) -> JSON:
        shape = self._thing("album", album.id) | {
            "album_type": "album",
            "artists": [self._artist(artist) for artist in album.artists],
            "images": [],
            "name": album.name,
            "release_date": album.release_date,
            "release_date_precision": "day",
            "total_tracks": album.total_tracks,
        }
        return shape | {"available_markets": MARKETS} if self.full else shape

    def _artist(self, artist: Artist) -> JSON:
        return self._thing("artist", artist.id) | {"name": artist.name}

    def _episode(self, episode: Episode) -> JSON:
        return self._thing("episode", episode.id) | {
            "audio_preview_url": None,
            "duration_ms": episode.duration_ms,
            "is_playable": True,
            "release_date": "2026-09-01",
            "release_date_precision": "day",
            "show": self._show(episode.show),
            **_spoken(episode.name),
        }

    def _show(self, name: str) -> JSON:
        return self._thing("show", name.replace(" ", "")) | {
            "available_markets": MARKETS,
            "copyrights": [],
            "media_type": "audio",
            "publisher": name,
            "total_episodes": 12,
            **_spoken(name),
        }

    def _thing(self, kind: str, name: str) -> JSON:
        """Write the fields that everything with an id has."""
        return {
            "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{name}"},
            "href": f"{self.origin}/v1/{kind}s/{name}",
            "id": name,
            "type": kind,
            "uri": f"spotify:{kind}:{name}",
        }


def device(device: Device) -> JSON:
    """The active device."""
    return {
        "id": device.id,
        "is_active": True,
        "is_private_session": device.is_private_session,
        "is_restricted": device.is_restricted,
        "name": device.name,
        "supports_volume": device.volume_percent is not None,
        "type": device.type,
        "volume_percent": device.volume_percent,
    }


def _spoken(name: str) -> JSON:
    return {
        "description": name,
        "explicit": False,
        "html_description": name,
        "images": [],
        "is_externally_hosted": False,
        "languages": ["en"],
        "name": name,
    }


def _local(file: LocalFile) -> JSON:
    nobody: JSON = {"external_urls": {}, "href": None, "id": None, "uri": None}
    album = nobody | {"name": file.album, "type": "album", "images": [], "artists": []}
    return nobody | {
        "album": album | {"album_type": None, "release_date": None},
        "artists": [nobody | {"name": file.artist, "type": "artist"}],
        "duration_ms": file.duration_ms,
        "explicit": False,
        "external_ids": {},
        "is_local": True,
        "name": file.name,
        "preview_url": None,
        "type": "track",
        "uri": file.uri,
    }


def _kind(item: Item) -> str:
    match item:
        case Episode():
            return "episode"
        case Advert():
            return "ad"
        case _:
            return "track"


def _disallows(is_playing: bool, *, restricted: bool) -> dict[str, bool]:
    """Spotify names only what is not allowed."""
    what = ["resuming" if is_playing else "pausing"]
    if restricted:
        what += ["skipping_next", "skipping_prev", "seeking"]
    return dict.fromkeys(what, True)
