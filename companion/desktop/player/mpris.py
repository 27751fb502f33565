"""The player over D-Bus: MPRIS, the interface of Linux desktops for players.

See https://specifications.freedesktop.org/mpris-spec/latest/Player_Interface.html.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from companion.desktop.bus import Bus, BusObject, without_types
from companion.desktop.player.item import LONGEST_MS, find_uri, make_track
from companion.playback import PlayerSnapshot
from companion.text import one_line

PREFIX = "org.mpris.MediaPlayer2."
PLAYERS = ("spotify", "spotifyd", "ncspot", "spotify_player")  # Spotify's own first
DAEMON = BusObject("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

MICROSECONDS = 1000  # in a millisecond
LONGEST_MICROSECONDS = MICROSECONDS * LONGEST_MS
FROZEN_AFTER = 1.0  # seconds for which a position that counts must have moved
SLACK_MS = 2000  # by which a clock and a player may differ


class MprisSignal:
    """Asks the player that played last, and looks for another when that one does not play."""

    def __init__(self, bus: Bus | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus or Bus("session")
        self._clock = clock
        self._name: str | None = None
        self._before: tuple[PlayerSnapshot, float] | None = None

    def snapshot(self) -> PlayerSnapshot | None:
        seen = self._ask(self._name) if self._name else None
        if not (seen and seen.is_playing):
            seen = self._look_round()
        if seen is None:
            self._before = None
            return None
        return self._check_position(seen)

    def close(self) -> None:
        self._bus.close()

    def _look_round(self) -> PlayerSnapshot | None:
        """Of all players that play Spotify, one that plays; else the first."""
        found = [(name, seen) for name in self._names() if (seen := self._ask(name))]
        if not found:
            self._name = None
            return None
        self._name, seen = next((pair for pair in found if pair[1].is_playing), found[0])
        return seen

    def _names(self) -> list[str]:
        answer = self._bus.call(DAEMON, "ListNames")
        return spotify_players(answer[0]) if answer else []

    def _ask(self, name: str) -> PlayerSnapshot | None:
        target = BusObject(name, "/org/mpris/MediaPlayer2", "org.mpris.MediaPlayer2.Player")
        properties = self._bus.properties(target)
        return None if properties is None else read_properties(properties)

    def _check_position(self, seen: PlayerSnapshot) -> PlayerSnapshot:
        now = self._clock()
        before, self._before = self._before, (seen, now)
        if before is None or is_position_sound(before[0], seen, now - before[1]):
            return seen
        return replace(seen, position_ms=None)


def spotify_players(names: list[str]) -> list[str]:
    """The names on the bus that play Spotify, in the order of `PLAYERS`.

    A sandbox or a second instance adds a part to the name: `...spotify.instance7`.
    """
    found = []
    for name in names:
        player = name.removeprefix(PREFIX).split(".")[0]
        if name.startswith(PREFIX) and player in PLAYERS:
            found.append((PLAYERS.index(player), name))
    return [name for _, name in sorted(found)]


def read_properties(properties: Mapping[str, Any]) -> PlayerSnapshot:
    """Read the properties of `org.mpris.MediaPlayer2.Player`, whatever is missing or absurd."""
    data = without_types(properties.get("Metadata"))
    duration = _milliseconds(data.get("mpris:length")) or 0
    position = _milliseconds(properties.get("Position"))
    if position and duration and position > duration:
        position = None
    title = data.get("xesam:title")
    uri = find_uri(data.get("mpris:trackid"), data.get("xesam:url"))
    artists = _names_in(data.get("xesam:artist"))
    album = data.get("xesam:album")
    shuffled = properties.get("Shuffle")
    track = make_track(uri, title if isinstance(title, str) else "", artists, duration)
    if track and isinstance(album, str):
        track = replace(track, album=one_line(album))
    return PlayerSnapshot(
        track=track,
        is_playing=properties.get("PlaybackStatus") == "Playing",
        position_ms=position,
        duration_ms=duration,
        exact=False,
        shuffled=shuffled if isinstance(shuffled, bool) else None,
        volume=_percent(properties.get("Volume")),
    )


def is_position_sound(before: PlayerSnapshot, seen: PlayerSnapshot, elapsed: float) -> bool:
    """Return True if a position is plausible, given the snapshot `elapsed` seconds before.

    Spotify's client stands still at a wrong position at times, and shortly after a change
    it may still tell that of the track before.
    """
    if seen.position_ms is None:
        return True
    if not seen.continues(before):
        return seen.position_ms <= elapsed * 1000 + SLACK_MS
    stands = seen.position_ms == before.position_ms and seen.is_playing and before.is_playing
    return not (stands and elapsed > FROZEN_AFTER)


def _milliseconds(value: Any) -> int | None:
    """Read microseconds; None for 0 too, as players that do not know say, and for the absurd."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return (round(value / MICROSECONDS) or None) if 0 < value < LONGEST_MICROSECONDS else None


def _percent(value: Any) -> int | None:
    """Read a volume of [0, 1]; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(100 * value)


def _names_in(value: Any) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return ()
    return tuple(name for name in names if isinstance(name, str) and name)
