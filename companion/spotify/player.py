"""What plays, on what, and what comes next, as Spotify tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from companion.spotify.json_fields import Json, count, flag, is_local, obj, parse_track, rows, text
from companion.track import Track


class Kind(StrEnum):
    """What plays."""

    TRACK = "track"
    EPISODE = "episode"
    AD = "ad"
    LOCAL = "local"
    UNKNOWN = "unknown"


class Repeat(StrEnum):
    """What is played again."""

    OFF = "off"
    TRACK = "track"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Device:
    """Where it plays.

    Attributes:
        id: "" where Spotify gives none.
        restricted: takes no commands.
        private_session: the user does not want to be seen listening.
    """

    id: str = ""
    name: str = ""
    active: bool = False
    restricted: bool = False
    private_session: bool = False


@dataclass(frozen=True, slots=True)
class PlayerState:
    """The player at one moment.

    Attributes:
        kind: what sort of thing plays.
        item: what plays; None in an ad, or where Spotify does not say. A local file's
            id is "".
        progress_ms: how far it is; None where unknown.
        context: the URI of the album or playlist it plays from; "" where there is none.
        disallows: the actions that cannot be done now, in Spotify's words.
    """

    is_playing: bool
    kind: Kind
    item: Track | None
    progress_ms: int | None
    device: Device
    repeat: Repeat
    shuffle: bool
    context: str
    disallows: frozenset[str]


@dataclass(frozen=True, slots=True)
class QueueView:
    """What plays and what comes, as far as Spotify shows it: at most 20, whoever put it there."""

    playing: Track | None
    coming: tuple[Track, ...]

    def holds(self, track: Track) -> bool:
        """Whether the track plays or comes, under this or another id."""
        here = (self.playing, *self.coming) if self.playing else self.coming
        return any(track.is_same(other) for other in here)


def parse_player(body: Json | None) -> PlayerState | None:
    """Read the answer of `GET /me/player`; None, its 204, means that no device is active."""
    if body is None:
        return None
    item = obj(body, "item")
    return PlayerState(
        is_playing=flag(body, "is_playing"),
        kind=_kind(text(body, "currently_playing_type"), item),
        item=parse_track(item),
        progress_ms=count(body, "progress_ms"),
        device=_parse_device(obj(body, "device")),
        repeat=_repeat(text(body, "repeat_state")),
        shuffle=flag(body, "shuffle_state"),
        context=text(obj(body, "context"), "uri"),
        disallows=_disallows(obj(obj(body, "actions"), "disallows")),
    )


def parse_queue(body: Json) -> QueueView:
    """Read the answer of `GET /me/player/queue`."""
    coming = (parse_track(row) for row in rows(body, "queue"))
    return QueueView(
        playing=parse_track(obj(body, "currently_playing")),
        coming=tuple(track for track in coming if track),
    )


def _kind(said: str, item: Json) -> Kind:
    if is_local(item):
        return Kind.LOCAL
    word = text(item, "type") or said
    return next((kind for kind in Kind if kind == word), Kind.UNKNOWN)


def _repeat(word: str) -> Repeat:
    return next((repeat for repeat in Repeat if repeat == word), Repeat.OFF)


def _disallows(actions: Json) -> frozenset[str]:
    return frozenset(action for action in actions if flag(actions, action))


def _parse_device(device: Json) -> Device:
    return Device(
        id=text(device, "id"),
        name=text(device, "name"),
        active=flag(device, "is_active"),
        restricted=flag(device, "is_restricted"),
        private_session=flag(device, "is_private_session"),
    )
