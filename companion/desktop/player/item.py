"""Reads the item that a player plays."""

import re

from companion.text import one_line
from companion.track import Track

LONGEST_MS = 2**31 - 1  # of a track; a longer one is not known

# spotify:track:ID, /com/spotify/track/ID, https://open.spotify.com/intl-de/track/ID?si=...
_ITEM = re.compile(
    r"(?:^|[/.])spotify(?:\.com)?(?:/intl-\w+)?[/:](track|episode|chapter|ad)[/:]([0-9A-Za-z]+)(?:\?|$)"
)
_TRACK_URI = "spotify:track:"


def find_uri(*texts: object) -> str:
    """Find the Spotify URI in the first fitting text (URI, object path, web address).

    "" where none fits, as for local files.
    """
    for text in texts:
        if isinstance(text, str) and (found := _ITEM.search(text)):
            return f"spotify:{found[1]}:{found[2]}"
    return ""


def make_track(uri: str, title: str, artists: tuple[str, ...], duration_ms: int) -> Track | None:
    """Make the track that a player names; None for an advert, an episode, a chapter or nothing.

    A track without a URI of `find_uri` may still be known by its title. The main artist comes
    first; "", an empty tuple and 0 stand for what is unknown.
    """
    shown = one_line(title)
    if not (uri.startswith(_TRACK_URI) or (not uri and shown)):
        return None
    names = tuple(filter(None, map(one_line, artists)))
    return Track(uri.removeprefix(_TRACK_URI), uri, shown, names, duration_ms=duration_ms)
