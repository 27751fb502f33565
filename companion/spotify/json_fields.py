"""Reading Spotify's JSON, in which any field can be absent, null, of another type or absurd."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from companion.text import one_line
from companion.track import Track

Json = Mapping[str, Any]
LARGEST = 2**31 - 1  # Spotify's numbers are of 32 bits; a longer duration is none
EARLIEST_YEAR, LATEST_YEAR = 1970, 2999  # of a time to calculate with


def obj(of: Json, key: str) -> Json:
    """Return the object under the key, or an empty one."""
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}


def rows(of: Json, key: str) -> list[Json | None]:
    """Return the list under the key, or an empty one; None stands for items that are no objects."""
    value = of.get(key)
    if not isinstance(value, list):
        return []
    return [row if isinstance(row, Mapping) else None for row in value]


def text(of: Json, key: str) -> str:
    """Return the string under the key as one line of printable text, or ""."""
    value = of.get(key)
    return one_line(value) if isinstance(value, str) else ""


def flag(of: Json, key: str) -> bool:
    """Return True where the value under the key is true."""
    return of.get(key) is True


def count(of: Json, key: str) -> int | None:
    """Return the whole number in [0, LARGEST] under the key, also one written as 7.0; or None."""
    value = of.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= LARGEST and value == int(value) else None


def moment(of: Json, key: str) -> datetime | None:
    """Return the time under the key, in UTC, or None."""
    try:
        when = datetime.fromisoformat(text(of, key))
    except ValueError:
        return None
    if not EARLIEST_YEAR <= when.year <= LATEST_YEAR:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def parse_track(item: Json | None, added_at: datetime | None = None) -> Track | None:
    """Read a track, an episode or a local file; None where `uri` or `name` is missing.

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
        is_playable=item.get("is_playable") is not False,  # mostly Spotify does not say
    )


def is_local(item: Json) -> bool:
    """Return True for a file of the user's own, which cannot be queued."""
    return flag(item, "is_local") or text(item, "uri").startswith("spotify:local:")
