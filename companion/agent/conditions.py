"""The conditions of a visit, in order of cost; the camera comes after all of them."""

from __future__ import annotations

from companion.agent.outcome import Outcome
from companion.spotify.player import Kind, PlayerState, Repeat


def check_player(player: PlayerState | None) -> tuple[Outcome, str] | None:
    """What in Spotify speaks against a visit, and why; None where nothing does."""
    if player is None:
        return Outcome.NO_DEVICE, "Spotify is open on no device"
    if player.device.private_session:
        return Outcome.PRIVATE_SESSION, "Spotify is in a private session"
    if player.device.restricted:
        return Outcome.RESTRICTED, f"{player.device.name or 'the device'} takes no commands"
    if not player.is_playing:
        return Outcome.NOT_PLAYING, "Spotify is paused"
    if player.kind is not Kind.TRACK:
        return Outcome.NOT_PLAYING, f"what plays is no track of Spotify's ({player.kind.value})"
    if player.repeat is Repeat.TRACK:
        return Outcome.NOT_PLAYING, "the present track is on repeat: nothing would come next"
    return None
