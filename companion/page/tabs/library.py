"""Library: the map of the tagged tracks, moving one by hand, and what is not tagged yet."""

from __future__ import annotations

from typing import Any

from companion.affect import Affect
from companion.errors import UsageError
from companion.page.context import Context, Given, number_of, text_of
from companion.page.tabs.describe import describe_affect, milliseconds
from companion.store.tracks.corrections import drop_track_correction, save_track_correction
from companion.store.tracks.tags import count_tags
from companion.store.tracks.track_map import find_on_map, read_map, untagged_tracks

MOST_UNTAGGED = 500
DIGITS = 3  # of a place or a confidence


def show_map(context: Context, _: Given) -> dict[str, Any]:
    """Give every tagged track, a list for each column, as there may be thousands."""
    names = ("id", "title", "artist", "valence", "arousal", "confidence")
    more = ("tempo", "source", "corrected", "words")
    columns: dict[str, list[Any]] = {name: [] for name in (*names, *more)}
    with context.store() as db:
        for one in read_map(db):
            track, place = one.tagged.track, one.tagged.affect
            row = (
                track.id,
                track.title,
                ", ".join(track.artists),
                round(place.valence, DIGITS),
                round(place.arousal, DIGITS),
                round(one.tagged.confidence, DIGITS),
                round(one.tempo),
                one.provider,
                one.corrected,
                one.words,
            )
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
    return columns


def show_untagged(context: Context, _: Given) -> dict[str, Any]:
    """Give what is tagged in numbers, and the tracks that are not, with the reasons."""
    with context.store() as db:
        counts = count_tags(db)
        found = untagged_tracks(db, MOST_UNTAGGED)
    return {
        "tracks": counts.tracks,
        "tagged": counts.tagged,
        "reasons": counts.reasons,
        "untagged": [
            {
                "title": one.track.title,
                "artists": list(one.track.artists),
                "reason": one.reason,
                "detail": one.detail,
                "retry": one.retry_at and milliseconds(one.retry_at),
            }
            for one in found
        ],
    }


def move(context: Context, given: Given) -> dict[str, Any]:
    """Put a track elsewhere on the map; it stays there when it is tagged anew.

    Raises:
        UsageError: it has no tag.
    """
    wanted = text_of(given, "track")
    place = Affect(number_of(given, "valence", -1, 1), number_of(given, "arousal", -1, 1))
    with context.store() as db:
        if find_on_map(db, wanted) is None:
            raise UsageError("This track has no tag.", "Tag it first.")
        save_track_correction(db, wanted, place, context.now())
    context.tell_agent("wake")
    return describe_affect(place)


def move_back(context: Context, given: Given) -> dict[str, Any]:
    """Put a track back where the music model put it."""
    wanted = text_of(given, "track")
    with context.store() as db:
        drop_track_correction(db, wanted)
        found = find_on_map(db, wanted)
    context.tell_agent("wake")
    return describe_affect(found.tagged.affect) if found else {}
