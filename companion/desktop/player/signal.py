"""What Spotify on this machine plays, asked of the desktop: it costs no call to Spotify.

Linux asks the player over D-Bus (MPRIS), macOS over AppleScript. Windows tells it only to
programs with its media session library, which is not installed: there the Web API is polled.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Protocol

# spotify:track:ID, /com/spotify/track/ID, https://open.spotify.com/intl-de/track/ID?si=...
_ITEM = re.compile(
    r"(?:^|[/.])spotify(?:\.com)?(?:/intl-\w+)?[/:](track|episode|ad)[/:]([0-9A-Za-z]+)(?:\?|$)"
)


@dataclass(frozen=True, slots=True)
class Playback:
    """What a player says that it plays.

    Attributes:
        uri: `spotify:track:ID` (or `episode`, `ad`); None where it names none, as for local files.
        title: "" where unknown.
        artists: the main artist first; empty where unknown.
        duration_ms: of the track; None where unknown.
        position_ms: in the track; None where unknown or not to be believed.
        playing: False when paused or stopped.
    """

    uri: str | None
    title: str
    artists: tuple[str, ...]
    duration_ms: int | None
    position_ms: int | None
    playing: bool


class PlayerSignal(Protocol):
    """Asked every few seconds. It keeps what it needs for that until it is closed."""

    def playback(self) -> Playback | None:
        """What plays now; None when no Spotify is there or it cannot be asked."""

    def close(self) -> None:
        """Let go of what is kept."""


def find_player_signal() -> PlayerSignal | None:
    """This platform's way; None where there is none."""
    if sys.platform == "linux":
        from companion.desktop.player.mpris import MprisSignal

        return MprisSignal()
    if sys.platform == "darwin":
        from companion.desktop.player.applescript import AppleScriptSignal

        return AppleScriptSignal()
    return None


def find_uri(*texts: object) -> str | None:
    """The Spotify URI that the first fitting text (URI, object path, web address) stands for."""
    for text in texts:
        if isinstance(text, str) and (found := _ITEM.search(text)):
            return f"spotify:{found[1]}:{found[2]}"
    return None
