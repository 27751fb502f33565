"""Reading Spotify's JSON, in which any field can be absent, null or of another type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from companion.track import Track

Json = Mapping[str, Any]


def obj(of: Json, key: str) -> Json:
    """The object under the key, or an empty one."""
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}


def rows(of: Json, key: str) -> list[Json | None]:
    """The list under the key, or an empty one; what is no object in it is None."""
    value = of.get(key)
    if not isinstance(value, list):
        return []
    return [row if isinstance(row, Mapping) else None for row in value]


def text(of: Json, key: str) -> str:
    """The string under the key, or ""."""
    value = of.get(key)
    return value if isinstance(value, str) else ""


def flag(of: Json, key: str) -> bool:
    """Whether true stands under the key."""
    return of.get(key) is True


def count(of: Json, key: str) -> int | None:
    """The whole number from 0 on under the key, or None."""
    value = of.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if value >= 0 else None


def moment(of: Json, key: str) -> datetime | None:
    """The time under the key, in UTC, or None."""
    try:
        when = datetime.fromisoformat(text(of, key))
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def parse_track(item: Json | None, added_at: datetime | None = None) -> Track | None:
    """A track, an episode or a local file; None where `uri` or `name` is missing.

    A local file's id is "". An episode's artist is its show.
    """
    if item is None or not (text(item, "uri") and text(item, "name")):
        return None
    artists = [text(artist, "name") for artist in rows(item, "artists") if artist]
    show = text(obj(item, "show"), "name")
    return Track(
        id=text(item, "id"),
        uri=text(item, "uri"),
        title=text(item, "name"),
        artists=tuple(filter(None, artists or [show])),
        album=text(obj(item, "album"), "name"),
        duration_ms=count(item, "duration_ms") or 0,
        isrc=text(obj(item, "external_ids"), "isrc").upper(),
        explicit=flag(item, "explicit"),
        added_at=added_at,
    )


def is_local(item: Json) -> bool:
    """Whether it is a file of the user's own, which cannot be queued."""
    return flag(item, "is_local") or text(item, "uri").startswith("spotify:local:")
