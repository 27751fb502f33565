"""A player of our own on the bus, which speaks MPRIS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.desktop.buses import Peer, PrivateBus

PATH = "/org/mpris/MediaPlayer2"
INTERFACE = "org.mpris.MediaPlayer2.Player"
ID = "4uLU6hMCjMI75M1A2tKUQC"


class Player(Peer):
    """Plays a track of three minutes, as Spotify's own client would say it."""

    def __init__(self, bus: PrivateBus, name: str = "spotify", *, playing: bool = True) -> None:
        super().__init__(bus, f"org.mpris.MediaPlayer2.{name}")
        self.tell(playing=playing)

    def tell(
        self,
        *,
        track: str = ID,
        title: str = "Song",
        artists: Sequence[str] = ("One", "Two"),
        position: float = 30.0,
        playing: bool = True,
    ) -> None:
        """Set what it says from now on; the position is in seconds."""
        metadata: dict[str, tuple[str, Any]] = {
            "mpris:trackid": ("s", f"/com/spotify/track/{track}"),
            "mpris:length": ("t", 180_000_000),
            "xesam:title": ("s", title),
            "xesam:artist": ("as", list(artists)),
            "xesam:url": ("s", f"https://open.spotify.com/track/{track}"),
        }
        self.properties[PATH, INTERFACE] = {
            "PlaybackStatus": ("s", "Playing" if playing else "Paused"),
            "Metadata": ("a{sv}", metadata),
            "Position": ("x", round(position * 1e6)),
            "CanPause": ("b", True),
        }
