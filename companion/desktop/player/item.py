"""Reads what a player says of the item that it plays."""

from __future__ import annotations

import re

from companion.track import Track

# spotify:track:ID, /com/spotify/track/ID, https://open.spotify.com/intl-de/track/ID?si=...
_ITEM = re.compile(
    r"(?:^|[/.])spotify(?:\.com)?(?:/intl-\w+)?[/:](track|episode|ad)[/:]([0-9A-Za-z]+)(?:\?|$)"
)
_TRACK_URI = "spotify:track:"


def find_uri(*texts: object) -> str:
    """The Spotify URI that the first fitting text (URI, object path, web address) stands for.

    "" where none fits, as for local files.
    """
    for text in texts:
        if isinstance(text, str) and (found := _ITEM.search(text)):
            return f"spotify:{found[1]}:{found[2]}"
    return ""


def make_track(uri: str, title: str, artists: tuple[str, ...], duration_ms: int) -> Track | None:
    """The track that a player names; None for an advert, an episode or nothing.

    Args:
        uri: from `find_uri`; a track without one may still be known by its title.
        title: "" where unknown.
        artists: the main artist first; empty where unknown.
        duration_ms: 0 where unknown.
    """
    if not (uri.startswith(_TRACK_URI) or (not uri and title)):
        return None
    track_id = uri.removeprefix(_TRACK_URI)
    return Track(track_id, uri, title, artists, duration_ms=duration_ms)
