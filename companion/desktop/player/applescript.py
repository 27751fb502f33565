"""The player on macOS: Spotify's application answers AppleScript, asked with `osascript`.

The first time, macOS asks the user whether that is allowed.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from companion.desktop.player.item import LONGEST_MS, find_uri, make_track
from companion.desktop.programs import ask_program
from companion.playback import PlayerSnapshot

ANSWER_SECONDS = 20.0  # for which an answer is used: each one starts a process
SEPARATOR = "\x1f"  # ASCII's unit separator, which no title holds

# An application that does not run is not started. Whole numbers: others are written with the
# user's decimal sign.
SCRIPT = """
if application id "com.spotify.client" is not running then return ""
tell application id "com.spotify.client"
    set state to player state as text
    if state is "stopped" then return state
    set song to current track
    set place to (player position * 1000) as integer
    set parts to {state, id of song, name of song, artist of song, duration of song, place}
end tell
set AppleScript's text item delimiters to character id 31
return parts as text
"""


class AppleScriptSignal:
    """Asks at most every `ANSWER_SECONDS` seconds; between, the position moves with the clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: PlayerSnapshot | None = None
        self._at: float | None = None

    def snapshot(self) -> PlayerSnapshot | None:
        now = self._clock()
        if self._at is None or now - self._at >= ANSWER_SECONDS or self._is_over(now - self._at):
            answer = ask_program(["osascript", "-e", SCRIPT])
            self._seen = None if answer is None else read_answer(answer.decode("utf-8", "replace"))
            self._at = now
        return move_on(self._seen, now - self._at) if self._seen else None

    def close(self) -> None:
        self._seen = self._at = None

    def _is_over(self, elapsed: float) -> bool:
        """Return True if the track that was seen should have ended since."""
        seen = move_on(self._seen, elapsed) if self._seen else None
        return bool(seen and seen.duration_ms and seen.position_ms == seen.duration_ms)


def read_answer(text: str) -> PlayerSnapshot | None:
    """Read the script's output; None where Spotify does not run or the output is another."""
    parts = text.rstrip("\n").split(SEPARATOR)
    if parts == ["stopped"]:
        return PlayerSnapshot(exact=False)
    if len(parts) != 6:  # noqa: PLR2004 - as many as the script's parts
        return None
    state, uri, title, artist, length, position = parts
    duration = _milliseconds(length) or 0
    return PlayerSnapshot(
        track=make_track(find_uri(uri), title, (artist,) if artist else (), duration),
        is_playing=state == "playing",
        position_ms=_milliseconds(position),
        duration_ms=duration,
        exact=False,
    )


def _milliseconds(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(LONGEST_MS)):
        return None
    return int(text) if int(text) <= LONGEST_MS else None


def move_on(seen: PlayerSnapshot, elapsed: float) -> PlayerSnapshot:
    """The same track `elapsed` seconds later, at its end at most."""
    if not seen.is_playing or seen.position_ms is None or not seen.duration_ms:
        return seen
    position = min(seen.duration_ms, seen.position_ms + round(elapsed * 1000))
    return replace(seen, position_ms=position)
