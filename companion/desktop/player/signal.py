"""The desktop's account of what Spotify plays: it costs no call to Spotify.

Linux asks the player over D-Bus (MPRIS), macOS over AppleScript. Windows tells it only to
programs with its media session library, which is not installed: there the Web API is polled.
"""

import sys

from companion.playback import PlayerSignal


def find_player_signal() -> PlayerSignal | None:
    """This platform's signal; None where there is none."""
    if sys.platform == "linux":
        from companion.desktop.player.mpris import MprisSignal

        return MprisSignal()
    if sys.platform == "darwin":
        from companion.desktop.player.applescript import AppleScriptSignal

        return AppleScriptSignal()
    return None
