"""The conditions of a visit, in order of cost; the camera comes after all of them.

What a desktop cannot tell ("unknown") speaks against nothing: a look at an empty chair
ends with no_face, and costs two seconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from companion.agent.visit.outcome import Outcome
from companion.choose.session import IN_ORDER, in_order
from companion.config.schema import Agent, Camera, Config, is_within
from companion.playback import ItemKind, PlayerState, Repeat
from companion.store.history.overrides import read_pause
from companion.store.history.visits import count_camera_uses
from companion.store.listening.plays import newest_plays

Obstacle = tuple[Outcome, str]
"""The word that a visit ends in, and the rest of the sentence."""

LITTLE_KNOWN: Obstacle = (
    Outcome.LOW_CONFIDENCE,
    "the camera stays off, and what you listen to tells too little of your mood yet",
)
UNTAGGED: Obstacle = (
    Outcome.NOTHING_FITS,
    "no track of the library is tagged yet: `companion tag`",
)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


NOT_MUSIC = {
    ItemKind.EPISODE: "you are listening to a podcast",
    ItemKind.CHAPTER: "you are listening to an audiobook",
}


class Presence(Protocol):
    """The user's presence, as the desktop tells it; None is unknown."""

    def is_locked(self) -> bool | None: ...

    def idle_seconds(self) -> float | None: ...

    def on_battery(self) -> bool | None: ...


def may_look(camera: Camera, now: datetime) -> bool:
    """True where the settings let the camera be opened at this time."""
    return camera.enabled and is_within(camera.hours, now.astimezone().time())


def check_local(
    db: sqlite3.Connection, presence: Presence, config: Config, now: datetime
) -> Obstacle | None:
    """Return the first reason on this machine not to make a visit; None where there is none."""
    return next(_obstacles(db, presence, config, now), None)


def _obstacles(
    db: sqlite3.Connection, presence: Presence, config: Config, now: datetime
) -> Iterator[Obstacle]:
    if pause := read_pause(db, now):
        until = pause.until.astimezone().strftime("until %d %B %H:%M") if pause.until else ""
        yield Outcome.BY_USER, until or "until you resume"
    settings = config.agent
    if settings.on_battery == "pause" and presence.on_battery():
        yield Outcome.BY_USER, "on battery, where agent.on_battery says pause"
    if presence.is_locked():
        yield Outcome.SCREEN_LOCKED, ""
    idle = presence.idle_seconds()
    if idle is not None and idle >= 60 * settings.away_minutes:
        yield Outcome.AWAY, f"no keyboard and mouse for {idle / 60:.0f} min"


def reached_limit(db: sqlite3.Connection, settings: Agent, now: datetime) -> Obstacle | None:
    """Return that the camera was opened as often as the settings allow; None where it was not."""
    limits = ((HOUR, settings.most_an_hour, "an hour"), (DAY, settings.most_a_day, "a day"))
    for span, most, words in limits:
        if count_camera_uses(db, now - span, now) >= most:
            return Outcome.LIMIT_REACHED, f"{most} looks {words}"
    return None


def check_player(player: PlayerState | None) -> Obstacle | None:
    """Return the first reason in Spotify not to make a visit; None where there is none."""
    if player is None:
        return Outcome.NO_DEVICE, "Spotify is open on no device"
    if player.device.private_session:
        return Outcome.PRIVATE_SESSION, "Spotify is in a private session"
    if player.device.restricted:
        return Outcome.RESTRICTED, f"{player.device.name or 'the device'} accepts no commands"
    if "interrupting_playback" in player.disallows:
        return Outcome.RESTRICTED, "what plays must not be interrupted"
    if not player.is_playing:
        return Outcome.NOT_PLAYING, "Spotify is paused"
    if player.kind is not ItemKind.TRACK:
        usual = f"what is playing is not a Spotify track ({player.kind.value})"
        return Outcome.NOT_PLAYING, NOT_MUSIC.get(player.kind, usual)
    if player.repeat is Repeat.TRACK:
        return Outcome.NOT_PLAYING, "the present track is on repeat: nothing would come next"
    return None


def check_in_order(db: sqlite3.Connection, config: Config) -> Obstacle | None:
    """Return that the user listens to an album or a playlist in order, which is left alone."""
    if not config.agent.leave_in_order:
        return None
    newest = [kept.play for kept in newest_plays(db, IN_ORDER)]
    what = in_order(newest[::-1])
    return (Outcome.LISTENING_IN_ORDER, f"you are listening to {what}") if what else None
