"""Reads the player and the queue out of Spotify's answers."""

from datetime import datetime

from companion.playback import Device, ItemKind, PlayerState, QueueView, Repeat
from companion.spotify.json_fields import (
    Json,
    count,
    flag,
    is_local,
    moment,
    obj,
    parse_track,
    rows,
    text,
)

LOUDEST = 100


def parse_player(body: Json | None) -> PlayerState | None:
    """Read the answer of `GET /me/player`; None, its 204, means that no device is active."""
    if body is None:
        return None
    item = obj(body, "item")
    track, kind = parse_track(item), _kind(text(body, "currently_playing_type"), item)
    return PlayerState(
        track=track if kind is ItemKind.TRACK else None,
        is_playing=flag(body, "is_playing"),
        position_ms=count(body, "progress_ms"),
        duration_ms=track.duration_ms if track else 0,
        context=text(obj(body, "context"), "uri"),
        shuffled=_maybe_flag(body, "shuffle_state"),
        volume=_volume(obj(body, "device")),
        kind=kind,
        device=_parse_device(obj(body, "device")),
        repeat=_repeat(text(body, "repeat_state")),
        disallows=_disallows(obj(obj(body, "actions"), "disallows")),
    )


def parse_recently_played(body: Json) -> list[tuple[str, datetime]]:
    """Read the answer of `GET /me/player/recently-played`: the tracks' ids, with when."""
    items = [row for row in rows(body, "items") if row is not None]
    plays = [(text(obj(row, "track"), "id"), moment(row, "played_at")) for row in items]
    return [(id_, at) for id_, at in plays if id_ and at]


def parse_queue(body: Json) -> QueueView:
    """Read the answer of `GET /me/player/queue`."""
    coming = (parse_track(row) for row in rows(body, "queue"))
    return QueueView(
        playing=parse_track(obj(body, "currently_playing")),
        coming=tuple(track for track in coming if track),
    )


def _kind(said: str, item: Json) -> ItemKind:
    if is_local(item):
        return ItemKind.LOCAL
    word = text(item, "type") or said
    return next((kind for kind in ItemKind if kind == word), ItemKind.UNKNOWN)


def _maybe_flag(of: Json, key: str) -> bool | None:
    value = of.get(key)
    return value if isinstance(value, bool) else None


def _volume(device: Json) -> int | None:
    percent = count(device, "volume_percent")
    return percent if percent is not None and percent <= LOUDEST else None


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
